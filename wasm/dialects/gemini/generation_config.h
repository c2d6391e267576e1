// Gemini's generationConfig. https://ai.google.dev/api/generate-content#generationconfig
#pragma once

#include "base/result.h"
#include "base/spans.h"
#include "chat/changes.h"
#include "chat/request.h"
#include "dialects/gemini/google_settings.h"
#include "dialects/gemini/model.h"
#include "dialects/gemini/tools.h"
#include "json/writer.h"

#include <string>
#include <string_view>

namespace llmproxy::gemini {

class GenerationConfigWriter {
 public:
  using JsonWriter = json::Writer;

  GenerationConfigWriter(const chat::Request& request, const Model& model,
                         const GoogleSettings& settings, chat::Changes& changes,
                         SchemaBudget& schemas, JsonWriter& writer)
      : request_(request),
        model_(model),
        settings_(settings),
        changes_(changes),
        schemas_(schemas),
        writer_(writer) {}

  // What Gemini takes in no form.
  Status check();
  void write(AnswerForm form);

 private:
  Status check_media();
  void write_sampling();
  struct Parameter;
  void write_number(const Parameter& parameter, const chat::Number& number);
  // `number`, or the bound it is beyond.
  std::string_view clamp(Feature parameter, std::string_view number) const;
  void write_integer(const Parameter& parameter, std::int64_t number);
  void write_clamped(const Parameter& parameter, std::string_view number);
  void write_logprobs();
  void write_limits();
  void write_stops();
  void write_format(AnswerForm form);
  void write_thinking();
  struct Thinking;
  Thinking read_thinking() const;
  void fit_thinking(Thinking& thinking);
  void write_modalities();
  void write_speech();

  const chat::Request& request_;
  const Model& model_;
  const GoogleSettings& settings_;
  chat::Changes& changes_;
  SchemaBudget& schemas_;
  JsonWriter& writer_;
};

}  // namespace llmproxy::gemini
