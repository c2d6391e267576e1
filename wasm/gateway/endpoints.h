// The endpoints that Gemini serves by a chat.
#pragma once

#include "gateway/completion.h"
#include "gateway/route.h"

namespace llmproxy::gateway {

// nullptr when the endpoint is none of them.
const CompletionKind* find_completion_kind(Endpoint endpoint);

}  // namespace llmproxy::gateway
