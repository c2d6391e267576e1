#include "dialects/gemini/generation_config.h"

#include "base/limits.h"
#include "base/text.h"
#include "dialects/gemini/voices.h"
#include "json/cursor.h"

#include <algorithm>
#include <array>

namespace llmproxy::gemini {

using chat::Reason;

namespace {

constexpr std::size_t kMaxStops = 5;
constexpr std::int64_t kMaxLogprobs = 20;
// A number that no parameter has: nothing is without effect.
constexpr double kNever = -1e9;

bool is_text(const chat::Text& stop) {
  return !stop.empty();
}

// The thinking level, or the budget, that an effort is called by; other values are the nearest.
bool is_exact(std::string_view value, chat::ReasoningEffort effort) {
  constexpr std::array kLevels = std::to_array<std::string_view>(
      {"0", "\"MINIMAL\"", "\"LOW\"", "\"MEDIUM\"", "\"HIGH\"", "\"XHIGH\"", "\"MAX\""});
  const bool budget = value.front() != '"';
  const bool clamped =
      effort == chat::ReasoningEffort::none ? value != "0" : effort > chat::ReasoningEffort::high;
  return budget ? !clamped : value == kLevels[static_cast<std::size_t>(effort)];
}

}  // namespace

Status GenerationConfigWriter::check() {
  if (request_.sampling.choices > kMaxCalls) {
    return Error{ErrorCode::invalid_value,
                 {"Invalid 'n': at most ", std::to_string(kMaxCalls),
                  " choices per request are available for this model."},
                 "n"};
  }
  const auto stops =
      std::count_if(request_.sampling.stop.begin(), request_.sampling.stop.end(), is_text);
  if (static_cast<std::size_t>(stops) > kMaxStops) {
    return Error{ErrorCode::invalid_value, "Invalid 'stop': Gemini takes at most 5 sequences.",
                 "stop"};
  }
  const bool writes = !request_.modalities.image && !request_.modalities.audio;
  return writes && request_.audio.format.empty() ? Status() : check_media();
}

Status GenerationConfigWriter::check_media() {
  const chat::Modalities& modalities = request_.modalities;
  if ((modalities.image && !model_.image_out) || (modalities.audio && !model_.audio_out)) {
    return Error{ErrorCode::unsupported_value,
                 {"Invalid 'modalities': ", model_.name, " does not answer in ",
                  modalities.image ? "images." : "audio."},
                 "modalities"};
  }
  const chat::Text& format = request_.audio.format;
  if (request_.stream && format.equals("wav")) {
    return Error{
        ErrorCode::unsupported_value,
        "Invalid 'audio.format': 'wav' needs its length at the front, so a stream of audio "
        "is available as 'pcm16' only.",
        "audio.format"};
  }
  for (const std::string_view known : {"", "wav", "pcm16"}) {
    if (format.equals(known)) {
      return {};
    }
  }
  return Error{ErrorCode::unsupported_value,
               "Invalid 'audio.format': Gemini's audio is available as 'wav' and 'pcm16'.",
               "audio.format"};
}

void GenerationConfigWriter::write(AnswerForm form) {
  writer_.key("generationConfig");
  writer_.begin_object();
  write_sampling();
  if (request_.sampling.logprobs) {
    write_logprobs();
  }
  write_limits();
  if (request_.format.kind != chat::FormatKind::text) {
    write_format(form);
  }
  if (request_.reasoning_effort || settings_.include_thoughts.value_or(false) ||
      !settings_.thinking_config.empty()) {
    write_thinking();
  }
  write_modalities();
  writer_.end_object();
}

void GenerationConfigWriter::write_number(std::string_view name, std::string_view param,
                                          const chat::Number& number, bool taken,
                                          double no_effect) {
  if (!number) {
    return;
  }
  if (taken) {
    writer_.key(name);
    writer_.raw(*number);
  } else if (json::approximate(*number) != no_effect) {
    changes_.add(param, Reason::dropped);
  }
}

void GenerationConfigWriter::write_sampling() {
  const chat::Sampling& sampling = request_.sampling;
  write_number("temperature", "temperature", sampling.temperature, model_.sampling, 1);
  write_number("topP", "top_p", sampling.top_p, model_.sampling, 1);
  write_number("topK", "top_k", sampling.top_k, model_.sampling, kNever);
  // Users of the original llmproxy know top_logprobs as topK. OpenAI's meaning needs logprobs:
  // true.
  if (!sampling.top_k && !sampling.logprobs && sampling.top_logprobs.value_or(0) > 0) {
    if (model_.sampling) {
      writer_.key("topK");
      writer_.integer(*sampling.top_logprobs);
    } else {
      changes_.add("top_logprobs", Reason::dropped);
    }
  }
  const auto penalty = [&](std::string_view name, std::string_view param,
                           const chat::Number& number) {
    if (number && json::approximate(*number) != 0) {
      write_number(name, param, number, model_.penalties, 0);
    }
  };
  penalty("presencePenalty", "presence_penalty", sampling.presence_penalty);
  penalty("frequencyPenalty", "frequency_penalty", sampling.frequency_penalty);
}

void GenerationConfigWriter::write_logprobs() {
  if (!model_.logprobs) {
    changes_.add("logprobs", Reason::dropped);
    return;
  }
  writer_.key("responseLogprobs");
  writer_.boolean(true);
  const std::int64_t top = request_.sampling.top_logprobs.value_or(0);
  if (top > kMaxLogprobs) {
    changes_.add("top_logprobs", Reason::clamped);
  }
  if (top > 0) {
    writer_.key("logprobs");
    writer_.integer(std::min(top, kMaxLogprobs));
  }
}

void GenerationConfigWriter::write_limits() {
  const chat::Sampling& sampling = request_.sampling;
  if (sampling.max_output_tokens) {
    writer_.key("maxOutputTokens");
    writer_.integer(*sampling.max_output_tokens);
  }
  // For one choice it is left out: some models refuse the field itself.
  if (sampling.choices > 1 && model_.candidates) {
    writer_.key("candidateCount");
    writer_.integer(sampling.choices);
  }
  if (sampling.seed) {
    // An int32 there.
    const bool fits = *sampling.seed >= INT32_MIN && *sampling.seed <= INT32_MAX;
    writer_.key("seed");
    writer_.integer(fits ? *sampling.seed : *sampling.seed & INT32_MAX);
    if (!fits) {
      changes_.add("seed", Reason::clamped);
    }
  }
  if (std::any_of(sampling.stop.begin(), sampling.stop.end(), is_text)) {
    writer_.key("stopSequences");
    writer_.begin_array();
    for (const chat::Text& stop : sampling.stop) {
      if (is_text(stop)) {
        writer_.string(stop);
      }
    }
    writer_.end_array();
  }
}

void GenerationConfigWriter::write_format(AnswerForm form) {
  const chat::OutputFormat& format = request_.format;
  if (form == AnswerForm::by_words) {
    changes_.add("response_format", Reason::rewritten);
  }
  if (form != AnswerForm::as_asked) {
    return;
  }
  writer_.key("responseMimeType");
  writer_.word("application/json");
  if (!format.schema.empty()) {
    write_schema(format.schema,
                 {"responseJsonSchema", "responseSchema", "response_format.json_schema.schema"},
                 model_, changes_, writer_);
  }
}

void GenerationConfigWriter::write_thinking() {
  std::string members = settings_.thinking_config;
  bool thoughts = settings_.include_thoughts.value_or(false);
  if (model_.thinking == Thinking::none) {
    if (request_.reasoning_effort && *request_.reasoning_effort != chat::ReasoningEffort::none) {
      changes_.add("reasoning_effort", Reason::dropped);
    }
    if (!members.empty() || thoughts) {
      changes_.add("thinking_config", Reason::dropped);
    }
    return;
  }
  if (request_.reasoning_effort) {
    if (const auto value = map_effort(model_, *request_.reasoning_effort)) {
      members = concat(
          {model_.thinking == Thinking::budget ? "\"thinkingBudget\":" : "\"thinkingLevel\":",
           *value});
      if (!is_exact(*value, *request_.reasoning_effort)) {
        changes_.add("reasoning_effort", Reason::clamped);
      }
    }
    // Whoever asks for thinking sees what comes of it, and gets bytes while it goes on.
    thoughts = *request_.reasoning_effort != chat::ReasoningEffort::none;
  }
  if (thoughts) {
    members.append(members.empty() ? "" : ",").append("\"includeThoughts\":true");
  }
  if (!members.empty()) {
    writer_.key("thinkingConfig");
    writer_.copy_raw(concat({"{", members, "}"}));
  }
}

void GenerationConfigWriter::write_modalities() {
  const chat::Modalities& modalities = request_.modalities;
  const bool speaks_only = model_.audio_out && contains(model_.name, "-tts");
  const bool text_only = modalities.text && !modalities.image && !modalities.audio;
  if (speaks_only || modalities.audio) {
    writer_.key("responseModalities");
    writer_.raw(R"(["AUDIO"])");
    write_speech();
  } else if (modalities.image || (model_.image_out && text_only)) {
    // Some models of images answer nothing unless both are named.
    writer_.key("responseModalities");
    writer_.raw(R"(["TEXT","IMAGE"])");
  }
  if (!settings_.image_config.empty()) {
    writer_.key("imageConfig");
    writer_.copy_raw(settings_.image_config);
  }
  if (!settings_.media_resolution.empty()) {
    writer_.key("mediaResolution");
    writer_.raw(settings_.media_resolution);
  }
}

void GenerationConfigWriter::write_speech() {
  writer_.key("speechConfig");
  writer_.begin_object();
  writer_.key("voiceConfig");
  writer_.begin_object();
  writer_.key("prebuiltVoiceConfig");
  writer_.begin_object();
  writer_.key("voiceName");
  writer_.text(map_voice(request_.audio.voice.decode()));
  writer_.end_object();
  writer_.end_object();
  writer_.end_object();
}

}  // namespace llmproxy::gemini
