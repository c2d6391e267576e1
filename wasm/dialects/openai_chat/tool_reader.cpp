#include "dialects/openai_chat/tool_reader.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace llmproxy::openai_chat {

using chat::Text;
using chat::ToolKind;
using json::Kind;

namespace {

// Tools that run at the supplier, by the names that clients use for them: as `type`, or as the only
// member of the tool, which is how Google writes them.
constexpr std::array kHosted = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"google_search", "google_search"},
    {"googleSearch", "google_search"},
    {"google_search_retrieval", "google_search"},
    {"web_search", "google_search"},
    {"web_search_preview", "google_search"},
    {"url_context", "url_context"},
    {"urlContext", "url_context"},
    {"code_execution", "code_execution"},
    {"codeExecution", "code_execution"},
    {"code_interpreter", "code_execution"},
    {"google_maps", "google_maps"},
    {"googleMaps", "google_maps"},
    {"file_search", "file_search"},
    {"fileSearch", "file_search"},
});

std::string_view hosted_name(const json::String& name) {
  for (const auto& [alias, known] : kHosted) {
    if (name.equals(alias)) {
      return known;
    }
  }
  return {};
}

}  // namespace

bool ToolReader::read_tools() {
  return fields_.read_elements("tools", kMaxTools, [&](const FieldPath& param, std::size_t index) {
    return read_tool(param, index);
  });
}

bool ToolReader::read_functions() {
  out_.functions_form = true;
  return fields_.read_elements(
      "functions", kMaxTools, [&](const FieldPath& param, std::size_t index) {
        chat::Tool* tool = add(param, index);
        if (tool == nullptr || !read_function(*tool, param)) {
          return false;
        }
        tool->in_functions = true;
        return !tool->name.empty() || fields_.fail_missing({param, "name"});
      });
}

bool ToolReader::read_tool(const FieldPath& param, std::size_t index) {
  if (fields_.cursor().kind() != Kind::object) {
    return fields_.fail_type(param, "an object");
  }
  Draft draft;
  return fields_.read_members(param, [&](const json::String& key) {
    return read_tool_member(key, draft, param);
  }) && finish_tool(draft, param, index);
}

// `tools` and `functions` go into one list.
chat::Tool* ToolReader::add(const FieldPath& param, std::size_t index) {
  if (out_.tools.size() >= kMaxTools) {
    fail_full(param);
    return nullptr;
  }
  chat::Tool& tool = out_.tools.emplace_back();
  tool.index = static_cast<std::uint32_t>(index);
  return &tool;
}

void ToolReader::fail_full(const FieldPath& param) {
  fields_.fail(ErrorCode::array_too_long,
               {"Invalid '", param.text(), "': array too long. Expected at most ",
                std::to_string(kMaxTools), " tools and functions together."},
               param);
}

bool ToolReader::read_tool_member(const json::String& key, Draft& draft, const FieldPath& param) {
  if (key.equals("type")) {
    return fields_.read(draft.type, {param, "type"});
  }
  if (key.equals("function")) {
    draft.has_function = true;
    return read_function(draft.function, {param, "function"});
  }
  if (key.equals("custom")) {
    draft.has_function = true;
    return read_custom(draft.function, {param, "custom"});
  }
  const std::string_view name = hosted_name(key);
  if (name.empty()) {
    return fields_.drop(out_.dropped, {param, key.raw});
  }
  chat::Tool* hosted = add_hosted(draft, name, param);
  return hosted != nullptr &&
         (fields_.cursor().kind() == Kind::object ? fields_.read_raw(hosted->parameters)
                                                  : fields_.cursor().skip_value());
}

// An object may have several of Google's tools in it, and a function beside them: each is a tool.
chat::Tool* ToolReader::add_hosted(Draft& draft, std::string_view name, const FieldPath& param) {
  if (draft.hosted.size() + out_.tools.size() >= kMaxTools) {
    fail_full(param);
    return nullptr;
  }
  chat::Tool& tool = draft.hosted.emplace_back();
  tool.kind = ToolKind::hosted;
  tool.name = {name, false};
  return &tool;
}

bool ToolReader::finish_tool(Draft& draft, const FieldPath& param, std::size_t index) {
  const std::string_view meant = hosted_name(draft.type);
  const bool is_new = !meant.empty() &&
                      std::none_of(draft.hosted.begin(), draft.hosted.end(),
                                   [&](const chat::Tool& tool) { return tool.name.raw == meant; });
  if (is_new && add_hosted(draft, meant, param) == nullptr) {
    return false;
  }
  if ((draft.hosted.empty() || draft.has_function) && !finish_function(draft, param, index)) {
    return false;
  }
  for (const chat::Tool& hosted : draft.hosted) {
    chat::Tool* tool = add(param, index);
    if (tool == nullptr) {
      return false;
    }
    *tool = hosted;
    tool->index = static_cast<std::uint32_t>(index);
  }
  return true;
}

bool ToolReader::finish_function(const Draft& draft, const FieldPath& param, std::size_t index) {
  const Text& type = draft.type;
  const bool named = !draft.function.name.empty();
  const bool custom = type.equals("custom");
  // Some clients leave the type out.
  const bool no_type = (type.empty() && named) || !draft.hosted.empty();
  if (!custom && !type.equals("function") && !no_type) {
    return fields_.fail(ErrorCode::unsupported_value,
                        {"Invalid value: '", quote(type),
                         "'. Supported values are: 'function', 'custom', 'google_search', "
                         "'url_context' and 'code_execution'."},
                        {param, "type"});
  }
  if (!named) {
    return fields_.fail_missing({{param, custom ? "custom" : "function"}, "name"});
  }
  chat::Tool* tool = add(param, index);
  if (tool == nullptr) {
    return false;
  }
  *tool = draft.function;
  tool->kind = custom ? ToolKind::custom : ToolKind::function;
  tool->index = static_cast<std::uint32_t>(index);
  return true;
}

bool ToolReader::read_function(chat::Tool& tool, const FieldPath& param) {
  return fields_.read_members(param, [&](const json::String& key) {
    if (key.equals("name")) {
      return fields_.read(tool.name, {param, "name"}, kMaxName);
    }
    if (key.equals("description")) {
      return fields_.read(tool.description, {param, "description"}, kMaxJoinedText);
    }
    if (key.equals("strict")) {
      return fields_.read(tool.strict, {param, "strict"});
    }
    if (key.equals("parameters") && fields_.cursor().kind() == Kind::object) {
      return fields_.read_raw(tool.parameters);
    }
    if (key.equals("parameters") && fields_.cursor().kind() != Kind::null) {
      return fields_.fail_type({param, "parameters"}, "an object");
    }
    return fields_.drop(out_.dropped, {param, key.raw});
  });
}

bool ToolReader::read_custom(chat::Tool& tool, const FieldPath& param) {
  return fields_.read_members(param, [&](const json::String& key) {
    if (key.equals("name")) {
      return fields_.read(tool.name, {param, "name"}, kMaxName);
    }
    if (key.equals("description")) {
      return fields_.read(tool.description, {param, "description"}, kMaxJoinedText);
    }
    return key.equals("format") ? read_custom_format(tool, {param, "format"})
                                : fields_.drop(out_.dropped, {param, key.raw});
  });
}

// {"type": "grammar", "grammar": {"syntax": "lark", "definition": …}}, or the definition without
// the object around it.
bool ToolReader::read_custom_format(chat::Tool& tool, const FieldPath& param) {
  return fields_.read_members(param, [&](const json::String& key) {
    if (key.equals("grammar")) {
      return read_custom_format(tool, {param, "grammar"});
    }
    if (key.equals("syntax")) {
      return fields_.read(tool.grammar_syntax, {param, "syntax"});
    }
    if (key.equals("type")) {
      return fields_.cursor().skip_value();
    }
    return key.equals("definition")
               ? fields_.read(tool.grammar, {param, "definition"}, kMaxJoinedText)
               : fields_.drop(out_.dropped, {param, key.raw});
  });
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
  } else if (word.equals("required") || word.equals("any")) {
    out_.tool_choice = chat::ToolChoice{chat::ToolMode::required, {}};
  } else {
    return fields_.fail(ErrorCode::invalid_value,
                        "Invalid 'tool_choice': supported values are 'none', 'auto', 'required' "
                        "and an object that names a function.",
                        "tool_choice");
  }
  return true;
}

bool ToolReader::read_named_tool(Text& type, Text& name, const FieldPath& param) {
  chat::Tool named;
  const bool read = fields_.read_members(param, [&](const json::String& key) {
    if (key.equals("type")) {
      return fields_.read(type, {param, "type"});
    }
    if (key.equals("function") || key.equals("custom")) {
      return read_function(named, {param, key.raw});
    }
    return fields_.drop(out_.dropped, {param, key.raw});
  });
  name = named.name;
  return read;
}

bool ToolReader::read_tool_choice_object() {
  const FieldPath param("tool_choice");
  chat::ToolChoice choice{chat::ToolMode::required, {}};
  chat::Tool named;
  Text type;
  bool allowed = false;
  const bool read = fields_.read_members(param, [&](const json::String& key) {
    if (key.equals("type")) {
      return fields_.read(type, {param, "type"});
    }
    if (key.equals("function") || key.equals("custom")) {
      return read_function(named, {param, key.raw});
    }
    if (key.equals("allowed_tools")) {
      allowed = true;
      return read_allowed_tools(choice, {param, "allowed_tools"});
    }
    return fields_.drop(out_.dropped, {param, key.raw});
  });
  if (!read) {
    return false;
  }
  if (type.equals("allowed_tools") && !allowed) {
    return fields_.fail_missing({param, "allowed_tools"});
  }
  if (!type.equals("function") && !type.equals("custom") && !type.equals("allowed_tools")) {
    return fields_.fail(ErrorCode::unsupported_value,
                        "Invalid 'tool_choice.type': supported values are 'function', 'custom' and "
                        "'allowed_tools'.",
                        {param, "type"});
  }
  if (!allowed && named.name.empty()) {
    return fields_.fail_missing({{param, type.equals("custom") ? "custom" : "function"}, "name"});
  }
  if (!allowed) {
    choice.names.push_back(named.name);
  }
  out_.tool_choice = std::move(choice);
  return true;
}

bool ToolReader::read_allowed_tools(chat::ToolChoice& choice, const FieldPath& param) {
  Text mode;
  const bool read = fields_.read_members(param, [&](const json::String& key) {
    if (key.equals("mode")) {
      return fields_.read(mode, {param, "mode"});
    }
    if (!key.equals("tools")) {
      return fields_.drop(out_.dropped, {param, key.raw});
    }
    const FieldPath tools(param, "tools");
    choice.names.clear();  // of two members with one name the second one counts
    return fields_.read_elements(tools, kMaxTools, [&](const FieldPath& at, std::size_t) {
      Text type;
      Text name;
      if (!read_named_tool(type, name, at)) {
        return false;
      }
      if (name.empty()) {
        return fields_.fail_missing({{at, "function"}, "name"});
      }
      choice.names.push_back(name);
      return true;
    });
  });
  if (!read) {
    return false;
  }
  if (!mode.equals("auto") && !mode.equals("required")) {
    return fields_.fail(ErrorCode::invalid_value,
                        "Invalid 'tool_choice.allowed_tools.mode': supported values are 'auto' and "
                        "'required'.",
                        {param, "mode"});
  }
  if (choice.names.empty()) {
    return fields_.fail_missing({param, "tools"});
  }
  choice.mode = mode.equals("auto") ? chat::ToolMode::automatic : chat::ToolMode::required;
  return true;
}

bool ToolReader::read_function_call() {
  const FieldPath param("function_call");
  if (fields_.cursor().kind() != Kind::object) {
    Text word;
    if (!fields_.read(word, param)) {
      return false;
    }
    if (word.equals("none")) {
      out_.tool_choice = chat::ToolChoice{chat::ToolMode::none, {}, "function_call"};
    } else if (!word.empty() && !word.equals("auto")) {
      return fields_.fail(ErrorCode::invalid_value,
                          "Invalid 'function_call': supported values are 'none', 'auto' and an "
                          "object that names a function.",
                          param);
    }
    return true;
  }
  chat::Tool named;
  if (!read_function(named, param)) {
    return false;
  }
  if (named.name.empty()) {
    return fields_.fail_missing({param, "name"});
  }
  out_.tool_choice = chat::ToolChoice{chat::ToolMode::required, {named.name}, "function_call"};
  return true;
}

}  // namespace llmproxy::openai_chat
