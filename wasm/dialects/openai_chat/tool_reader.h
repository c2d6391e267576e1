// `tools` and `tool_choice` of a chat completion request.
// https://platform.openai.com/docs/api-reference/chat/create#chat-create-tools
#pragma once

#include "chat/request.h"
#include "dialects/openai_chat/field_reader.h"

#include <string>

namespace llmproxy::openai_chat {

// Each reads the value at the cursor. False on failure; the error is in the FieldReader.
class ToolReader {
 public:
  ToolReader(FieldReader& fields, chat::Request& out) : fields_(fields), out_(out) {}

  bool read_tools();
  bool read_tool_choice();

 private:
  bool read_tool(std::size_t index);
  bool read_function(chat::Tool& tool, const FieldPath& param);
  bool read_tool_choice_object();

  FieldReader& fields_;
  chat::Request& out_;
};

}  // namespace llmproxy::openai_chat
