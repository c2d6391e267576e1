// A request for a chat completion, in no API's words: what every client dialect reads into and
// every supplier dialect writes from. Slices are into the client's body, or into `storage`, and
// live as long as those.
//
// Where an Error has to name a field, it names it in the terms of OpenAI's chat API
// (`messages[2].content`), which this model follows; a client dialect with other names translates.
#pragma once

#include "json/string.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace llmproxy::chat {

using Text = json::String;

enum class Role : std::uint8_t {
  system,
  developer,
  user,
  assistant,
  tool,
};

struct TextPart {
  Text text;
};

enum class MediaKind : std::uint8_t { image, audio, video, document };

// Media by bytes or by URL: exactly one of `base64` and `url` is not empty.
struct MediaPart {
  MediaKind kind = MediaKind::image;
  std::string_view mime_type;  // empty: not known
  Text base64;
  Text url;
  Text detail;
};

// A file the supplier already has.
struct FilePart {
  Text id;
};

// What the model thought, and the supplier's proof that it did.
struct ThoughtPart {
  Text text;
  Text signature;
};

struct ToolCallPart {
  Text id;
  Text name;
  std::string_view arguments;  // a JSON object
  Text signature;
};

using ResultContent = std::variant<TextPart, MediaPart>;

struct ToolResultPart {
  Text call_id;
  std::vector<ResultContent> content;
};

using Part = std::variant<TextPart, MediaPart, FilePart, ThoughtPart, ToolCallPart, ToolResultPart>;

struct Message {
  Role role = Role::user;
  std::uint32_t index = 0;  // in the client's list
  std::vector<Part> parts;
};

struct Tool {
  Text name;
  Text description;
  std::string_view parameters;  // JSON Schema; empty: none
  bool strict = false;
};

enum class ToolMode : std::uint8_t { automatic, none, required };

struct ToolChoice {
  ToolMode mode = ToolMode::automatic;
  // Only these may be called; empty: any.
  std::vector<Text> names;
};

enum class FormatKind : std::uint8_t { text, json_object, json_schema };

struct OutputFormat {
  FormatKind kind = FormatKind::text;
  std::string_view schema;  // JSON Schema; empty: none
};

// Numbers keep their source text; absent and null are the same.
using Number = std::optional<std::string_view>;

struct Sampling {
  Number temperature;
  Number top_p;
  Number top_k;
  Number presence_penalty;
  Number frequency_penalty;
  std::optional<std::int64_t> seed;
  std::optional<std::int64_t> max_output_tokens;
  std::vector<Text> stop;
  std::uint32_t choices = 1;
  bool logprobs = false;
  std::optional<std::int64_t> top_logprobs;
};

enum class ReasoningEffort : std::uint8_t { none, minimal, low, medium, high, xhigh, max };

struct Request {
  std::string model;
  std::vector<Message> messages;
  std::vector<Tool> tools;
  std::optional<ToolChoice> tool_choice;
  bool parallel_tool_calls = true;
  OutputFormat format;
  Sampling sampling;
  std::optional<ReasoningEffort> reasoning_effort;
  bool stream = false;
  bool include_usage = false;

  // Text that is in no body as it is needed: decoded arguments, for example. A deque, so that what
  // points into it stays valid.
  std::deque<std::string> storage;
};

}  // namespace llmproxy::chat
