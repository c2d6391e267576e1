// A request for a chat completion, in no API's words: what every client dialect reads into and
// every supplier dialect writes from. Slices are into the client's body, or into `storage`, and
// live as long as those.
//
// Where an Error has to name a field, it names it in the terms of OpenAI's chat API
// (`messages[2].content`), which this model follows; a client dialect with other names translates.
#pragma once

#include "base/buffer.h"
#include "json/string.h"

#include <cstdint>
#include <list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
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
  Text signature = {};   // the supplier's proof of the thoughts before it; empty: none
  bool refusal = false;  // of an earlier answer: in place of it
};

enum class MediaKind : std::uint8_t { image, audio, video, document };

// Where in its part the client put the media, for errors.
enum class MediaField : std::uint8_t {
  image_url_url,
  image_url,
  image_object_url,
  image,
  video_url_url,
  video_url,
  audio_data,
  file_data,
  file_url,
  data,
  blob,
};

constexpr std::string_view field_name(MediaField field) {
  constexpr std::string_view kNames[] = {
      "image_url.url",    "image_url",      "image.url",     "image", "video_url.url", "video_url",
      "input_audio.data", "file.file_data", "file.file_url", "data",  "resource.blob"};
  return kNames[static_cast<std::size_t>(field)];
}

// Media by bytes or by URL: exactly one of `base64` and `url` is not empty.
struct MediaPart {
  MediaKind kind = MediaKind::image;
  std::string_view mime_type = {};  // empty: not known
  Text base64 = {};
  Text url = {};
  Text detail = {};
  std::uint32_t part = 0;  // in the client's list: of content parts, or of the images of an answer
  bool of_answer = false;
  MediaField field = MediaField::image_url_url;
  Text signature = {};  // as that of a text
  Text file_name = {};
};

// A file the supplier already has.
struct FilePart {
  Text id;
  std::uint32_t part = 0;
};

// What the model thought, and the supplier's proof that it did.
struct ThoughtPart {
  Text text;
  Text signature;
};

struct ToolCallPart {
  Text id = {};
  Text name = {};
  std::string_view arguments = {};  // a JSON object
  Text signature = {};
  bool custom = false;  // of a custom tool, whose text is `arguments.input`, the only member
};

// Something that only one vendor can read, as it came from there.
struct VendorPart {
  std::string_view vendor;
  std::string_view value;  // JSON
};

// Neighbours in Request::parts.
struct PartRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

struct ToolResultPart {
  Text call_id;  // empty: by name, as the older form of functions has it
  Text name;
  PartRange content;  // text and media
};

using Part = std::variant<TextPart, MediaPart, FilePart, ThoughtPart, ToolCallPart, ToolResultPart,
                          VendorPart>;
static_assert(std::is_trivially_copyable_v<Part>, "lists of parts grow and go by memory alone");

struct Message {
  Role role = Role::user;
  std::uint32_t index = 0;  // in the client's list
  PartRange parts;
};

enum class ToolKind : std::uint8_t {
  function,
  custom,  // takes text in place of arguments
  hosted,  // runs at the supplier, which knows it by `name`
};

struct Tool {
  ToolKind kind = ToolKind::function;
  Text name;
  Text description;
  std::string_view parameters;  // JSON Schema; of a hosted tool its settings; empty: none
  Text grammar;                 // of a custom tool: what its text must follow
  Text grammar_syntax;          // "lark", "regex"
  bool strict = false;
  std::uint32_t index = 0;    // in the client's list
  bool in_functions = false;  // which is `functions`, the older form, and not `tools`
};

enum class ToolMode : std::uint8_t { automatic, none, required };

struct ToolChoice {
  ToolMode mode = ToolMode::automatic;
  // Only these may be called; empty: any.
  std::vector<Text> names;
  std::string_view param = "tool_choice";  // what the client calls it
};

enum class FormatKind : std::uint8_t { text, json_object, json_schema };

struct OutputFormat {
  FormatKind kind = FormatKind::text;
  std::string_view schema;  // JSON Schema; empty: none
  Text description;
  bool is_given = false;
  Text name = {};  // of the schema
  bool strict = false;
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

// What the answer may consist of.
struct Modalities {
  bool text = true;
  bool image = false;
  bool audio = false;
};

struct AudioFormat {
  Text voice;
  Text format;
  bool own_voice = false;  // `voice` is the id of one that the client made
};

// A setting of one vendor's own, as it stands in the request.
struct VendorField {
  std::string_view vendor;
  Text name;
  std::string_view value;  // JSON
  std::string param;       // its path
};

// A field that has no place in this model. The supplier's dialect says what becomes of it.
struct OtherField {
  std::string_view name;
  std::string_view value;        // JSON
  std::string_view parent = {};  // the object of the request that it stands in; empty: none
};

// Who of several says a message.
struct Speaker {
  std::uint32_t message = 0;  // in Request::messages
  Text name;
};

// How the client said what can be said in several ways, for errors and changes.
struct Names {
  std::string_view max_output_tokens = "max_tokens";
  std::string_view top_logprobs = "top_logprobs";
  std::string_view reasoning_effort = "reasoning_effort";
  std::string format = "response_format";
  std::string schema = "response_format.json_schema.schema";
  std::string_view modalities = "model";  // which decides where nothing is said of them
};

struct Request {
  std::string model;
  std::vector<Message> messages;
  // Of all messages and tool results: one list, so that there is nothing to allocate and to free
  // for each of them.
  std::vector<Part> parts;
  std::vector<Tool> tools;
  std::optional<ToolChoice> tool_choice;
  bool parallel_tool_calls = true;
  // Answers as `function_call` instead of `tool_calls`: the client asked in the older form.
  bool functions_form = false;
  // The client brings ids of calls back other than it got them: cut, most of them.
  bool damaged_ids = false;
  // The answer is its text alone, with nothing around it.
  bool bare_text = false;
  OutputFormat format;
  Sampling sampling;
  std::optional<ReasoningEffort> reasoning_effort;
  // How much it may think at most. An effort says the same, and holds.
  std::optional<std::int64_t> reasoning_tokens;
  // Whether the client wants to see thoughts; nothing: when it asks for thinking.
  std::optional<bool> shows_thoughts;
  Modalities modalities;
  AudioFormat audio;
  bool web_search = false;
  std::vector<VendorField> vendor_fields;
  std::vector<OtherField> others;
  // Paths of fields that say something and were left out when this was read.
  std::vector<std::string> dropped;
  // Some of those, for dialects that have them after all: what has a parent, and whose names the
  // messages have.
  std::vector<OtherField> inner_others;
  std::vector<Speaker> speakers;  // in the order of the messages
  Names names;
  bool stream = false;
  bool include_usage = false;

  // Text that is in no body as it is needed: decoded arguments, for example. A list, so that what
  // points into it stays valid.
  std::list<std::string> storage;
  // The same for what may be large.
  std::list<Buffer> large_storage;

  std::span<Part> in(PartRange range) {
    return std::span(parts).subspan(range.begin, range.end - range.begin);
  }
  std::span<const Part> in(PartRange range) const {
    return std::span(parts).subspan(range.begin, range.end - range.begin);
  }
  // From this part to the last.
  PartRange from(std::size_t begin) const {
    return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(parts.size())};
  }
};

}  // namespace llmproxy::chat
