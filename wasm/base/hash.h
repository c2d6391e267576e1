// A hash that is part of what is sent, so that it has to be the same everywhere and always: FNV-1a
// of 32 bits. http://www.isthe.com/chongo/tech/comp/fnv/
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace llmproxy {

inline constexpr std::size_t kHashDigits = 8;

// As hexadecimal digits, the least significant first.
inline std::string hash_digits(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < kHashDigits; ++i, hash >>= 4U) {
    out.push_back(kHex[hash & 0x0FU]);
  }
  return out;
}

// FNV-1a of 64 bits, to tell things apart within a request; goes on from what was hashed before.
inline constexpr std::uint64_t kHashSeed = 14695981039346656037U;
inline std::uint64_t hash(std::uint64_t before, std::string_view text) {
  for (const char c : text) {
    before = (before ^ static_cast<unsigned char>(c)) * 1099511628211U;
  }
  return before;
}

}  // namespace llmproxy
