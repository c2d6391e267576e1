// Reading with patience what somebody else wrote: what has another type than it should is passed
// over.
#pragma once

#include "json/cursor.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace llmproxy::json {

// A string, or nothing.
inline void read_text(Cursor& cursor, String& out) {
  if (cursor.kind() == Kind::string) {
    cursor.read_string(out);
  } else {
    cursor.skip_value();
  }
}

// The members of an object: `take(key)` reads or skips the value of each.
template <typename Take>
void each_member(Cursor& cursor, Take take) {
  if (cursor.kind() != Kind::object) {
    cursor.skip_value();
    return;
  }
  String key;
  cursor.enter_object();
  while (cursor.next_member(key)) {
    take(key);
  }
}

// The elements of an array: `take()` reads or skips each.
template <typename Take>
void each_element(Cursor& cursor, Take take) {
  if (cursor.kind() != Kind::array) {
    cursor.skip_value();
    return;
  }
  cursor.enter_array();
  while (cursor.next_element()) {
    take();
  }
}

// A whole number, or `otherwise`.
std::int64_t read_integer(Cursor& cursor, std::int64_t otherwise);

// The numbers of an array, as text, behind those in `out`; "0" where another value stands. At most
// `left` of them are kept, which is counted down.
void read_numbers(Cursor& cursor, std::size_t& left, std::vector<std::string_view>& out);

}  // namespace llmproxy::json
