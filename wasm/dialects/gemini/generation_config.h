// Gemini's generationConfig. https://ai.google.dev/api/generate-content#generationconfig
#pragma once

#include "base/inline.h"
#include "base/result.h"
#include "base/spans.h"
#include "chat/changes.h"
#include "chat/request.h"
#include "dialects/gemini/google_settings.h"
#include "dialects/gemini/model.h"
#include "dialects/gemini/tools.h"
#include "json/writer.h"

namespace llmproxy::gemini {

class GenerationConfigWriter {
 public:
  using JsonWriter = json::Writer;

  GenerationConfigWriter(const chat::Request& request, const Model& model,
                         const GoogleSettings& settings, chat::Changes& changes, JsonWriter& writer)
      : request_(request), model_(model), settings_(settings), changes_(changes), writer_(writer) {}

  // What Gemini takes in no form.
  Status check();
  LLMPROXY_NOINLINE void write(AnswerForm form);

 private:
  LLMPROXY_COLD Status check_media();
  void write_sampling();
  void write_number(std::string_view name, std::string_view param, const chat::Number& number,
                    bool taken, double no_effect);
  LLMPROXY_COLD void write_logprobs();
  void write_limits();
  LLMPROXY_COLD void write_format(AnswerForm form);
  LLMPROXY_COLD void write_thinking();
  void write_modalities();
  LLMPROXY_COLD void write_speech();

  const chat::Request& request_;
  const Model& model_;
  const GoogleSettings& settings_;
  chat::Changes& changes_;
  JsonWriter& writer_;
};

}  // namespace llmproxy::gemini
