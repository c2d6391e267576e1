#include "dialects/openai_chat/write_tools.h"

#include "base/text.h"

#include <algorithm>
#include <functional>
#include <unordered_set>

namespace llmproxy::openai_chat {
namespace {

using chat::Reason;
using chat::Tool;
using chat::ToolKind;

void write_text(std::string_view name, const chat::Text& text, json::Writer& writer) {
  if (!text.empty()) {
    writer.key(name);
    writer.string(text);
  }
}

void write_function(const Tool& tool, json::Writer& writer) {
  writer.begin_object();
  write_text("name", tool.name, writer);
  write_text("description", tool.description, writer);
  if (!tool.parameters.empty()) {
    writer.key("parameters");
    writer.raw(tool.parameters);
  }
  if (tool.strict) {
    writer.key("strict");
    writer.boolean(true);
  }
  writer.end_object();
}

void write_custom(const Tool& tool, json::Writer& writer) {
  writer.begin_object();
  write_text("name", tool.name, writer);
  write_text("description", tool.description, writer);
  if (!tool.grammar.empty()) {
    writer.key("format");
    writer.open(R"({"type":"grammar","grammar":{)");
    writer.key("syntax");
    writer.string(tool.grammar_syntax.empty() ? chat::Text{"lark", false} : tool.grammar_syntax);
    write_text("definition", tool.grammar, writer);
    writer.close("}}");
  }
  writer.end_object();
}

// `functions` is the older form of `tools`, and nothing but functions can stand in it.
void write_list(std::string_view name, bool in_functions, const RequestContext& context) {
  json::Writer& writer = context.writer;
  bool open = false;
  for (const Tool& tool : context.request().tools) {
    if (tool.in_functions != in_functions || tool.kind == ToolKind::hosted) {
      continue;
    }
    if (!open) {
      writer.key(name);
      writer.begin_array();
      open = true;
    }
    if (in_functions) {
      write_function(tool, writer);
      continue;
    }
    const bool custom = tool.kind == ToolKind::custom;
    writer.begin_object();
    writer.key("type");
    writer.word(custom ? "custom" : "function");
    writer.key(custom ? "custom" : "function");
    custom ? write_custom(tool, writer) : write_function(tool, writer);
    writer.end_object();
  }
  if (open) {
    writer.end_array();
  }
}

// What runs at the supplier: this dialect has the search of the web only.
bool find_search(const RequestContext& context) {
  bool searches = false;
  for (const Tool& tool : context.request().tools) {
    if (tool.kind != ToolKind::hosted) {
      continue;
    }
    const bool is_search = tool.name.equals("google_search") || tool.name.equals("web_search");
    searches = searches || is_search;
    context.changes.add(concat({"tools[", std::to_string(tool.index), "]"}),
                        is_search ? Reason::rewritten : Reason::dropped);
  }
  return searches;
}

// Writes how one tool is named: {"type":"function","function":{"name":…}}.
class NamedTools {
 public:
  explicit NamedTools(const RequestContext& context) : writer_(context.writer) {
    for (const Tool& tool : context.request().tools) {
      if (tool.kind == ToolKind::custom) {
        custom_.insert(hash(tool.name));
      }
    }
  }
  void write(const chat::Text& name) {
    writer_.string(custom_.contains(hash(name)) ? R"({"type":"custom","custom":{"name":)"
                                                : R"({"type":"function","function":{"name":)",
                   name, "}}");
  }

 private:
  static std::size_t hash(const chat::Text& name) {
    return std::hash<std::string_view>{}(name.raw);
  }

  json::Writer& writer_;
  std::unordered_set<std::size_t> custom_;
};

// In the older form.
void write_function_call(const chat::ToolChoice& choice, json::Writer& writer) {
  writer.key("function_call");
  if (choice.names.empty()) {
    writer.word(choice.mode == chat::ToolMode::none ? "none" : "auto");
  } else {
    writer.string("{\"name\":", choice.names.front(), "}");
  }
}

void write_choice(const chat::ToolChoice& choice, const RequestContext& context) {
  json::Writer& writer = context.writer;
  const bool required = choice.mode == chat::ToolMode::required;
  if (choice.param == "function_call") {
    write_function_call(choice, writer);
    return;
  }
  writer.key("tool_choice");
  NamedTools named(context);
  if (choice.names.empty() || choice.mode == chat::ToolMode::none) {
    writer.word(required ? "required" : choice.mode == chat::ToolMode::none ? "none" : "auto");
  } else if (required && choice.names.size() == 1) {
    named.write(choice.names.front());
  } else {
    writer.open(R"({"type":"allowed_tools","allowed_tools":{)");
    writer.key("mode");
    writer.word(required ? "required" : "auto");
    writer.key("tools");
    writer.begin_array();
    for (const chat::Text& name : choice.names) {
      named.write(name);
    }
    writer.close("]}}");
  }
}

}  // namespace

bool write_tools(const RequestContext& context) {
  const chat::Request& request = context.request();
  const bool searches = find_search(context);
  const bool all_hosted =
      !request.tools.empty() &&
      std::all_of(request.tools.begin(), request.tools.end(),
                  [](const Tool& tool) { return tool.kind == ToolKind::hosted; });
  if (all_hosted) {
    return searches;  // a choice among none is an error
  }
  write_list("tools", false, context);
  write_list("functions", true, context);
  if (request.tool_choice) {
    write_choice(*request.tool_choice, context);
  }
  if (!request.parallel_tool_calls && context.begin("parallel_tool_calls")) {
    context.writer.boolean(false);
  }
  return searches;
}

}  // namespace llmproxy::openai_chat
