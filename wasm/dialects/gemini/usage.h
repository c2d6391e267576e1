// Gemini's usageMetadata. https://ai.google.dev/api/generate-content#UsageMetadata
#pragma once

#include "chat/event.h"
#include "json/cursor.h"

#include <optional>

namespace llmproxy::gemini {

// The object at the cursor, which is consumed. Nothing when it holds no counts: Vertex sends
// objects that only say what kind of traffic it was, and they must not erase what is known.
std::optional<chat::Usage> read_usage(json::Cursor& cursor, std::string_view& tier);

}  // namespace llmproxy::gemini
