// The text of a tool's result, where it is JSON.
#pragma once

#include "base/buffer.h"
#include "chat/request.h"

#include <optional>

namespace llmproxy::gemini {

// The JSON that `text` is, if it is an object or an array that can stand in a result as such. Not
// so one with "$ref" in it, which Gemini would take for a pointer to a part
// (https://ai.google.dev/gemini-api/docs/function-calling#multimodal), nor a very deep one.
std::optional<Buffer> result_as_json(const chat::Text& text);

}  // namespace llmproxy::gemini
