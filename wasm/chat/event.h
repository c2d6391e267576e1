// What a supplier's reply says, as a sequence of events in no API's words. A whole reply and a
// streamed one are the same events. Slices live until the sink returns.
#pragma once

#include "base/error.h"
#include "json/string.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

namespace llmproxy::chat {

using Text = json::String;

// How the request is served, as OpenAI calls it ("default", "flex", "priority"), as soon as the
// supplier says so.
struct ServiceTier {
  std::string_view name;
};

struct TextDelta {
  std::uint32_t choice = 0;
  Text text;
  // All of the answer in the form that was asked for; other texts of the choice are beside it.
  bool is_final = false;
};

struct ThoughtDelta {
  std::uint32_t choice = 0;
  Text text;
};

// A call in full.
struct ToolCall {
  std::uint32_t choice = 0;
  Text id;  // empty: the supplier gave none
  Text name;
  std::string_view arguments;  // a JSON object
  Text signature;              // empty: none
  // Of a tool that takes text in place of arguments: the text, and `arguments` says nothing.
  std::optional<Text> input = {};
};

struct Media {
  std::uint32_t choice = 0;
  Text mime_type;
  Text base64;
  Text signature = {};  // of an image; empty: none
};

// What is said in the sound of the answer.
struct Transcript {
  std::uint32_t choice = 0;
  Text text;
};

// A source of the answer.
struct Citation {
  std::uint32_t choice = 0;
  Text url;
  Text title;
  // What it supports, in characters (code points) of the choice's text.
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

// How likely each token was.
struct TokenLogprob {
  Text token;
  std::string_view logprob;     // a number
  std::string_view bytes = {};  // a JSON array; empty: those of the text
};
struct TokenChoice {
  TokenLogprob chosen;
  std::vector<TokenLogprob> alternatives;
};
struct Logprobs {
  std::uint32_t choice = 0;
  std::span<const TokenChoice> tokens;
};

// Something that only one vendor's clients understand, under the vendor's name for it.
struct VendorNote {
  std::uint32_t choice = 0;
  std::string_view vendor;
  std::string_view name;
  std::string_view value;  // JSON
};

// The model, or its supplier's safety filter, refused to answer, or to go on. It may say so in
// pieces.
struct Refusal {
  std::uint32_t choice = 0;
  std::string_view reason;  // UTF-8, not JSON yet
};

enum class FinishReason : std::uint8_t { stop, length, tool_calls, content_filter };

struct Finish {
  std::uint32_t choice = 0;
  FinishReason reason = FinishReason::stop;
};

// Tokens, in OpenAI's sense: prompt and completion add up to the total, thoughts are completion.
struct Usage {
  std::int64_t prompt = 0;
  std::int64_t completion = 0;
  std::int64_t total = 0;
  std::int64_t cached_prompt = 0;
  std::int64_t audio_prompt = 0;
  std::int64_t reasoning = 0;
  std::int64_t audio_completion = 0;
  std::int64_t image_prompt = 0;
  std::int64_t cache_written = 0;
  std::int64_t accepted_prediction = 0;
  std::int64_t rejected_prediction = 0;

  // Of several calls that make one answer.
  void add(const Usage& other) {
    prompt += other.prompt;
    completion += other.completion;
    total += other.total;
    cached_prompt += other.cached_prompt;
    audio_prompt += other.audio_prompt;
    reasoning += other.reasoning;
    audio_completion += other.audio_completion;
    image_prompt += other.image_prompt;
    cache_written += other.cache_written;
    accepted_prediction += other.accepted_prediction;
    rejected_prediction += other.rejected_prediction;
  }
};

inline void add_usage(std::optional<Usage>& total, const Usage& usage) {
  if (total) {
    total->add(usage);
  } else {
    total = usage;
  }
}

using Event = std::variant<ServiceTier, TextDelta, ThoughtDelta, ToolCall, Media, Transcript,
                           Citation, Logprobs, VendorNote, Refusal, Finish, Usage>;

class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void take(const Event& event) = 0;
};

}  // namespace llmproxy::chat
