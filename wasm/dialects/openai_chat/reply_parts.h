// The pieces that whole replies and chunks have in common.
#pragma once

#include "base/buffer.h"
#include "base/random.h"
#include "chat/event.h"

#include <set>
#include <string>
#include <string_view>

namespace llmproxy::openai_chat {

std::string_view finish_name(chat::FinishReason reason);

// {"prompt_tokens": …}
void write_usage(const chat::Usage& usage, Buffer& out);

// The members of a tool call but for its arguments:
// "id":…,"type":"function","function":{"name":…,"arguments":" so that what follows is the inside of
// a string, and then `tool_call_end`.
void write_tool_call_begin(const chat::ToolCall& call, std::string_view id, Buffer& out);
void write_tool_call_end(const chat::ToolCall& call, Buffer& out);

// {"type":"image_url","image_url":{"url":"data:…"}}: no field of OpenAI's, but what OpenRouter and
// LiteLLM send and clients read. https://openrouter.ai/docs/features/multimodal/image-generation
void write_image(const chat::Media& media, Buffer& out);

// {"type":"url_citation","url_citation":{…}}
// https://platform.openai.com/docs/api-reference/chat/object#chat-object-choices-message-annotations
void write_citation(const chat::Citation& citation, Buffer& out);

// Ids of tool calls: the supplier's own where it gave one, a new one where not. No id comes twice,
// even when a supplier repeats one: clients match results to calls by it.
class CallIds {
 public:
  explicit CallIds(Random& random) : random_(random) {}
  // The inside of a JSON string.
  std::string next(const chat::Text& given);

 private:
  Random& random_;
  std::set<std::string> used_;
};

}  // namespace llmproxy::openai_chat
