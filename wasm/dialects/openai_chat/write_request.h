// The neutral request as a body for OpenAI's chat completions.
// https://platform.openai.com/docs/api-reference/chat/create
//
// It says all that the request says. What one supplier of this dialect does not take, the edits of
// its row cut out (edit_request.h); what one model refuses is left out when it was refused once.
#pragma once

#include "base/result.h"
#include "base/spans.h"
#include "chat/changes.h"
#include "chat/fetched_media.h"
#include "dialects/openai_chat/refused_setting.h"

#include <string_view>
#include <vector>

namespace llmproxy::openai_chat {

// `out` refers to what `source` refers to. `model`: its name, as the supplier knows it.
Status write_request(const chat::CompleteRequest& source, std::string_view model,
                     RefusedSettings refused, SpanList& out, chat::Changes& changes);

}  // namespace llmproxy::openai_chat
