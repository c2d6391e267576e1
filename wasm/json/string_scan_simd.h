// The inside of JSON strings 64 bytes at a time, where the target has registers of 16: which bytes
// need a look, and whether the UTF-8 is well-formed. A part of json/string_scan.h.
#pragma once

#ifdef __wasm_simd128__
#define LLMPROXY_SIMD

#include <wasm_simd128.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace llmproxy::json::simd {

inline constexpr std::ptrdiff_t kRow = 16;
inline constexpr std::ptrdiff_t kBlock = 4 * kRow;

using Bytes = std::array<unsigned char, kRow>;

constexpr Bytes all(unsigned char byte) {
  Bytes bytes{};
  bytes.fill(byte);
  return bytes;
}

// The constants of what follows, 16 bytes each, in memory: the engine builds a constant vector of
// three or four instructions each time, and a load is one.
class Constants {
 public:
  enum Name : unsigned char {
    quote,
    backslash,
    space,
    last_control,
    low_nibble,
    third,
    fourth,
    high_bit,
    first_high,
    first_low,
    second_high,
    last_complete,
  };

  v128_t operator[](Name name) const { return wasm_v128_load(rows_ + name * kRow); }

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

  // In the order of Name.
  static constexpr std::array<Bytes, 12> kRows = {{
      all('"'),
      all('\\'),
      all(' '),
      all(0x1F),
      all(0x0F),
      all(0x60),
      all(0x70),
      all(0x80),
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

// A bit for each byte of a row, the lowest for the first: the highest bit of that byte.
inline unsigned mask(v128_t row) {
  return static_cast<unsigned>(wasm_i8x16_bitmask(row));
}

// The engine has one instruction for the mask of a comparison. Where the compiler sees several
// joined it makes vectors of single bits of them, and those have no instruction at all.
inline v128_t opaque(v128_t row) {
  asm("" : "+r"(row));
  return row;
}

// The bytes of a row that are not plain: quotes, backslashes, control characters, and what is
// beyond ASCII. (As signed bytes those are negative, and so below the space as well.)
inline v128_t find_odd(v128_t row, const Constants& constants) {
  return opaque(wasm_v128_or(wasm_i8x16_lt(row, constants[Constants::space]),
                             wasm_v128_or(wasm_i8x16_eq(row, constants[Constants::quote]),
                                          wasm_i8x16_eq(row, constants[Constants::backslash]))));
}

// The quote that ends a string, if it is within the first row and what stands before it is plain;
// nullptr if not.
inline const char* find_near_quote(const char* begin, const char* end) {
  if (end - begin < kRow) {
    return nullptr;
  }
  const v128_t row = wasm_v128_load(begin);
  const Constants constants;
  const unsigned odd = mask(find_odd(row, constants));
  const unsigned quotes = mask(wasm_i8x16_eq(row, constants[Constants::quote]));
  const unsigned first = odd & (0U - odd);
  return (first & quotes) != 0 ? begin + __builtin_ctz(first) : nullptr;
}

// Passes over blocks of plain text. An image is hundreds of thousands of them.
inline const char* skip_plain_blocks(const char* p, const char* end, const Constants& constants) {
  const auto odd = [&](const char* at) { return find_odd(wasm_v128_load(at), constants); };
  while (end - p >= kBlock) {
    const v128_t any = wasm_v128_or(wasm_v128_or(odd(p), odd(p + kRow)),
                                    wasm_v128_or(odd(p + 2 * kRow), odd(p + 3 * kRow)));
    if (mask(any) != 0) {
      break;
    }
    p += kBlock;
  }
  return p;
}

// What there is in the 64 bytes from `p`; of `quotes` and `backslashes` a bit for each byte.
struct Block {
  Block(const char* p, const Constants& constants) {
    const v128_t quote = constants[Constants::quote];
    const v128_t backslash = constants[Constants::backslash];
    v128_t lowest = quote;
    v128_t all_bits = wasm_i8x16_splat(0);
    for (unsigned i = 0; i < 4; ++i) {
      const v128_t row = wasm_v128_load(p + i * kRow);
      quotes |= mask_at(i, wasm_i8x16_eq(row, quote));
      backslashes |= mask_at(i, wasm_i8x16_eq(row, backslash));
      lowest = wasm_u8x16_min(lowest, row);
      all_bits = wasm_v128_or(all_bits, row);
    }
    has_controls = mask(wasm_u8x16_le(lowest, constants[Constants::last_control])) != 0;
    is_ascii = mask(all_bits) == 0;
  }

  bool is_plain() const { return (quotes | backslashes) == 0 && is_ascii && !has_controls; }

  std::uint64_t quotes = 0;
  std::uint64_t backslashes = 0;
  bool has_controls = false;
  bool is_ascii = false;

  static std::uint64_t find_controls(const char* p, const Constants& constants) {
    std::uint64_t controls = 0;
    for (unsigned i = 0; i < 4; ++i) {
      controls |= mask_at(
          i, wasm_u8x16_le(wasm_v128_load(p + i * kRow), constants[Constants::last_control]));
    }
    return controls;
  }

 private:
  static std::uint64_t mask_at(unsigned i, v128_t row) {
    return static_cast<std::uint64_t>(mask(row)) << (16U * i);
  }
};

// Which bytes of a block stand behind a backslash that is not itself behind one: of a run of
// backslashes, every second one begins an escape. Adding a run to where it begins carries a bit
// behind its end, and whether that is an even or an odd place tells whether the run is even or odd.
// Langdale and Lemire, "Parsing Gigabytes of JSON per Second" (2019), section 3.1.1,
// https://arxiv.org/abs/1902.08318
class Escapes {
 public:
  std::uint64_t find(std::uint64_t backslashes) {
    constexpr std::uint64_t kOdd = 0xAAAA'AAAA'AAAA'AAAAU;
    const std::uint64_t begins = backslashes & ~open_;
    const std::uint64_t ends = (((begins << 1U) | kOdd) - begins) ^ kOdd;
    const std::uint64_t escaped = ends ^ (backslashes | open_);
    open_ = (ends & backslashes) >> 63U;
    return escaped;
  }
  // The last block ended between a backslash and what it escapes.
  bool is_open() const { return open_ != 0; }

 private:
  std::uint64_t open_ = 0;
};

// Well-formed UTF-8, row by row: three table look-ups say for each pair of bytes which errors it
// could be part of, and those that all three name are errors. Keiser and Lemire, "Validating UTF-8
// In Less Than One Instruction Per Byte" (2021), https://arxiv.org/abs/2010.03090
class Utf8 {
 public:
  // The 64 bytes from `p`.
  void take(const char* p, const Constants& constants) {
    // Not unrolled: the engine would take all four rows at once, and has not the registers for it.
    const char* end = p + kBlock;
    asm("" : "+r"(end));
    for (; p != end; p += kRow) {
      const v128_t row = wasm_v128_load(p);
      if (mask(row) != 0) {
        take_row(row, constants);
      } else {  // ASCII: nothing may be open
        errors_ = wasm_v128_or(errors_, unfinished(constants));
        before_ = row;
      }
    }
    open_ = unfinished(constants);
  }
  // A block of ASCII. That it stands before the next one need not be kept: a sequence that was
  // open is an error now, and if none was, what follows is judged as behind a whole one.
  void take_plain() { errors_ = wasm_v128_or(errors_, open_); }
  // No error ended in the blocks so far. A sequence at their end may still go on.
  bool is_good() const { return !wasm_v128_any_true(errors_); }
  // The last block ended inside a sequence.
  bool is_open() const { return wasm_v128_any_true(open_); }

 private:
  // Leads so near to the end of the last row that their sequence cannot be complete.
  v128_t unfinished(const Constants& constants) const {
    return wasm_u8x16_sub_sat(before_, constants[Constants::last_complete]);
  }

  void take_row(v128_t now, const Constants& constants) {
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
    errors_ = wasm_v128_or(errors_, wasm_v128_xor(due, pairs));
    before_ = now;
  }

  // The 16 bytes that begin at byte `From` of the two rows.
  template <int From>
  static v128_t shift(v128_t before, v128_t now) {
    return wasm_i8x16_shuffle(before, now, From, From + 1, From + 2, From + 3, From + 4, From + 5,
                              From + 6, From + 7, From + 8, From + 9, From + 10, From + 11,
                              From + 12, From + 13, From + 14, From + 15);
  }

  v128_t before_ = wasm_i8x16_splat(0);
  v128_t errors_ = wasm_i8x16_splat(0);
  v128_t open_ = wasm_i8x16_splat(0);
};

}  // namespace llmproxy::json::simd

#endif
