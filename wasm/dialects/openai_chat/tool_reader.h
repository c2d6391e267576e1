// `tools` and `tool_choice` of a chat completion request, and `functions` and `function_call`,
// which came before them.
// https://platform.openai.com/docs/api-reference/chat/create#chat-create-tools
#pragma once

#include "chat/request.h"
#include "dialects/openai_chat/field_reader.h"

#include <string_view>
#include <vector>

namespace llmproxy::openai_chat {

// Each reads the value at the cursor. False on failure; the error is in the FieldReader.
class ToolReader {
 public:
  ToolReader(FieldReader& fields, chat::Request& out) : fields_(fields), out_(out) {}

  bool read_tools();
  bool read_tool_choice();
  bool read_functions();
  bool read_function_call();

 private:
  // What one object of `tools` says.
  struct Draft {
    chat::Text type;
    bool has_function = false;
    chat::Tool function;  // or the custom tool
    std::vector<chat::Tool> hosted;
  };
  // A new tool; nullptr, with an error, when there are kMaxTools.
  chat::Tool* add(const FieldPath& param, std::size_t index);
  chat::Tool* add_hosted(Draft& draft, std::string_view name, const FieldPath& param);
  void fail_full(const FieldPath& param);
  bool read_tool(const FieldPath& param, std::size_t index);
  bool read_tool_member(const json::String& key, Draft& draft, const FieldPath& param);
  bool read_function(chat::Tool& tool, const FieldPath& param);
  bool read_custom(chat::Tool& tool, const FieldPath& param);
  bool read_custom_format(chat::Tool& tool, const FieldPath& param);
  bool finish_tool(Draft& draft, const FieldPath& param, std::size_t index);
  bool finish_function(const Draft& draft, const FieldPath& param, std::size_t index);
  bool read_tool_choice_object();
  bool read_allowed_tools(chat::ToolChoice& choice, const FieldPath& param);
  // {"type": …, "function"|"custom": {"name": …}}
  bool read_named_tool(chat::Text& type, chat::Text& name, const FieldPath& param);

  FieldReader& fields_;
  chat::Request& out_;
};

}  // namespace llmproxy::openai_chat
