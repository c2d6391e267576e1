// OpenAI's chat completion request, read into the neutral one.
// https://platform.openai.com/docs/api-reference/chat/create (the fields of openai-node 7.57,
// 2026-11)
#pragma once

#include "base/result.h"
#include "chat/request.h"
#include "json/plain_runs.h"

#include <string>
#include <string_view>

namespace llmproxy::openai_chat {

// One pass over `body` into `out`, which is fresh, and which `body` must outlive: its texts are
// slices of it. Fields that the neutral request has no place for are kept in `others`. `plain`:
// what is known of the body from when it came.
Status read_request(std::string_view body, chat::Request& out,
                    const json::PlainRuns* plain = nullptr);

// The same of the older endpoint, which has a `prompt` in place of messages.
// https://platform.openai.com/docs/api-reference/completions/create
Status read_completion_request(std::string_view body, chat::Request& out);

// The value of `model` alone, for choosing a supplier; empty when there is none. Stops there, so it
// says nothing about the rest of the body.
std::string find_model(std::string_view body, const json::PlainRuns* plain = nullptr);

}  // namespace llmproxy::openai_chat
