// Identifiers from a seed the host gives, so that an exchange can be replayed byte for byte. Not
// for secrets. SplitMix64: https://prng.di.unimi.it/splitmix64.c
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace llmproxy {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }

  // `prefix` and 24 letters and digits.
  std::string identifier(std::string_view prefix) {
    constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    std::string out(prefix);
    out.resize(prefix.size() + 24);
    for (std::size_t i = prefix.size(); i < out.size(); ++i) {
      out[i] = kAlphabet[static_cast<std::size_t>(next() % kAlphabet.size())];
    }
    return out;
  }

 private:
  std::uint64_t state_;
};

}  // namespace llmproxy
