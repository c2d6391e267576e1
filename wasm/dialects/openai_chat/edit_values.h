// Values of a request that is edited, and what they say.
#pragma once

#include "base/spans.h"
#include "chat/changes.h"
#include "dialects/openai_chat/edit_request.h"
#include "dialects/openai_chat/no_effect.h"
#include "json/cursor.h"

#include <cstddef>
#include <string_view>

namespace llmproxy::openai_chat {

// Whether the rule is about such a value, JSON text, of its field.
bool matches(const EditRule& rule, std::string_view value);

// Whether the object `body` has a member of that name that is not null. Reads all of it.
bool has_value(std::string_view body, std::string_view name);

// Reads the value at the cursor, a content part or a string: its text. False when it is something
// else.
bool read_text_of_part(json::Cursor& cursor, json::String& text);

// The array at the cursor: `take(text)` for each text in it; `pass(part, index)`, with a cursor at
// what is none, says whether to go on. False if not, or on failure.
template <typename Take, typename Pass>
bool each_text(json::Cursor& cursor, Take take, Pass pass) {
  cursor.enter_array();
  for (std::size_t i = 0; cursor.next_element(); ++i) {
    json::String text;
    const json::Cursor part = cursor;
    if (read_text_of_part(cursor, text)) {
      take(text);
    } else if (!pass(part, i)) {
      return false;
    }
  }
  return !cursor.failed();
}

// Whether the element at the cursor, which is no text, is a picture, sound or a file.
bool is_media_part(json::Cursor cursor);

// What of a message is known only when all of it was read. Values are JSON text; empty: none.
struct MessageFacts {
  std::string_view role;
  std::string_view audio;
  std::string_view refusal;
  bool has_content = false;
  bool says_something = false;  // in its content
};
MessageFacts read_facts(json::Cursor message);

// What `value` says, the sound of an answer or a refusal: a JSON string that is not empty, or
// nothing.
std::string_view words_of(std::string_view value);

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
