#include "dialects/gemini/write_request.h"

#include "base/limits.h"
#include "base/text.h"
#include "dialects/gemini/contents.h"
#include "dialects/gemini/generation_config.h"
#include "dialects/gemini/google_settings.h"
#include "dialects/gemini/tools.h"
#include "json/writer.h"

#include <algorithm>
#include <array>
#include <utility>

namespace llmproxy::gemini {
namespace {

using chat::Reason;
using JsonWriter = json::Writer;

constexpr std::string_view kAnswerInJson =
    "Answer with one JSON value and nothing else: no explanation, no code fence.";

// The inside of a JSON string.
std::string ask_for_json(std::string_view schema) {
  if (schema.empty() || schema.size() > kMaxSchemaInWords) {
    return std::string(kAnswerInJson);
  }
  return concat(
      {kAnswerInJson, " It must be valid against this JSON Schema: ", json::escape(schema)});
}

// https://ai.google.dev/gemini-api/docs/optimization: what OpenAI calls it, and what Gemini does;
// empty: that is what happens anyway.
constexpr std::array kTiers = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"\"auto\"", ""},
    {"\"default\"", ""},
    {"\"flex\"", "flex"},
    {"\"priority\"", "priority"},
    {"\"fast\"", "priority"},
});

void write_service_tier(std::string_view value, chat::Changes& changes, JsonWriter& writer) {
  for (const auto& [theirs, ours] : kTiers) {
    if (value != theirs) {
      continue;
    }
    if (!ours.empty()) {
      writer.key("serviceTier");
      writer.word(ours);
    }
    return;
  }
  changes.add("service_tier", Reason::dropped);
}

// Fields that have no counterpart. They are hints, bookkeeping, or about storage that is not done
// here; the answer is right without them.
void write_others(const chat::Request& request, chat::Changes& changes, JsonWriter& writer) {
  for (const chat::OtherField& field : request.others) {
    if (field.name == "service_tier") {
      write_service_tier(field.value, changes, writer);
    } else {
      changes.add(field.name, Reason::dropped);
    }
  }
  for (const std::string& param : request.dropped) {
    changes.add(param, Reason::dropped);
  }
}

}  // namespace

Status write_request(const chat::CompleteRequest& source, const Model& model, SpanList& out,
                     chat::Changes& changes, ReplyContext& context) {
  const chat::Request& request = source.request;
  if (model.name.empty()) {
    return Error{ErrorCode::invalid_value, "The model has no name.", "model"};
  }
  GoogleSettings settings;
  if (!request.vendor_fields.empty()) {
    if (Status status = read_settings(request, settings); !status) {
      return status;
    }
  }
  context.names = request.tools.empty() ? ToolNames() : ToolNames(request);
  // A `function_call` is one: clients of the older form know no second.
  context.only_first_call = !request.parallel_tool_calls || request.functions_form;
  context.answer_by_function = false;
  JsonWriter writer(out);
  SchemaBudget schemas;
  ToolsWriter tools(request, model, context, changes, schemas, writer);
  GenerationConfigWriter config(request, model, settings, changes, schemas, writer);
  if (Status status = tools.check(); !status) {
    return status;
  }
  if (Status status = config.check(); !status) {
    return status;
  }
  writer.begin_object();
  ContentsWriter contents(source, model, context.names, changes, writer);
  context.answer_by_words = tools.answer_form() == AnswerForm::by_words;
  if (context.answer_by_words) {
    contents.add_instruction(ask_for_json(request.format.schema));
  }
  if (Status status = contents.write(); !status) {
    return status;
  }
  tools.write();
  config.write(tools.answer_form());
  const auto raw = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) {
      writer.key(name);
      writer.raw(value);
    }
  };
  raw("safetySettings", settings.safety_settings);
  raw("cachedContent", settings.cached_content);
  if (!request.others.empty() || !request.dropped.empty()) {
    write_others(request, changes, writer);
  }
  writer.end_object();
  return schemas.status();
}

void write_continuation(const SpanList& request, std::string_view token, SpanList& out) {
  out.append("{\"continuationToken\":\"");
  out.append(token);
  out.append("\",");
  bool first = true;
  for (const Span& span : request.spans()) {
    const std::string_view bytes(span.data, span.size);
    out.append_slice(first ? bytes.substr(1) : bytes);  // without the brace
    first = false;
  }
}

}  // namespace llmproxy::gemini
