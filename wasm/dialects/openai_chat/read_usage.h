// What an answer cost.
// https://platform.openai.com/docs/api-reference/chat/object#chat-object-usage
#pragma once

#include "chat/event.h"
#include "json/cursor.h"

#include <optional>

namespace llmproxy::openai_chat {

// The value at the cursor; nothing when it is no count.
std::optional<chat::Usage> read_usage(json::Cursor& cursor);

}  // namespace llmproxy::openai_chat
