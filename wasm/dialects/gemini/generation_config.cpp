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
constexpr chat::ReasoningEffort kNoEffort = chat::ReasoningEffort::none;
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
                 {"Invalid '", request_.names.modalities, "': ", model_.name,
                  " does not answer in ", modalities.image ? "images." : "audio."},
                 request_.names.modalities};
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
  if (request_.reasoning_effort || request_.reasoning_tokens || request_.shows_thoughts ||
      settings_.include_thoughts.value_or(false) || !settings_.thinking_budget.empty() ||
      !settings_.thinking_level.empty()) {
    write_thinking();
  }
  write_modalities();
  writer_.end_object();
}

struct GenerationConfigWriter::Parameter {
  Feature what;
  std::string_view name;
  std::string_view param;  // of the client's
  double no_effect;        // the value that changes nothing
};

std::string_view GenerationConfigWriter::clamp(Feature parameter, std::string_view number) const {
  for (const auto& [what, bounds] : model_.bounds) {
    if (what == parameter) {
      const double value = json::approximate(number);
      return value < json::approximate(bounds.low)    ? std::string_view(bounds.low)
             : value > json::approximate(bounds.high) ? std::string_view(bounds.high)
                                                      : number;
    }
  }
  return number;
}

void GenerationConfigWriter::write_clamped(const Parameter& parameter, std::string_view number) {
  const std::string_view value = clamp(parameter.what, number);
  writer_.copy_raw(value);
  if (value != number) {
    changes_.add(parameter.param, Reason::clamped);
  }
}

void GenerationConfigWriter::write_number(const Parameter& parameter, const chat::Number& number) {
  if (!number) {
    return;
  }
  if (model_.takes(parameter.what)) {
    writer_.key(parameter.name);
    model_.bounds.empty() ? writer_.raw(*number) : write_clamped(parameter, *number);
  } else if (json::approximate(*number) != parameter.no_effect) {
    changes_.add(parameter.param, Reason::dropped);
  }
}

void GenerationConfigWriter::write_sampling() {
  const chat::Sampling& sampling = request_.sampling;
  write_number({Feature::temperature, "temperature", "temperature", 1}, sampling.temperature);
  write_number({Feature::top_p, "topP", "top_p", 1}, sampling.top_p);
  write_number({Feature::top_k, "topK", "top_k", kNever}, sampling.top_k);
  // Users of the original llmproxy know top_logprobs as topK. OpenAI's meaning needs logprobs:
  // true.
  if (!sampling.top_k && !sampling.logprobs && sampling.top_logprobs.value_or(0) > 0) {
    write_integer({Feature::top_k, "topK", request_.names.top_logprobs, kNever},
                  *sampling.top_logprobs);
  }
  const auto penalty = [&](const Parameter& parameter, const chat::Number& number) {
    if (number && json::approximate(*number) != 0) {
      write_number(parameter, number);
    }
  };
  penalty({Feature::presence_penalty, "presencePenalty", "presence_penalty", 0},
          sampling.presence_penalty);
  penalty({Feature::frequency_penalty, "frequencyPenalty", "frequency_penalty", 0},
          sampling.frequency_penalty);
}

void GenerationConfigWriter::write_integer(const Parameter& parameter, std::int64_t number) {
  if (!model_.takes(parameter.what)) {
    changes_.add(parameter.param, Reason::dropped);
    return;
  }
  writer_.key(parameter.name);
  if (model_.bounds.empty()) {
    writer_.integer(number);
  } else {
    write_clamped(parameter, std::to_string(number));
  }
}

void GenerationConfigWriter::write_logprobs() {
  if (!model_.takes(Feature::logprobs)) {
    changes_.add("logprobs", Reason::dropped);
    return;
  }
  writer_.key("responseLogprobs");
  writer_.boolean(true);
  const std::int64_t top = request_.sampling.top_logprobs.value_or(0);
  if (top > kMaxLogprobs) {
    changes_.add(request_.names.top_logprobs, Reason::clamped);
  }
  if (top > 0) {
    write_integer({Feature::top_logprobs, "logprobs", request_.names.top_logprobs, kNever},
                  std::min(top, kMaxLogprobs));
  }
}

void GenerationConfigWriter::write_limits() {
  const chat::Sampling& sampling = request_.sampling;
  if (sampling.max_output_tokens) {
    write_integer(
        {Feature::max_tokens, "maxOutputTokens", request_.names.max_output_tokens, kNever},
        *sampling.max_output_tokens);
  }
  // For one choice it is left out: some models refuse the field itself.
  if (sampling.choices > 1 && model_.candidates) {
    writer_.key("candidateCount");
    writer_.integer(sampling.choices);
  }
  if (sampling.seed) {
    // An int32 there.
    const bool fits = *sampling.seed >= INT32_MIN && *sampling.seed <= INT32_MAX;
    write_integer({Feature::seed, "seed", "seed", kNever},
                  fits ? *sampling.seed : *sampling.seed & INT32_MAX);
    if (!fits && model_.takes(Feature::seed)) {
      changes_.add("seed", Reason::clamped);
    }
  }
  if (std::any_of(sampling.stop.begin(), sampling.stop.end(), is_text)) {
    write_stops();
  }
}

void GenerationConfigWriter::write_stops() {
  if (!model_.takes(Feature::stop)) {
    changes_.add("stop", Reason::dropped);
    return;
  }
  writer_.key("stopSequences");
  writer_.begin_array();
  for (const chat::Text& stop : request_.sampling.stop) {
    if (is_text(stop)) {
      writer_.string(stop);
    }
  }
  writer_.end_array();
}

void GenerationConfigWriter::write_format(AnswerForm form) {
  const chat::OutputFormat& format = request_.format;
  if (form == AnswerForm::by_words) {
    changes_.add(request_.names.format, Reason::rewritten);
  }
  if (form != AnswerForm::as_asked) {
    return;
  }
  writer_.key("responseMimeType");
  writer_.word("application/json");
  if (!format.schema.empty()) {
    write_schema({format.schema, "responseJsonSchema", "responseSchema", request_.names.schema},
                 model_, changes_, schemas_, writer_);
  }
}

struct GenerationConfigWriter::Thinking {
  // JSON; empty: not said.
  std::string budget;
  std::string level;
  bool thoughts = false;
  // What of the client's asks for it.
  std::string_view param;
  bool clamped = false;
};

GenerationConfigWriter::Thinking GenerationConfigWriter::read_thinking() const {
  Thinking out{settings_.thinking_budget, settings_.thinking_level,
               settings_.include_thoughts.value_or(false), settings_.thinking_param};
  if (request_.reasoning_effort) {
    out.param = request_.names.reasoning_effort;
    // Whoever asks for thinking sees what comes of it, and gets bytes while it goes on.
    out.thoughts = *request_.reasoning_effort != chat::ReasoningEffort::none;
    if (const auto value = map_effort(model_, *request_.reasoning_effort)) {
      (model_.thinking == gemini::Thinking::budget ? out.budget : out.level) = *value;
      out.clamped = !is_exact(*value, *request_.reasoning_effort);
    }
  } else if (request_.reasoning_tokens) {
    // Models with levels take a budget as well, in place of one.
    // https://ai.google.dev/gemini-api/docs/thinking
    out.param = "reasoning.max_tokens";
    out.thoughts = *request_.reasoning_tokens > 0;
    out.budget = std::to_string(*request_.reasoning_tokens);
    out.level.clear();
  } else if (request_.shows_thoughts) {
    out.param = "reasoning";
  }
  out.thoughts = request_.shows_thoughts.value_or(out.thoughts);
  return out;
}

// What of it the model does not take goes, or moves within its bounds.
void GenerationConfigWriter::fit_thinking(Thinking& thinking) {
  const auto leave_out = [&](std::string& value) {
    changes_.add(thinking.param, Reason::dropped);
    thinking.clamped = false;
    value.clear();
  };
  if (!thinking.budget.empty() && !model_.takes(Feature::thinking_budget)) {
    leave_out(thinking.budget);
  }
  if (!thinking.level.empty() && !model_.takes(Feature::thinking_level)) {
    leave_out(thinking.level);
  }
  if (thinking.thoughts && !model_.takes(Feature::include_thoughts)) {
    changes_.add(thinking.param, Reason::dropped);
    thinking.thoughts = false;
  }
  const std::string fitting(clamp(Feature::thinking_budget, thinking.budget));
  if (!thinking.budget.empty() && fitting != thinking.budget) {
    thinking.budget = fitting;
    thinking.clamped = true;
  }
  if (thinking.clamped) {
    changes_.add(thinking.param, Reason::clamped);
  }
}

void GenerationConfigWriter::write_thinking() {
  Thinking thinking = read_thinking();
  if (model_.thinking == gemini::Thinking::none) {
    const bool wanted = thinking.thoughts || !thinking.budget.empty() || !thinking.level.empty() ||
                        request_.reasoning_effort.value_or(kNoEffort) != kNoEffort;
    if (wanted) {
      changes_.add(thinking.param, Reason::dropped);
    }
    return;
  }
  if (request_.reasoning_effort && request_.reasoning_tokens) {
    changes_.add("reasoning.max_tokens", Reason::dropped);
  }
  fit_thinking(thinking);
  std::string members;
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) {
      members.append(concat({members.empty() ? "\"" : ",\"", name, "\":", value}));
    }
  };
  add("thinkingBudget", thinking.budget);
  add("thinkingLevel", thinking.level);
  add("includeThoughts", thinking.thoughts ? "true" : "");
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
