// Reading what Gemini sent with patience: what has another type than it should is passed over.
#pragma once

#include "chat/event.h"
#include "json/cursor.h"

#include <cstdint>

namespace llmproxy::gemini {

// A string, or nothing.
inline void read_text(json::Cursor& cursor, chat::Text& out) {
  if (cursor.kind() == json::Kind::string) {
    cursor.read_string(out);
  } else {
    cursor.skip_value();
  }
}

// The members of an object: `take(key)` reads or skips the value of each.
template <typename Take>
void each_member(json::Cursor& cursor, Take take) {
  if (cursor.kind() != json::Kind::object) {
    cursor.skip_value();
    return;
  }
  json::String key;
  cursor.enter_object();
  while (cursor.next_member(key)) {
    take(key);
  }
}

// The elements of an array: `take()` reads or skips each.
template <typename Take>
void each_element(json::Cursor& cursor, Take take) {
  if (cursor.kind() != json::Kind::array) {
    cursor.skip_value();
    return;
  }
  cursor.enter_array();
  while (cursor.next_element()) {
    take();
  }
}

// A whole number, or `otherwise`.
std::int64_t read_integer(json::Cursor& cursor, std::int64_t otherwise);

}  // namespace llmproxy::gemini
