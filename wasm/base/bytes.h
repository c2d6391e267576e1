// Copies and compares few bytes without a call. JSON is read and written a name, a quote and a
// colon at a time, and with bulk memory operations memcpy() is a call out of WebAssembly, however
// small the size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace llmproxy {

// As memcpy(), and `from` may be null when `size` is 0.
inline void copy_bytes(char* to, const char* from, std::size_t size) {
  struct TwoWords {
    std::uint64_t first, second;
  };
  // Two words that overlap cover every size between one word and two.
  const auto copy_ends = [&](auto word) {
    auto last = word;
    std::memcpy(&word, from, sizeof word);
    std::memcpy(&last, from + size - sizeof last, sizeof last);
    std::memcpy(to, &word, sizeof word);
    std::memcpy(to + size - sizeof last, &last, sizeof last);
  };
  if (size > 32) {
    std::memcpy(to, from, size);
  } else if (size >= 16) {
    copy_ends(TwoWords{});
  } else if (size >= 8) {
    copy_ends(std::uint64_t{});
  } else if (size >= 4) {
    copy_ends(std::uint32_t{});
  } else if (size > 0) {
    to[0] = from[0];
    to[size / 2] = from[size / 2];
    to[size - 1] = from[size - 1];
  }
}

// Are the `size` bytes the same? Made for names: a word at a time.
inline bool same_bytes(const char* a, const char* b, std::size_t size) {
  const auto same_word = [&](auto word, std::size_t at) {
    auto other = word;
    std::memcpy(&word, a + at, sizeof word);
    std::memcpy(&other, b + at, sizeof other);
    return word == other;
  };
  if (size >= 8) {
    for (std::size_t at = 0; at < size - 8; at += 8) {
      if (!same_word(std::uint64_t{}, at)) {
        return false;
      }
    }
    return same_word(std::uint64_t{}, size - 8);
  }
  if (size >= 4) {
    return same_word(std::uint32_t{}, 0) && same_word(std::uint32_t{}, size - 4);
  }
  return size == 0 || (a[0] == b[0] && a[size / 2] == b[size / 2] && a[size - 1] == b[size - 1]);
}

}  // namespace llmproxy
