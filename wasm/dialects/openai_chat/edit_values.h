// Values of a request that is edited, and what they say.
#pragma once

#include "base/spans.h"
#include "chat/changes.h"
#include "dialects/openai_chat/edit_request.h"
#include "json/cursor.h"

#include <string_view>

namespace llmproxy::openai_chat {

// Whether `value`, as JSON text, is null, false, 0, "", [] or {}.
bool has_no_effect(std::string_view value);

// Whether the rule is about such a value, JSON text, of its field.
bool matches(const EditRule& rule, std::string_view value);

// Whether the object `body` has a member of that name that is not null. Reads all of it.
bool has_value(std::string_view body, std::string_view name);

// Appends the inside of the strings in the array at the cursor, which are texts or text parts, to
// `out`; with no `out` it only reads them. False when the array holds something else.
bool join_texts(json::Cursor& cursor, SpanList* out);

// What a custom tool was called with.
// https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
struct CustomCall {
  json::String name;
  json::String input;
};

// False when `value`, as JSON text, is no object with a name and an input, both strings.
bool read_custom_call(std::string_view value, CustomCall& out);

// Appends the member `function` of a call that has the input as its one argument, `input`.
void append_as_function(const CustomCall& call, SpanList& out);

// The effort that `value`, a `reasoning` object as JSON text, asks for: JSON text, too; empty when
// it asks for none. What else it says is dropped.
// https://openrouter.ai/docs/use-cases/reasoning-tokens
std::string_view read_reasoning_effort(std::string_view value, chat::Changes& changes);

}  // namespace llmproxy::openai_chat
