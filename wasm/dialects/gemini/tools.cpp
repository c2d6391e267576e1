#include "dialects/gemini/tools.h"

#include "base/text.h"
#include "dialects/gemini/schema.h"
#include "dialects/gemini/tool_path.h"
#include "dialects/gemini/tool_repetitions.h"
#include "json/cursor.h"

#include <algorithm>
#include <array>
#include <utility>

namespace llmproxy::gemini {

using chat::Reason;
using chat::Tool;
using chat::ToolKind;
using chat::ToolMode;

namespace {

// As the client names them, and as Gemini does.
constexpr std::array kHosted = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"google_search", "googleSearch"},
    {"url_context", "urlContext"},
    {"code_execution", "codeExecution"},
    {"google_maps", "googleMaps"},
    {"file_search", "fileSearch"},
});

bool has_settings(const Tool& tool) {
  json::Cursor cursor(tool.parameters);
  json::String name;
  return !tool.parameters.empty() && cursor.enter_object() && cursor.next_member(name);
}

}  // namespace

void write_schema(const SchemaPlace& place, const Model& model, chat::Changes& changes,
                  SchemaBudget& budget, json::Writer& writer) {
  budget.begin(place.param);
  if (model.json_schema) {
    writer.key(place.name);
    const std::optional<Schema> adapted = adapt_schema(place.schema, budget);
    if (!adapted) {
      writer.raw(place.schema);
      return;
    }
    writer.copy_raw(adapted->json);
    if (adapted->lossy) {
      changes.add(place.param, Reason::rewritten);
    }
    return;
  }
  const Schema lowered = lower_schema(place.schema, budget);
  writer.key(place.old_name);
  writer.copy_raw(lowered.json);
  if (lowered.lossy) {
    changes.add(place.param, Reason::rewritten);
  }
}

bool ToolsWriter::has_functions() const {
  return std::any_of(request_.tools.begin(), request_.tools.end(),
                     [](const Tool& tool) { return tool.kind != ToolKind::hosted; });
}

bool ToolsWriter::has_hosted() const {
  return request_.web_search ||
         std::any_of(request_.tools.begin(), request_.tools.end(),
                     [](const Tool& tool) { return tool.kind == ToolKind::hosted; });
}

bool ToolsWriter::forbids_calls() const {
  return request_.tool_choice && request_.tool_choice->mode == ToolMode::none;
}

bool ToolsWriter::forces_calls() const {
  return request_.tool_choice && request_.tool_choice->mode == ToolMode::required;
}

AnswerForm ToolsWriter::answer_form() const {
  if (request_.format.kind == chat::FormatKind::text) {
    return AnswerForm::as_asked;
  }
  if (!has_functions()) {
    // Before Gemini 3, Google's own tools and JSON mode exclude each other as well.
    // https://ai.google.dev/gemini-api/docs/structured-output#structured_outputs_with_tools
    const bool tools = has_hosted() && !forbids_calls();
    return model_.json_mode && (model_.schema_and_tools || !tools) ? AnswerForm::as_asked
                                                                   : AnswerForm::by_words;
  }
  if (forces_calls()) {
    return AnswerForm::not_now;
  }
  if (model_.schema_and_tools && model_.json_mode) {
    return AnswerForm::as_asked;
  }
  return request_.format.schema.empty() || forbids_calls() ? AnswerForm::by_words
                                                           : AnswerForm::by_function;
}

Status ToolsWriter::check() {
  const bool any = !request_.tools.empty() || request_.web_search || request_.tool_choice;
  return any ? check_tools() : Status();
}

// The list in which the functions stand, as the client named it.
std::string_view ToolsWriter::list_name() const {
  const bool old_form =
      std::any_of(request_.tools.begin(), request_.tools.end(),
                  [](const Tool& tool) { return tool.in_functions; }) &&
      std::all_of(request_.tools.begin(), request_.tools.end(), [](const Tool& tool) {
        return tool.in_functions || tool.kind == ToolKind::hosted;
      });
  return old_form ? "functions" : "tools";
}

Status ToolsWriter::check_tools() {
  if (Status status = find_repetitions(request_, changes_, repetitions_); !status) {
    return status;
  }
  if (has_functions() && !model_.tools) {
    const std::string_view list = list_name();
    return Error{ErrorCode::unsupported_value,
                 {"Invalid '", list, "': ", model_.name, " calls no functions."},
                 list};
  }
  if (has_functions() && has_hosted() && !forbids_calls() && !model_.mixed_tools) {
    const std::string_view param = request_.web_search ? "web_search_options" : "tools";
    return Error{ErrorCode::unsupported_value,
                 {"Invalid '", param, "': ", model_.name,
                  " takes either functions or Google's own tools, not both in one request."},
                 param};
  }
  return request_.tool_choice ? check_choice(*request_.tool_choice) : Status();
}

Status ToolsWriter::check_choice(const chat::ToolChoice& choice) const {
  const std::string_view param = choice.param;
  const std::string_view list = param == "function_call" ? "functions" : "tools";
  // Gemini: "Function calling config is set without function_declarations."
  if (!has_functions() && choice.mode == ToolMode::required) {
    return Error{ErrorCode::invalid_value,
                 {"'", param, "' is only allowed when '", list, "' are specified."},
                 param};
  }
  for (const chat::Text& name : choice.names) {
    if (!context_.names.declares(name)) {
      return Error{ErrorCode::invalid_value,
                   {"Invalid '", param, "': it names a function that is not in '", list, "'."},
                   param};
    }
  }
  return {};
}

void ToolsWriter::write() {
  // Google's own tools have no "none", so they go.
  const bool hosted = has_hosted() && !forbids_calls();
  if (has_functions() || hosted) {
    write_tools(hosted);
  }
}

void ToolsWriter::write_tools(bool hosted) {
  writer_.key("tools");
  writer_.begin_array();
  if (has_functions()) {
    write_declarations();
  }
  if (hosted) {
    write_all_hosted();
  }
  writer_.end_array();
  if (has_functions()) {
    write_config();
  }
}

// The first with settings, or else the first; nullptr: none has this name.
const Tool* ToolsWriter::choose_hosted(std::string_view name) const {
  const Tool* chosen = nullptr;
  for (const Tool& tool : request_.tools) {
    const bool better = chosen == nullptr || (!has_settings(*chosen) && has_settings(tool));
    if (tool.kind == ToolKind::hosted && better && tool.name.equals(name)) {
      chosen = &tool;
    }
  }
  return chosen;
}

// Clients have several names for one of them, and list it under two: it is declared once, with the
// first settings there are.
void ToolsWriter::write_all_hosted() {
  std::array<const Tool*, kHosted.size()> chosen{};
  Tool search;
  search.kind = ToolKind::hosted;
  search.name = {"google_search", false};
  for (std::size_t i = 0; i < kHosted.size(); ++i) {
    chosen[i] = choose_hosted(kHosted[i].first);
    if (chosen[i] == nullptr && request_.web_search && kHosted[i].first == "google_search") {
      chosen[i] = &search;
    }
  }
  for (const Tool& tool : request_.tools) {
    if (tool.kind != ToolKind::hosted) {
      continue;
    }
    const Tool* declared = *std::find_if(chosen.begin(), chosen.end(), [&](const Tool* one) {
      return one != nullptr && one->name.equals(tool.name.raw);
    });
    if (declared == &tool) {
      write_hosted(tool);
    } else if (has_settings(tool) && !are_same_json(tool.parameters, declared->parameters)) {
      changes_.add(path_of(tool), Reason::dropped);
    }
  }
  if (std::find(chosen.begin(), chosen.end(), &search) != chosen.end()) {
    write_hosted(search);
  }
}

void ToolsWriter::write_declarations() {
  writer_.begin_object();
  writer_.key("functionDeclarations");
  writer_.begin_array();
  for (const Tool& tool : request_.tools) {
    const bool again =
        std::find(repetitions_.begin(), repetitions_.end(), &tool) != repetitions_.end();
    if (tool.kind != ToolKind::hosted && !again) {
      write_declaration(tool);
    }
  }
  if (answer_form() == AnswerForm::by_function) {
    write_answer_function();
  }
  writer_.end_array();
  writer_.end_object();
}

void ToolsWriter::write_declaration(const Tool& tool) {
  writer_.begin_object();
  writer_.key("name");
  writer_.string({context_.names.to_upstream(tool.name)});
  if (!tool.description.empty() || !tool.grammar.empty()) {
    writer_.key("description");
    if (tool.grammar.empty()) {
      writer_.string(tool.description);
    } else {
      // A grammar can be told, and not enforced.
      writer_.copy_string({concat({tool.description.raw, tool.description.empty() ? "" : "\\n\\n",
                                   "The input must follow this grammar:\\n", tool.grammar.raw})});
      changes_.add(path_of(tool, "format"), Reason::rewritten);
    }
  }
  if (tool.kind == ToolKind::custom) {
    writer_.key(model_.json_schema ? "parametersJsonSchema" : "parameters");
    writer_.raw(
        R"({"type":"object","properties":{"input":{"type":"string"}},"required":["input"]})");
  } else if (!tool.parameters.empty() && !takes_no_arguments(tool.parameters)) {
    const std::string param = path_of(tool, "parameters");
    write_schema({tool.parameters, "parametersJsonSchema", "parameters", param}, model_, changes_,
                 schemas_, writer_);
  }
  writer_.end_object();
}

void ToolsWriter::write_answer_function() {
  context_.answer_by_function = true;
  changes_.add(request_.names.format, Reason::rewritten);
  writer_.begin_object();
  writer_.key("name");
  writer_.word(kAnswerFunction);
  writer_.key("description");
  writer_.word(
      "Gives the final answer to the user. Call it when no other function is needed any more.");
  write_schema(
      {request_.format.schema, "parametersJsonSchema", "parameters", request_.names.schema}, model_,
      changes_, schemas_, writer_);
  writer_.end_object();
}

void ToolsWriter::write_hosted(const Tool& tool) {
  for (const auto& [name, theirs] : kHosted) {
    if (tool.name.equals(name)) {
      writer_.begin_object();
      writer_.key(theirs);
      writer_.raw(tool.parameters.empty() ? "{}" : tool.parameters);
      writer_.end_object();
    }
  }
}

// https://ai.google.dev/api/caching#FunctionCallingConfig; empty: AUTO, which is the default.
std::string_view ToolsWriter::mode() const {
  if (answer_form() == AnswerForm::by_function) {
    return "ANY";
  }
  if (forbids_calls()) {
    return "NONE";
  }
  if (forces_calls()) {
    return "ANY";
  }
  const bool strict = std::any_of(request_.tools.begin(), request_.tools.end(),
                                  [](const Tool& tool) { return tool.strict; });
  const bool some_only = request_.tool_choice && !request_.tool_choice->names.empty();
  return strict || some_only || has_hosted() ? "VALIDATED" : "";
}

void ToolsWriter::write_config() {
  const std::string_view mode = this->mode();
  const bool mixed = has_hosted() && !forbids_calls();
  if (mode.empty() && !mixed) {
    return;
  }
  writer_.key("toolConfig");
  writer_.begin_object();
  if (!mode.empty()) {
    writer_.key("functionCallingConfig");
    writer_.begin_object();
    writer_.key("mode");
    writer_.word(mode);
    if (request_.tool_choice && !request_.tool_choice->names.empty()) {
      writer_.key("allowedFunctionNames");
      writer_.begin_array();
      for (const chat::Text& name : request_.tool_choice->names) {
        writer_.string({context_.names.to_upstream(name)});
      }
      if (answer_form() == AnswerForm::by_function) {
        writer_.word(kAnswerFunction);
      }
      writer_.end_array();
    }
    writer_.end_object();
  }
  if (mixed) {
    writer_.key("includeServerSideToolInvocations");
    writer_.boolean(true);
  }
  writer_.end_object();
}

}  // namespace llmproxy::gemini
