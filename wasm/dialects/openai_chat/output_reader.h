// What form the answer is asked for in: `response_format`, `modalities`, `audio`, and
// `web_search_options`. https://platform.openai.com/docs/api-reference/chat/create
#pragma once

#include "chat/request.h"
#include "dialects/openai_chat/field_reader.h"

#include <string_view>

namespace llmproxy::openai_chat {

// Each reads the value at the cursor. False on failure; the error is in the FieldReader.
class OutputReader {
 public:
  OutputReader(FieldReader& fields, chat::Request& out) : fields_(fields), out_(out) {}

  bool read_response_format();
  bool read_modalities();
  bool read_audio();
  bool read_web_search_options();

 private:
  struct Schema {
    std::string_view json;  // empty: none
    chat::Text description;
    chat::Text name;
    bool strict = false;
  };
  bool read_json_schema(Schema& out);
  bool read_schema(Schema& out, const FieldPath& param);
  bool read_own_voice(const FieldPath& param);
  void name_unused(const Schema& schema, bool unused, const FieldPath& at);

  FieldReader& fields_;
  chat::Request& out_;
};

}  // namespace llmproxy::openai_chat
