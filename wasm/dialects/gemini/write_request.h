// The neutral request as a body for Gemini's generateContent.
// https://ai.google.dev/api/generate-content#request-body
#pragma once

#include "base/result.h"
#include "base/spans.h"
#include "chat/changes.h"
#include "chat/fetched_media.h"
#include "chat/request.h"
#include "dialects/gemini/model.h"
#include "dialects/gemini/reply_context.h"

namespace llmproxy::gemini {

// Appends to `out`, which keeps slices of what `source` was read from and of what it holds. What
// Gemini cannot take in any form is an error that names the field; what it takes in another form,
// or not at all without the answer being wrong, is in `changes`. `context` is for reading the
// reply.
Status write_request(const chat::CompleteRequest& source, const Model& model, SpanList& out,
                     chat::Changes& changes, ReplyContext& context);

// The same request, to go on from where an answer stopped.
// https://ai.google.dev/gemini-api/docs/long-decode
void write_continuation(const SpanList& request, std::string_view token, SpanList& out);

}  // namespace llmproxy::gemini
