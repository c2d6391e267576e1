// The pieces that whole replies and chunks have in common.
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "base/random.h"
#include "chat/event.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace llmproxy::openai_chat {

// `functions_form`: in the older words, where a call is a function call.
std::string_view finish_name(chat::FinishReason reason, bool functions_form = false);

// {"prompt_tokens": …}
void write_usage(const chat::Usage& usage, Buffer& out);

// The members of a tool call but for its arguments:
// "id":…,"type":"function","function":{"name":…,"arguments":" so that what follows is the inside of
// a string, and then `tool_call_end`.
void write_tool_call_begin(const chat::ToolCall& call, std::string_view id, Buffer& out);
void write_tool_call_end(const chat::ToolCall& call, Buffer& out);
// What stands between the two, as the inside of a string: arguments, or the input of a custom tool.
void write_arguments(const chat::ToolCall& call, Buffer& out);

// ,"extra_content":{"google":{"thought_signature":…}}, or nothing when it is empty.
void write_signature(const chat::Text& signature, Buffer& out);

// {"content":[{"token":…,"logprob":…,"bytes":[…],"top_logprobs":[…]}],"refusal":null}; `contents`
// only the objects, with commas between.
// https://platform.openai.com/docs/api-reference/chat/object#chat-object-choices-logprobs
void write_logprobs_content(const chat::Logprobs& logprobs, Buffer& out);

// Without its parameters, in the registered form ("audio/l16", "image/png"). Of a type that is
// longer than those are, the beginning.
std::string media_type(const chat::Media& media);
bool is_audio(const chat::Media& media);
// Sound that is no samples.
bool is_compressed(const chat::Media& media);
bool is_image(const chat::Media& media);

// The text that data of a type like "text/plain" is, as the inside of a JSON string. False: it is
// of another type, or no text.
bool read_text_data(const chat::Media& media, Buffer& raw);

// Appends the samples of sound. Why not all of them, if so: what of them could be read would play
// as if it were all.
std::optional<Error> decode_sound(const chat::Media& media, Buffer& pcm);

// What ids of sound begin with here, by which it is told from OpenAI's ("audio_686e7a6c…") when it
// comes back: no supplier knows them.
inline constexpr std::string_view kSoundId = "audio_llmproxy_";

// {"type":"image_url","image_url":{"url":"data:…"}}: no field of OpenAI's, but what OpenRouter and
// LiteLLM send and clients read. https://openrouter.ai/docs/features/multimodal/image-generation
void write_image(const chat::Media& media, Buffer& out);

// {"type":"url_citation","url_citation":{…}}
// https://platform.openai.com/docs/api-reference/chat/object#chat-object-choices-message-annotations
void write_citation(const chat::Citation& citation, Buffer& out);

// What one vendor's clients understand, in the place that Google's own OpenAI endpoint has for it.
class VendorNotes {
 public:
  // Of one name, the last note holds.
  void take(const chat::VendorNote& note);
  // Data that is neither text nor image nor sound. OpenAI's answers have no place for it, and what
  // its suppliers must not get of a history is here anyway. In the form of its requests:
  // {"type":"file","file":{"file_data":"data:…"}}
  // https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
  void take_file(const chat::Media& media);
  bool empty() const { return notes_.empty() && files_.size() == 0; }
  // "extra_content":{"<vendor>":{…}}, on one line
  void write(Buffer& out) const;

 private:
  std::string vendor_ = "google";
  Buffer files_;  // objects with commas between them
  std::vector<std::pair<std::string, std::string>> notes_;
};

// Ids of tool calls: the supplier's own where it gave one, a new one where not. No id comes twice,
// even when a supplier repeats one: clients match results to calls by it.
class CallIds {
 public:
  CallIds(Random& random, bool with_signatures)
      : random_(random), with_signatures_(with_signatures) {}
  // The inside of a JSON string.
  std::string next(const chat::ToolCall& call);

 private:
  // Whether it is new; from now on it is not.
  bool claim(std::string_view id);

  Random& random_;
  bool with_signatures_;
  // Hashes. That two ids have the same costs the second one no more than its name.
  std::unordered_set<std::size_t> claimed_;
};

}  // namespace llmproxy::openai_chat
