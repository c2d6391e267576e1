// What a request says of how its answer is made: sampling, limits, form, reasoning, and all that
// this dialect alone knows.
#pragma once

#include "dialects/openai_chat/request_context.h"

namespace llmproxy::openai_chat {

// `searches`: the model may search the web.
void write_settings(const RequestContext& context, bool searches);

}  // namespace llmproxy::openai_chat
