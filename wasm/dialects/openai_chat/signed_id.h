// Thought signatures in the ids of tool calls: the one field that every client sends back as it
// came. Most frameworks build the message anew from what they know, and lose extra_content.
//
// Ours is <id>__ts_<checksum><signature>, where the checksum are eight hexadecimal digits, and
// whatever in the signature is no letter or digit is an underscore and a letter. So it is made of
// letters, digits and underscores, which is what clients and other APIs leave of an id:
//   https://docs.claude.com/en/api/messages (tool_use.id: ^[a-zA-Z0-9_-]+$)
//   https://github.com/vybestack/llxprt-code (toolIdNormalization.ts: [a-zA-Z0-9_])
// LiteLLM's is <id>__thought__<signature>: https://docs.litellm.ai/docs/providers/gemini
//
// Some clients cut ids to the 40 characters that OpenAI takes in a chat, or the 64 of its Responses
// API (https://github.com/openclaw/openclaw/pull/875,
// https://github.com/leookun/cursor-byok/pull/364). What is left then is still the id in front of
// the marker, by which calls and results are paired, and the checksum tells that the signature is
// not whole.
#pragma once

#include "json/string.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace llmproxy::openai_chat {

// The size of the id that stands in front of a signature in `raw`, the inside of a JSON string; all
// of it when there is none.
std::size_t size_of_id(std::string_view raw);

// `id`, the inside of a JSON string, with `signature` in it; `id` alone when the signature is
// empty, larger than kMaxSignatureInId or not in base64.
std::string sign_id(std::string_view id, const json::String& signature);

// What stands behind the id.
struct IdSignature {
  std::string signature;  // decoded; empty: none, or not whole
  bool damaged = false;   // there was one, and it is not what was given out
};
IdSignature read_signature(const json::String& id);

}  // namespace llmproxy::openai_chat
