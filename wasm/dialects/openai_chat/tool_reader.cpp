#include "dialects/openai_chat/tool_reader.h"

#include "base/text.h"

namespace llmproxy::openai_chat {

using chat::Text;
using json::Kind;

bool ToolReader::read_tools() {
  if (!fields_.enter_array("tools")) {
    return fields_.good();
  }
  for (std::size_t i = 0; fields_.cursor().next_element(); ++i) {
    if (!read_tool(i)) {
      return false;
    }
  }
  return fields_.good();
}

bool ToolReader::read_tool(std::size_t index) {
  const FieldPath tools("tools");
  const FieldPath param(tools, index);
  if (fields_.cursor().kind() != Kind::object) {
    return fields_.fail_type(param, "an object");
  }
  chat::Tool& tool = out_.tools.emplace_back();
  Text type;
  json::String key;
  fields_.cursor().enter_object();
  while (fields_.cursor().next_member(key)) {
    bool read = false;
    if (key.equals("type")) {
      read = fields_.read(type, {param, "type"});
    } else if (key.equals("function")) {
      read = read_function(tool, {param, "function"});
    } else {
      read = fields_.cursor().skip_value();
    }
    if (!read) {
      return false;
    }
  }
  if (!fields_.good()) {
    return false;
  }
  if (!type.equals("function")) {
    return fields_.fail(ErrorCode::unsupported_value,
                        concat({"Invalid value: '", shorten(type.decode(), 40),
                                "'. Supported values are: 'function'."}),
                        {param, "type"});
  }
  if (tool.name.empty()) {
    return fields_.fail_missing({{param, "function"}, "name"});
  }
  return true;
}

bool ToolReader::read_function(chat::Tool& tool, const FieldPath& param) {
  if (!fields_.enter_object(param)) {
    return fields_.good();
  }
  json::String key;
  while (fields_.cursor().next_member(key)) {
    bool read = false;
    if (key.equals("name")) {
      read = fields_.read(tool.name, {param, "name"});
    } else if (key.equals("description")) {
      read = fields_.read(tool.description, {param, "description"});
    } else if (key.equals("strict")) {
      read = fields_.read(tool.strict, {param, "strict"});
    } else if (key.equals("parameters") && fields_.cursor().kind() == Kind::object) {
      read = fields_.read_raw(tool.parameters);
    } else if (key.equals("parameters") && fields_.cursor().kind() != Kind::null) {
      read = fields_.fail_type({param, "parameters"}, "an object");
    } else {
      read = fields_.cursor().skip_value();
    }
    if (!read) {
      return false;
    }
  }
  return fields_.good();
}

bool ToolReader::read_tool_choice() {
  const Kind kind = fields_.cursor().kind();
  if (kind == Kind::object) {
    return read_tool_choice_object();
  }
  Text word;
  if (kind != Kind::string) {
    return fields_.cursor().skip_null() ||
           fields_.fail_type("tool_choice", "a string or an object");
  }
  if (!fields_.read(word, "tool_choice")) {
    return false;
  }
  if (word.equals("auto")) {
    out_.tool_choice = chat::ToolChoice{};
  } else if (word.equals("none")) {
    out_.tool_choice = chat::ToolChoice{chat::ToolMode::none, {}};
  } else if (word.equals("required")) {
    out_.tool_choice = chat::ToolChoice{chat::ToolMode::required, {}};
  } else {
    return fields_.fail(ErrorCode::invalid_value,
                        "Invalid 'tool_choice': supported values are 'none', 'auto', 'required' "
                        "and an object that names a function.",
                        "tool_choice");
  }
  return true;
}

bool ToolReader::read_tool_choice_object() {
  Text type;
  chat::Tool named;
  json::String key;
  fields_.cursor().enter_object();
  while (fields_.cursor().next_member(key)) {
    bool read = false;
    if (key.equals("type")) {
      read = fields_.read(type, "tool_choice.type");
    } else if (key.equals("function")) {
      read = read_function(named, "tool_choice.function");
    } else {
      read = fields_.cursor().skip_value();
    }
    if (!read) {
      return false;
    }
  }
  if (!fields_.good()) {
    return false;
  }
  if (!type.equals("function")) {
    return fields_.fail(ErrorCode::unsupported_value,
                        "Invalid 'tool_choice.type': supported values are 'function'.",
                        "tool_choice.type");
  }
  if (named.name.empty()) {
    return fields_.fail_missing("tool_choice.function.name");
  }
  out_.tool_choice = chat::ToolChoice{chat::ToolMode::required, {named.name}};
  return true;
}

}  // namespace llmproxy::openai_chat
