// The inside of JSON strings 16 bytes at a time, where the target has such registers: which bytes
// of a block need a look, and whether its UTF-8 is well-formed. Only json/string_scan.cpp uses it.
#pragma once

#ifdef __wasm_simd128__
#define LLMPROXY_SIMD

#include <wasm_simd128.h>

#include <array>
#include <cstddef>
#include <utility>

namespace llmproxy::json::simd {

inline constexpr std::ptrdiff_t kBlock = 16;

using Bytes = std::array<unsigned char, kBlock>;

constexpr Bytes all(unsigned char byte) {
  Bytes bytes{};
  bytes.fill(byte);
  return bytes;
}

// The constants of what follows, 16 bytes each, in memory: the engine builds a constant vector of
// three or four instructions each time, and a load is one.
class Constants {
 public:
  enum Row : unsigned char {
    quote,
    backslash,
    last_control,
    low_nibble,
    third,
    fourth,
    high_bit,
    escape_low,
    escape_high,
    first_high,
    first_low,
    second_high,
    last_complete,
  };

  v128_t operator[](Row row) const { return wasm_v128_load(rows_ + row * kBlock); }

 private:
  // Which errors a pair of bytes could be part of.
  static constexpr unsigned char kTooShort = 1U << 0U;   // a lead, then no continuation
  static constexpr unsigned char kTooLong = 1U << 1U;    // ASCII, then a continuation
  static constexpr unsigned char kOverlong3 = 1U << 2U;  // E0 80..9F
  static constexpr unsigned char kTooLarge = 1U << 3U;   // F4 90.., F5..
  static constexpr unsigned char kSurrogate = 1U << 4U;  // ED A0..BF
  static constexpr unsigned char kOverlong2 = 1U << 5U;  // C0, C1
  static constexpr unsigned char kTooLarge1000 = 1U << 6U;
  static constexpr unsigned char kOverlong4 = 1U << 6U;  // F0 80..8F
  static constexpr unsigned char kTwoContinuations =
      1U << 7U;  // right only in the third and fourth place
  static constexpr unsigned char kCarry = kTooShort | kTooLong | kTwoContinuations;
  static constexpr unsigned char kLarge = kCarry | kTooLarge | kTooLarge1000;
  static constexpr unsigned char kContinuation = kTooLong | kOverlong2 | kTwoContinuations;

  // In the order of Row.
  static constexpr std::array<Bytes, 13> kRows = {{
      all('"'),
      all('\\'),
      all(0x1F),
      all(0x0F),
      all(0x60),
      all(0x70),
      all(0x80),
      // What may stand behind a backslash, but for the u: a bit for each high nibble that has some
      // (2: " and /, 5: the backslash, 6: b, f, n, 7: r, t), and for each low nibble those it goes
      // with.
      {0, 0, 1 | 4 | 8, 0, 8, 0, 4, 0, 0, 0, 0, 0, 2, 0, 4, 1},
      {0, 0, 1, 0, 0, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0},
      // UTF-8: by the high nibble of the first byte, its low nibble, and the high nibble of the
      // second.
      {kTooLong, kTooLong, kTooLong, kTooLong, kTooLong, kTooLong, kTooLong, kTooLong,
       kTwoContinuations, kTwoContinuations, kTwoContinuations, kTwoContinuations,
       kTooShort | kOverlong2, kTooShort, kTooShort | kOverlong3 | kSurrogate,
       kTooShort | kTooLarge | kTooLarge1000 | kOverlong4},
      {kCarry | kOverlong3 | kOverlong2 | kOverlong4, kCarry | kOverlong2, kCarry, kCarry,
       kCarry | kTooLarge, kLarge, kLarge, kLarge, kLarge, kLarge, kLarge, kLarge, kLarge,
       kLarge | kSurrogate, kLarge, kLarge},
      {kTooShort, kTooShort, kTooShort, kTooShort, kTooShort, kTooShort, kTooShort, kTooShort,
       kContinuation | kOverlong3 | kTooLarge1000 | kOverlong4,
       kContinuation | kOverlong3 | kTooLarge, kContinuation | kSurrogate | kTooLarge,
       kContinuation | kSurrogate | kTooLarge, kTooShort, kTooShort, kTooShort, kTooShort},
      // Above which a byte of the last three begins what cannot be complete.
      {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xEF, 0xDF,
       0xBF},
  }};
  // The compiler must not see through this, or it makes constants of them again.
  static const unsigned char* hidden(const unsigned char* p) {
    asm("" : "+r"(p));
    return p;
  }
  const unsigned char* rows_ = hidden(kRows.front().data());
};

class Block {
 public:
  explicit Block(const char* p) : bytes_(wasm_v128_load(p)) {}

  // Is there a quote, a backslash or a control character?
  bool has_special(const Constants& constants) const {
    return wasm_v128_any_true(
        wasm_v128_or(wasm_v128_or(wasm_i8x16_eq(bytes_, constants[Constants::quote]),
                                  wasm_i8x16_eq(bytes_, constants[Constants::backslash])),
                     wasm_u8x16_le(bytes_, constants[Constants::last_control])));
  }
  unsigned quotes(const Constants& constants) const {
    return mask(wasm_i8x16_eq(bytes_, constants[Constants::quote]));
  }
  unsigned backslashes(const Constants& constants) const {
    return mask(wasm_i8x16_eq(bytes_, constants[Constants::backslash]));
  }
  unsigned controls(const Constants& constants) const {
    return mask(wasm_u8x16_le(bytes_, constants[Constants::last_control]));
  }
  // Those that may stand behind a backslash, but for the u.
  unsigned short_escapes(const Constants& constants) const {
    const v128_t low_nibble = constants[Constants::low_nibble];
    const v128_t by_low =
        wasm_i8x16_swizzle(constants[Constants::escape_low], wasm_v128_and(bytes_, low_nibble));
    const v128_t by_high = wasm_i8x16_swizzle(constants[Constants::escape_high],
                                              wasm_v128_and(wasm_u16x8_shr(bytes_, 4), low_nibble));
    return kAll & ~mask(wasm_i8x16_eq(wasm_v128_and(by_low, by_high), wasm_i8x16_splat(0)));
  }
  bool has_non_ascii() const { return wasm_i8x16_bitmask(bytes_) != 0; }
  // The same block with zeros behind byte `last`.
  Block up_to(unsigned last) const {
    static constexpr std::array<unsigned char, 31> kMask = {
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0,    0,    0,    0,    0,    0,
        0,    0,    0,    0,    0,    0,    0,    0,    0};
    return Block(wasm_v128_and(bytes_, wasm_v128_load(kMask.data() + 15 - last)));
  }
  v128_t bytes() const { return bytes_; }

 private:
  static constexpr unsigned kAll = 0xFFFF;
  static unsigned mask(v128_t lanes) { return static_cast<unsigned>(wasm_i8x16_bitmask(lanes)); }
  explicit Block(v128_t bytes) : bytes_(bytes) {}
  v128_t bytes_;
};

// Which bytes of a block stand behind a backslash that is not itself behind one: of a run of
// backslashes, every second one begins an escape. Adding a run to where it begins carries a bit
// behind its end, and whether that is an even or an odd place tells whether the run is even or odd.
// Langdale and Lemire, "Parsing Gigabytes of JSON per Second" (2019), section 3.1.1,
// https://arxiv.org/abs/1902.08318
class Escapes {
 public:
  unsigned find(unsigned backslashes) {
    if (backslashes == 0) {
      return std::exchange(open_, 0);
    }
    constexpr unsigned kOdd = 0xAAAAU;
    const unsigned begins = backslashes & ~open_;
    const unsigned ends = (((begins << 1U) | kOdd) - begins) ^ kOdd;
    const unsigned escaped = (ends ^ (backslashes | open_)) & 0xFFFFU;
    open_ = ((ends & backslashes) >> 15U) & 1U;
    return escaped;
  }
  // The last block ended between a backslash and what it escapes.
  bool is_open() const { return open_ != 0; }

 private:
  unsigned open_ = 0;
};

// Blocks of plain text: neither special nor beyond ASCII. Where one was plain many more may be: an
// image is hundreds of thousands.
inline const char* skip_plain_blocks(const char* p, const char* end) {
  const v128_t quote = wasm_i8x16_splat('"');
  const v128_t backslash = wasm_i8x16_splat('\\');
  const v128_t space = wasm_i8x16_splat(0x20);
  // As signed bytes, everything from 0x80 up is negative and so below 0x20 as well.
  const auto odd = [&](const char* at) {
    const v128_t bytes = wasm_v128_load(at);
    return wasm_v128_or(wasm_i8x16_lt(bytes, space),
                        wasm_v128_or(wasm_i8x16_eq(bytes, quote), wasm_i8x16_eq(bytes, backslash)));
  };
  while (end - p >= 4 * kBlock &&
         !wasm_v128_any_true(wasm_v128_or(wasm_v128_or(odd(p), odd(p + 16)),
                                          wasm_v128_or(odd(p + 32), odd(p + 48))))) {
    p += 4 * kBlock;
  }
  return p;
}

// Well-formed UTF-8, block by block: three table look-ups say for each pair of bytes which errors
// it could be part of, and those that all three name are errors. Keiser and Lemire, "Validating
// UTF-8 In Less Than One Instruction Per Byte" (2021), https://arxiv.org/abs/2010.03090
class Utf8 {
 public:
  // True when there was nothing to look at: ASCII, and behind whole sequences.
  bool take(const Block& block, const Constants& constants) {
    const v128_t now = block.bytes();
    const bool looks = open_ || block.has_non_ascii();
    if (looks) {
      errors_ = wasm_v128_or(errors_, find_errors(now, constants));
      // A lead so near to the end that its sequence cannot be complete.
      open_ = wasm_v128_any_true(wasm_u8x16_sub_sat(now, constants[Constants::last_complete]));
    }
    before_ = now;
    return !looks;
  }
  // No error ended in the blocks so far. A sequence at their end may still go on.
  bool is_good() const { return !wasm_v128_any_true(errors_); }
  // The last block ended inside a sequence.
  bool is_open() const { return open_; }

 private:
  v128_t find_errors(v128_t now, const Constants& constants) const {
    const v128_t one_before = shift<15>(before_, now);
    const v128_t low_nibble = constants[Constants::low_nibble];
    const auto high_nibbles = [&](v128_t bytes) {
      return wasm_v128_and(wasm_u16x8_shr(bytes, 4), low_nibble);
    };
    const v128_t by_first_high =
        wasm_i8x16_swizzle(constants[Constants::first_high], high_nibbles(one_before));
    const v128_t by_first_low =
        wasm_i8x16_swizzle(constants[Constants::first_low], wasm_v128_and(one_before, low_nibble));
    const v128_t by_second_high =
        wasm_i8x16_swizzle(constants[Constants::second_high], high_nibbles(now));
    const v128_t pairs = wasm_v128_and(wasm_v128_and(by_first_high, by_first_low), by_second_high);
    // Two continuations in a row are right behind a lead of three or four, and missing there if
    // not.
    const v128_t third = wasm_u8x16_sub_sat(shift<14>(before_, now), constants[Constants::third]);
    const v128_t fourth = wasm_u8x16_sub_sat(shift<13>(before_, now), constants[Constants::fourth]);
    const v128_t due = wasm_v128_and(wasm_v128_or(third, fourth), constants[Constants::high_bit]);
    return wasm_v128_xor(due, pairs);
  }

  // The 16 bytes that begin at byte `From` of the two blocks.
  template <int From>
  static v128_t shift(v128_t before, v128_t now) {
    return wasm_i8x16_shuffle(before, now, From, From + 1, From + 2, From + 3, From + 4, From + 5,
                              From + 6, From + 7, From + 8, From + 9, From + 10, From + 11,
                              From + 12, From + 13, From + 14, From + 15);
  }

  v128_t before_ = wasm_i8x16_splat(0);
  v128_t errors_ = wasm_i8x16_splat(0);
  bool open_ = false;
};

}  // namespace llmproxy::json::simd

#endif
