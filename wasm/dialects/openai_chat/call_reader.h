// The calls of tools in a message of the assistant: `tool_calls`, and `function_call` as it was
// before. https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
#pragma once

#include "chat/request.h"
#include "dialects/openai_chat/field_reader.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::openai_chat {

// One for all messages of a request, as their arguments have a limit together.
class CallReader {
 public:
  CallReader(FieldReader& fields, chat::Request& out) : fields_(fields), out_(out) {}

  // The element of `tool_calls` at the cursor, behind those in `calls`. False on failure; the error
  // is in the FieldReader.
  bool read(std::vector<chat::Part>& calls, const FieldPath& param);
  // The same for the object `function_call`.
  bool read_old(std::vector<chat::Part>& calls, const FieldPath& param);

 private:
  bool read_signed_id(chat::ToolCallPart& call, const FieldPath& param);
  bool read_function(chat::ToolCallPart& call, const FieldPath& param);
  bool read_custom(chat::ToolCallPart& call, const FieldPath& param);
  bool read_arguments(chat::ToolCallPart& call, const FieldPath& param);
  // Memory for `size` bytes of arguments; false, with an error, when it is too much for a request.
  bool claim(std::size_t size, const FieldPath& param);
  std::string_view store(std::string text);

  FieldReader& fields_;
  chat::Request& out_;
  std::size_t arguments_ = 0;  // bytes of those that were stored, and of signatures from ids
};

}  // namespace llmproxy::openai_chat
