#include "dialects/openai_chat/write_settings.h"

#include <array>
#include <utility>

namespace llmproxy::openai_chat {
namespace {

using chat::Reason;
using chat::ReasoningEffort;

constexpr std::array kEfforts = std::to_array<std::string_view>(
    {"none", "minimal", "low", "medium", "high", "xhigh", "max"});  // as in ReasoningEffort

// How much a model thinks by an effort, the way Google counts it for clients of this dialect.
// https://ai.google.dev/gemini-api/docs/openai#thinking
constexpr std::int64_t kLowTokens = 1024;
constexpr std::int64_t kMediumTokens = 8192;

ReasoningEffort effort_of(std::int64_t tokens) {
  if (tokens == 0) {
    return ReasoningEffort::none;
  }
  return tokens <= kLowTokens      ? ReasoningEffort::low
         : tokens <= kMediumTokens ? ReasoningEffort::medium
                                   : ReasoningEffort::high;
}

class SettingsWriter {
 public:
  explicit SettingsWriter(const RequestContext& context) : context_(context) {}

  void write(bool searches) {
    write_sampling();
    write_limit();
    write_reasoning();
    write_format();
    write_output();
    if (request_.stream) {
      writer_.key("stream");
      writer_.boolean(true);
    }
    if (has_inner("stream_options") || (request_.stream && request_.include_usage)) {
      write_stream_options();
    }
    if (searches) {
      object("web_search_options", [] {});
    }
    // What the neutral model has no place for goes as it came: it is this dialect's own, or means
    // nothing here, which the supplier says.
    for (const chat::OtherField& field : request_.others) {
      writer_.text_key(field.name);
      writer_.raw(field.value);
    }
  }

 private:
  // A member that is an object, with those that this dialect alone knows in it.
  template <typename Write>
  void object(std::string_view name, Write write) {
    if (context_.begin(name)) {
      writer_.begin_object();
      write();
      write_inner(name);
      writer_.end_object();
    }
  }
  void number(std::string_view name, const chat::Number& value) {
    if (value && context_.begin(name)) {
      writer_.raw(*value);
    }
  }
  void integer(std::string_view name, const std::optional<std::int64_t>& value) {
    if (value && context_.begin(name)) {
      writer_.integer(*value);
    }
  }
  void text(std::string_view name, const chat::Text& value) {
    if (!value.empty()) {
      writer_.key(name);
      writer_.string(value);
    }
  }

  void write_sampling();
  void write_limit();
  void write_reasoning();
  void write_effort(ReasoningEffort effort) {
    writer_.word(kEfforts[static_cast<std::size_t>(effort)]);
  }
  void write_format();
  void write_output();
  void write_stream_options();
  bool has_inner(std::string_view parent) const;
  void write_inner(std::string_view parent);

  const RequestContext& context_;
  const chat::Request& request_ = context_.request();
  json::Writer& writer_ = context_.writer;
};

void SettingsWriter::write_sampling() {
  const chat::Sampling& sampling = request_.sampling;
  number("temperature", sampling.temperature);
  number("top_p", sampling.top_p);
  number("top_k", sampling.top_k);
  number("presence_penalty", sampling.presence_penalty);
  number("frequency_penalty", sampling.frequency_penalty);
  integer("seed", sampling.seed);
  if (sampling.choices != 1) {
    writer_.key("n");
    writer_.integer(sampling.choices);
  }
  if (sampling.logprobs && context_.begin("logprobs")) {
    writer_.boolean(true);
  }
  integer("top_logprobs", sampling.top_logprobs);
  if (!sampling.stop.empty() && context_.begin("stop")) {
    writer_.begin_array();
    for (const chat::Text& stop : sampling.stop) {
      writer_.string(stop);
    }
    writer_.end_array();
  }
}

// By the name that the client used. A model that refuses it takes the other one: OpenAI's that
// reason know no max_tokens, and many other suppliers know nothing else.
void SettingsWriter::write_limit() {
  if (!request_.sampling.max_output_tokens) {
    return;
  }
  constexpr std::string_view kOld = "max_tokens";
  constexpr std::string_view kNew = "max_completion_tokens";
  const bool old = request_.names.max_output_tokens == kOld;
  const std::string_view first = old ? kOld : kNew;
  integer(context_.refused.has(first) ? (old ? kNew : kOld) : first,
          request_.sampling.max_output_tokens);
}

// `reasoning` is how OpenRouter has it, where it says more than an effort.
// https://openrouter.ai/docs/use-cases/reasoning-tokens
void SettingsWriter::write_reasoning() {
  const bool in_object =
      request_.names.reasoning_effort == "reasoning.effort" || has_inner("reasoning");
  const std::optional<std::int64_t>& tokens = request_.reasoning_tokens;
  std::optional<ReasoningEffort> effort = request_.reasoning_effort;
  if (in_object) {
    object("reasoning", [&] {
      if (effort) {
        writer_.key("effort");
        write_effort(*effort);
      }
      if (tokens) {
        writer_.key("max_tokens");
        writer_.integer(*tokens);
      }
      if (request_.shows_thoughts) {
        writer_.key(*request_.shows_thoughts ? "enabled" : "exclude");
        writer_.boolean(true);
      }
    });
    return;
  }
  if (!effort && tokens) {
    effort = effort_of(*tokens);
    context_.changes.add(request_.names.reasoning_effort, Reason::rewritten);
  }
  if (effort && context_.begin("reasoning_effort")) {
    write_effort(*effort);
  }
}

void SettingsWriter::write_format() {
  const chat::OutputFormat& format = request_.format;
  if (!format.is_given) {
    return;
  }
  const bool has_schema = format.kind == chat::FormatKind::json_schema;
  writer_.key("response_format");
  writer_.begin_object();
  writer_.key("type");
  writer_.word(has_schema                                     ? "json_schema"
               : format.kind == chat::FormatKind::json_object ? "json_object"
                                                              : "text");
  if (has_schema) {
    writer_.key("json_schema");
    writer_.begin_object();
    writer_.key("name");  // it has to have one
    writer_.string(format.name.empty() ? chat::Text{"answer", false} : format.name);
    text("description", format.description);
    if (!format.schema.empty()) {
      writer_.key("schema");
      writer_.raw(format.schema);
    }
    if (format.strict) {
      writer_.key("strict");
      writer_.boolean(true);
    }
    writer_.end_object();
  }
  writer_.end_object();
}

void SettingsWriter::write_output() {
  const chat::Modalities& modalities = request_.modalities;
  if (!modalities.text || modalities.image || modalities.audio) {
    writer_.key("modalities");
    writer_.begin_array();
    const std::array all = std::to_array<std::pair<std::string_view, bool>>(
        {{"text", modalities.text}, {"image", modalities.image}, {"audio", modalities.audio}});
    for (const auto& [name, wanted] : all) {
      if (wanted) {
        writer_.word(name);
      }
    }
    writer_.end_array();
  }
  const chat::AudioFormat& audio = request_.audio;
  if (audio.voice.empty() && audio.format.empty() && !has_inner("audio")) {
    return;
  }
  object("audio", [&] {
    if (audio.own_voice) {
      writer_.key("voice");
      writer_.begin_object();
      text("id", audio.voice);
      writer_.end_object();
    } else {
      text("voice", audio.voice);
    }
    text("format", audio.format);
  });
}

void SettingsWriter::write_stream_options() {
  object("stream_options", [&] {
    if (request_.include_usage) {
      writer_.key("include_usage");
      writer_.boolean(true);
    }
  });
}

bool SettingsWriter::has_inner(std::string_view parent) const {
  for (const chat::OtherField& field : request_.inner_others) {
    if (field.parent == parent) {
      return true;
    }
  }
  return false;
}

void SettingsWriter::write_inner(std::string_view parent) {
  for (const chat::OtherField& field : request_.inner_others) {
    if (field.parent == parent) {
      writer_.text_key(field.name);
      writer_.raw(field.value);
    }
  }
}

}  // namespace

void write_settings(const RequestContext& context, bool searches) {
  SettingsWriter(context).write(searches);
}

}  // namespace llmproxy::openai_chat
