// OpenAI's chat completion request, read into the neutral one.
// https://platform.openai.com/docs/api-reference/chat/create (the fields of openai-node 7.57,
// 2026-11)
#pragma once

#include "base/result.h"
#include "chat/request.h"

#include <string>
#include <string_view>

namespace llmproxy::openai_chat {

// One pass over `body`, which must outlive the request: its texts are slices of it. Unknown fields
// are passed over, as OpenAI's own clients add some that mean nothing to others.
Result<chat::Request> read_request(std::string_view body);

// The value of `model` alone, for choosing a supplier; empty when there is none. Stops there, so it
// says nothing about the rest of the body.
std::string find_model(std::string_view body);

}  // namespace llmproxy::openai_chat
