// The `messages` of a chat completion request.
// https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
#pragma once

#include "chat/request.h"
#include "dialects/openai_chat/call_reader.h"
#include "dialects/openai_chat/field_reader.h"
#include "dialects/openai_chat/signature_reader.h"

#include <memory>
#include <string>
#include <vector>

namespace llmproxy::openai_chat {

class MessageReader {
 public:
  MessageReader(FieldReader& fields, chat::Request& out)
      : fields_(fields), out_(out), calls_(fields, out) {}

  // The array at the cursor. False on failure; the error is in the FieldReader.
  bool read_all();

 private:
  // What only some messages have.
  struct Extras {
    std::vector<chat::Part> calls;
    std::vector<chat::Part> images;
    chat::Text call_id;
    chat::Text name;
    chat::Text refusal;
    bool has_audio = false;
    chat::Text transcript;  // of that sound
    MessageSignatures signatures;
  };
  // The members of one message, in whatever order they came.
  struct Draft {
    chat::Text role;
    bool looked_ahead = false;       // for the role
    std::size_t begin = 0;           // of its parts, in those of the request
    std::unique_ptr<Extras> extras;  // nullptr: none
  };

  bool read_message(const FieldPath& at, std::size_t index);
  bool read_member(const json::String& key, Draft& draft, const FieldPath& at);
  bool read_parts(Draft& draft, const FieldPath& param);
  bool read_extra(const json::String& key, Extras& extras, const FieldPath& at);
  bool finish_message(Draft& draft, const FieldPath& at, std::size_t index);
  bool fail_role(const chat::Text& role, const FieldPath& at);
  void drop_misplaced(const Extras& extras, const FieldPath& at);
  bool finish_extras(const Draft& draft, chat::Role role, const FieldPath& at);
  bool finish_assistant(const Draft& draft, const FieldPath& at);
  void finish_audio(const Draft& draft, const FieldPath& param);
  bool finish_tool_result(Draft& draft, const FieldPath& at);

  bool read_audio(Extras& extras, const FieldPath& param);
  void drop(const FieldPath& param);

  FieldReader& fields_;
  chat::Request& out_;
  CallReader calls_;
};

}  // namespace llmproxy::openai_chat
