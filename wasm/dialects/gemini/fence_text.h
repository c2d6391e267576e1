// Text that may be a code fence, as it stands in a JSON string: its characters, and its first line.
// https://spec.commonmark.org/0.31.2/#fenced-code-blocks
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace llmproxy::gemini {

// Longer runs of white space belong to no fence. Bytes, as they stand in the source.
inline constexpr std::size_t kMaxHeld = 64;

// A character of a JSON string as it stands in the source.
struct Unit {
  std::size_t size = 0;  // 0: the source ends within it
  char character = 0;    // 0: none that matters in a fence
};

// Of `raw`, which is not empty.
Unit read_unit(std::string_view raw);

struct Opening {
  enum class Kind : std::uint8_t { none, open, fence } kind = Kind::open;
  std::size_t size = 0;  // of the fence with its line break
  char mark = 0;
  int marks = 0;
};

// At the beginning of an answer.
Opening find_opening(std::string_view raw);

// Code points; of a surrogate pair the first half counts. A cut escape counts nothing.
std::int64_t count_characters(std::string_view raw);

}  // namespace llmproxy::gemini
