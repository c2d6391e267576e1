// Copies few bytes without a call. JSON is written a quote, a name and a colon at a time, and with
// bulk memory operations memcpy() is a call out of WebAssembly, however small the size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace llmproxy {

// As memcpy(), and `from` may be null when `size` is 0.
inline void copy_bytes(char* to, const char* from, std::size_t size) {
  // Two words that overlap cover every size between one word and two.
  const auto copy_ends = [&](auto word) {
    auto last = word;
    std::memcpy(&word, from, sizeof word);
    std::memcpy(&last, from + size - sizeof last, sizeof last);
    std::memcpy(to, &word, sizeof word);
    std::memcpy(to + size - sizeof last, &last, sizeof last);
  };
  if (size > 16) {
    std::memcpy(to, from, size);
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

}  // namespace llmproxy
