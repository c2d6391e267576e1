// The neutral request as a body for Gemini's generateContent.
// https://ai.google.dev/api/generate-content#request-body
#pragma once

#include "base/result.h"
#include "base/spans.h"
#include "chat/request.h"
#include "dialects/gemini/model.h"

namespace llmproxy::gemini {

// Appends to `out`, which keeps slices of what `request` was read from. What Gemini cannot take is
// an error that names the field.
Status write_request(const chat::Request& request, const Model& model, SpanList& out);

}  // namespace llmproxy::gemini
