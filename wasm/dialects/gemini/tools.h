// Tools, and the choice among them, for Gemini.
// https://ai.google.dev/api/caching#Tool and https://ai.google.dev/api/caching#ToolConfig
#pragma once

#include "base/result.h"
#include "base/spans.h"
#include "chat/changes.h"
#include "chat/request.h"
#include "dialects/gemini/model.h"
#include "dialects/gemini/reply_context.h"
#include "dialects/gemini/schema.h"
#include "json/writer.h"

#include <string_view>
#include <vector>

namespace llmproxy::gemini {

// How the answer keeps to `response_format` when there are functions as well, or no JSON mode.
enum class AnswerForm : std::uint8_t {
  as_asked,     // responseMimeType and its schema
  by_function,  // the model must call a function, of which one is the answer
  by_words,     // an instruction in the system text
  not_now,      // a call is forced, so there is no answer yet
};

class ToolsWriter {
 public:
  using JsonWriter = json::Writer;

  ToolsWriter(const chat::Request& request, const Model& model, ReplyContext& context,
              chat::Changes& changes, SchemaBudget& schemas, JsonWriter& writer)
      : request_(request),
        model_(model),
        context_(context),
        changes_(changes),
        schemas_(schemas),
        writer_(writer) {}

  // Before anything is written: what this model cannot do at all.
  Status check();
  AnswerForm answer_form() const;
  // The members "tools" and "toolConfig", where there is something to say.
  void write();

 private:
  Status check_tools();
  Status check_choice(const chat::ToolChoice& choice) const;
  std::string_view list_name() const;
  void write_tools(bool hosted);
  bool has_functions() const;
  bool has_hosted() const;
  bool forbids_calls() const;
  bool forces_calls() const;
  const chat::Tool* choose_hosted(std::string_view name) const;
  void write_all_hosted();
  void write_declarations();
  void write_declaration(const chat::Tool& tool);
  void write_answer_function();
  void write_hosted(const chat::Tool& tool);
  void write_config();
  std::string_view mode() const;

  const chat::Request& request_;
  const Model& model_;
  ReplyContext& context_;
  chat::Changes& changes_;
  SchemaBudget& schemas_;
  JsonWriter& writer_;
  // Tools that are declared once more: Gemini refuses a request that has one.
  std::vector<const chat::Tool*> repetitions_;
};

// Where a schema goes, and where it comes from.
struct SchemaPlace {
  std::string_view schema;
  std::string_view name;      // of the field that takes JSON Schema
  std::string_view old_name;  // of the one that takes OpenAPI's
  std::string_view param;     // of the client's, for changes
};

// Writes the member that holds the schema, in the form the model takes. When `budget` is over then,
// the request is of no use.
void write_schema(const SchemaPlace& place, const Model& model, chat::Changes& changes,
                  SchemaBudget& budget, json::Writer& writer);

}  // namespace llmproxy::gemini
