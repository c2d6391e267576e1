// OpenAI's chat completion request, read into the neutral one.
// https://platform.openai.com/docs/api-reference/chat/create (the fields of openai-node 7.57,
// 2026-11)
#pragma once

#include "base/result.h"
#include "chat/request.h"

#include <string>
#include <string_view>

namespace llmproxy::openai_chat {

// One pass over `body` into `out`, which is fresh, and which `body` must outlive: its texts are
// slices of it. Fields that the neutral request has no place for are kept in `others`.
Status read_request(std::string_view body, chat::Request& out);

// The same of the older endpoint, which has a `prompt` in place of messages.
// https://platform.openai.com/docs/api-reference/completions/create
Status read_completion_request(std::string_view body, chat::Request& out);

// The value of `model` alone, for choosing a supplier; empty when there is none. Stops there, so it
// says nothing about the rest of the body.
std::string find_model(std::string_view body);

}  // namespace llmproxy::openai_chat
