#include "dialects/gemini/write_request.h"

#include "base/text.h"
#include "dialects/gemini/contents.h"
#include "json/cursor.h"
#include "json/writer.h"

#include <algorithm>

namespace llmproxy::gemini {
namespace {

using JsonWriter = json::Writer<SpanList>;

// https://ai.google.dev/api/generate-content#generationconfig: "up to 5"
constexpr std::size_t kMaxStops = 5;
constexpr std::int64_t kMaxLogprobs = 20;

Status check(const chat::Request& request, const Model& model) {
  if (model.name.empty()) {
    return Error{ErrorCode::invalid_value, "The model has no name.", "model"};
  }
  if (request.sampling.choices > 1 && !model.candidates) {
    return Error{ErrorCode::unsupported_value,
                 concat({"Invalid 'n': ", model.name, " gives one choice per request."}), "n"};
  }
  if (request.sampling.stop.size() > kMaxStops) {
    return Error{ErrorCode::invalid_value, "Invalid 'stop': Gemini takes at most 5 sequences.",
                 "stop"};
  }
  return {};
}

// {"type": "object", "properties": {}} and the like: the old form refuses it, and it says nothing.
bool takes_no_arguments(std::string_view schema) {
  json::Cursor cursor(schema);
  json::String key;
  cursor.enter_object();
  while (cursor.next_member(key)) {
    if (!key.equals("type") && !key.equals("properties") && !key.equals("required") &&
        !key.equals("additionalProperties") && !key.equals("$schema")) {
      return false;
    }
    std::string_view value;
    cursor.skip_value(value);
    if (key.equals("properties") && !trim(value.substr(1, value.size() - 2)).empty()) {
      return false;
    }
  }
  return true;
}

void write_tools(const chat::Request& request, JsonWriter& writer) {
  writer.key("tools");
  writer.begin_array();
  writer.begin_object();
  writer.key("functionDeclarations");
  writer.begin_array();
  for (const chat::Tool& tool : request.tools) {
    writer.begin_object();
    writer.key("name");
    writer.string(tool.name);
    if (!tool.description.empty()) {
      writer.key("description");
      writer.string(tool.description);
    }
    if (!tool.parameters.empty() && !takes_no_arguments(tool.parameters)) {
      // JSON Schema as it is; "parameters" takes a part of OpenAPI's only.
      // https://ai.google.dev/api/caching#FunctionDeclaration
      writer.key("parametersJsonSchema");
      writer.raw(tool.parameters);
    }
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  writer.end_array();
}

bool declares(const chat::Request& request, const chat::Text& name) {
  const std::string wanted = name.decode();
  return std::any_of(request.tools.begin(), request.tools.end(),
                     [&](const chat::Tool& tool) { return tool.name.equals(wanted); });
}

// https://ai.google.dev/api/caching#FunctionCallingConfig
Status write_tool_choice(const chat::Request& request, JsonWriter& writer) {
  if (!request.tool_choice) {
    return {};
  }
  const chat::ToolChoice& choice = *request.tool_choice;
  if (request.tools.empty()) {
    // Gemini: "Function calling config is set without function_declarations."
    return choice.mode != chat::ToolMode::required
               ? Status()
               : Error{ErrorCode::invalid_value,
                       "'tool_choice' is only allowed when 'tools' are specified.", "tool_choice"};
  }
  for (const chat::Text& name : choice.names) {
    if (!declares(request, name)) {
      return Error{ErrorCode::invalid_value,
                   "Invalid 'tool_choice': it names a function that is not in 'tools'.",
                   "tool_choice"};
    }
  }
  if (choice.mode == chat::ToolMode::automatic) {
    return {};
  }
  writer.key("toolConfig");
  writer.begin_object();
  writer.key("functionCallingConfig");
  writer.begin_object();
  writer.key("mode");
  writer.text(choice.mode == chat::ToolMode::none ? "NONE" : "ANY");
  if (!choice.names.empty()) {
    writer.key("allowedFunctionNames");
    writer.begin_array();
    for (const chat::Text& name : choice.names) {
      writer.string(name);
    }
    writer.end_array();
  }
  writer.end_object();
  writer.end_object();
  return {};
}

void write_number(std::string_view name, const chat::Number& number, JsonWriter& writer) {
  if (number) {
    writer.key(name);
    writer.raw(*number);
  }
}

void write_sampling(const chat::Sampling& sampling, const Model& model, JsonWriter& writer) {
  if (model.sampling) {
    write_number("temperature", sampling.temperature, writer);
    write_number("topP", sampling.top_p, writer);
    write_number("topK", sampling.top_k, writer);
    // Users of the original llmproxy know top_logprobs as topK. OpenAI's meaning needs logprobs:
    // true.
    if (!sampling.top_k && !sampling.logprobs && sampling.top_logprobs.value_or(0) > 0) {
      writer.key("topK");
      writer.integer(*sampling.top_logprobs);
    }
  }
  const auto write_penalty = [&](std::string_view name, const chat::Number& penalty) {
    if (model.penalties && penalty && json::approximate(*penalty) != 0) {
      write_number(name, penalty, writer);
    }
  };
  write_penalty("presencePenalty", sampling.presence_penalty);
  write_penalty("frequencyPenalty", sampling.frequency_penalty);
  if (sampling.logprobs) {
    writer.key("responseLogprobs");
    writer.boolean(true);
    if (sampling.top_logprobs.value_or(0) > 0) {
      writer.key("logprobs");
      writer.integer(std::min(*sampling.top_logprobs, kMaxLogprobs));
    }
  }
}

void write_limits(const chat::Sampling& sampling, JsonWriter& writer) {
  if (sampling.max_output_tokens) {
    writer.key("maxOutputTokens");
    writer.integer(*sampling.max_output_tokens);
  }
  if (sampling.choices > 1) {
    writer.key("candidateCount");
    writer.integer(sampling.choices);
  }
  if (sampling.seed) {
    // An int32 there. https://ai.google.dev/api/generate-content#generationconfig
    const bool fits = *sampling.seed >= INT32_MIN && *sampling.seed <= INT32_MAX;
    writer.key("seed");
    writer.integer(fits ? *sampling.seed : *sampling.seed & INT32_MAX);
  }
  const auto is_text = [](const chat::Text& stop) { return !stop.empty(); };
  if (std::any_of(sampling.stop.begin(), sampling.stop.end(), is_text)) {
    writer.key("stopSequences");
    writer.begin_array();
    for (const chat::Text& stop : sampling.stop) {
      if (is_text(stop)) {
        writer.string(stop);
      }
    }
    writer.end_array();
  }
}

void write_format(const chat::OutputFormat& format, JsonWriter& writer) {
  if (format.kind == chat::FormatKind::text) {
    return;
  }
  writer.key("responseMimeType");
  writer.text("application/json");
  if (!format.schema.empty()) {
    writer.key("responseJsonSchema");
    writer.raw(format.schema);
  }
}

void write_thinking(const chat::Request& request, const Model& model, JsonWriter& writer) {
  if (!request.reasoning_effort) {
    return;
  }
  if (const auto value = map_effort(model, *request.reasoning_effort)) {
    writer.key("thinkingConfig");
    writer.begin_object();
    writer.key(model.thinking == Thinking::budget ? "thinkingBudget" : "thinkingLevel");
    writer.raw(*value);
    writer.end_object();
  }
}

}  // namespace

Status write_request(const chat::Request& request, const Model& model, SpanList& out) {
  if (Status status = check(request, model); !status) {
    return status;
  }
  JsonWriter writer(out);
  writer.begin_object();
  if (Status status = ContentsWriter(request, model, writer).write(); !status) {
    return status;
  }
  if (!request.tools.empty()) {
    write_tools(request, writer);
  }
  if (Status status = write_tool_choice(request, writer); !status) {
    return status;
  }
  writer.key("generationConfig");
  writer.begin_object();
  write_sampling(request.sampling, model, writer);
  write_limits(request.sampling, writer);
  write_format(request.format, writer);
  write_thinking(request, model, writer);
  writer.end_object();
  writer.end_object();
  return {};
}

}  // namespace llmproxy::gemini
