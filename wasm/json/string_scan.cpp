#include "json/string_scan.h"

#include <array>
#include <cstddef>
#include <cstring>
#include <optional>

namespace llmproxy::json {
namespace {

constexpr bool is_plain(unsigned char c) {
  return c >= 0x20U && c < 0x80U && c != '"' && c != '\\';
}

// A word whose bytes are all `c`.
constexpr std::uint64_t each_byte(unsigned char c) {
  return 0x0101010101010101ULL * c;
}

// High bit set in (at least) the lowest byte that is zero.
constexpr std::uint64_t zero_bytes(std::uint64_t word) {
  return (word - each_byte(1)) & ~word & each_byte(0x80);
}

const char* skip_plain(const char* p, const char* end) {
  while (end - p >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, p, sizeof word);
    const std::uint64_t control = (word - each_byte(0x20)) & ~word & each_byte(0x80);
    const std::uint64_t special = control | (word & each_byte(0x80)) |
                                  zero_bytes(word ^ each_byte('"')) |
                                  zero_bytes(word ^ each_byte('\\'));
    if (special != 0) {
      break;  // somewhere in these eight; the loop below finds it
    }
    p += 8;
  }
  while (p < end && is_plain(static_cast<unsigned char>(*p))) {
    ++p;
  }
  return p;
}

std::optional<unsigned> parse_hex4(const char* p, const char* end) {
  if (end - p < 4) {
    return std::nullopt;
  }
  unsigned value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = p[i];
    unsigned digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<unsigned>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<unsigned>(c - 'a') + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<unsigned>(c - 'A') + 10;
    } else {
      return std::nullopt;
    }
    value = value * 16 + digit;
  }
  return value;
}

struct Step {
  const char* next;
  StringFault fault;
};

// Behind a backslash: an escape of two bytes.
constexpr bool is_short_escape(char c) {
  constexpr std::uint32_t kLetters = 1U << ('b' - 'b') | 1U << ('f' - 'b') | 1U << ('n' - 'b') |
                                     1U << ('r' - 'b') | 1U << ('t' - 'b');
  const unsigned letter = static_cast<unsigned char>(c) - unsigned{'b'};
  return letter < 32 ? (kLetters >> letter & 1U) != 0 : c == '"' || c == '\\' || c == '/';
}

// `p` is at a backslash.
Step skip_escape(const char* p, const char* end) {
  if (end - p < 2) {
    return {p, StringFault::unterminated};
  }
  if (p[1] != 'u') {
    return is_short_escape(p[1]) ? Step{p + 2, StringFault::none}
                                 : Step{p, StringFault::bad_escape};
  }
  const std::optional<unsigned> unit = parse_hex4(p + 2, end);
  if (!unit) {
    return {p, StringFault::bad_escape};
  }
  if (*unit < 0xD800U || *unit > 0xDFFFU) {
    return {p + 6, StringFault::none};
  }
  const bool high = *unit < 0xDC00U;
  if (!high || end - p < 12 || p[6] != '\\' || p[7] != 'u') {
    return {p, StringFault::lone_surrogate};
  }
  const std::optional<unsigned> low = parse_hex4(p + 8, end);
  if (!low) {
    return {p + 6, StringFault::bad_escape};
  }
  const bool pair = *low >= 0xDC00U && *low <= 0xDFFFU;
  return pair ? Step{p + 12, StringFault::none} : Step{p, StringFault::lone_surrogate};
}

// Most of the world's scripts beyond the alphabets: leads without exceptions, two tails.
inline bool is_common_three(const char* p, const char* end) {
  if (end - p < 3) {
    return false;
  }
  const auto lead = static_cast<unsigned char>(p[0]);
  const auto tails = static_cast<unsigned char>((p[1] & 0xC0) | ((p[2] & 0xC0) >> 2));
  return lead >= 0xE1U && lead <= 0xECU && tails == 0xA0U;
}

// Well-formed sequences: https://www.unicode.org/versions/Unicode16.0.0/core-spec/chapter-3/#G27506
// (table 3-7). All bytes behind the second are 0x80 to 0xBF.
struct Utf8Row {
  unsigned char lead_low, lead_high, second_low, second_high;
  std::ptrdiff_t length;
};
constexpr std::array kUtf8 = std::to_array<Utf8Row>({
    {0xC2, 0xDF, 0x80, 0xBF, 2},
    {0xE0, 0xE0, 0xA0, 0xBF, 3},
    {0xE1, 0xEC, 0x80, 0xBF, 3},
    {0xED, 0xED, 0x80, 0x9F, 3},
    {0xEE, 0xEF, 0x80, 0xBF, 3},
    {0xF0, 0xF0, 0x90, 0xBF, 4},
    {0xF1, 0xF3, 0x80, 0xBF, 4},
    {0xF4, 0xF4, 0x80, 0x8F, 4},
});

// Length of the well-formed sequence at `p`, which starts with a byte from 0x80 up; 0 when it is
// not one.
std::ptrdiff_t utf8_length(const char* p, const char* end) {
  const auto lead = static_cast<unsigned char>(p[0]);
  for (const Utf8Row& row : kUtf8) {
    if (lead < row.lead_low || lead > row.lead_high) {
      continue;
    }
    if (end - p < row.length) {
      return 0;
    }
    const auto second = static_cast<unsigned char>(p[1]);
    bool well_formed = second >= row.second_low && second <= row.second_high;
    for (std::ptrdiff_t i = 2; i < row.length; ++i) {
      well_formed = well_formed && (static_cast<unsigned char>(p[i]) & 0xC0U) == 0x80U;
    }
    return well_formed ? row.length : 0;
  }
  return 0;
}

// Text in most scripts is runs of such sequences, so stay with them while they last.
Step skip_non_ascii(const char* p, const char* end) {
  while (p < end && static_cast<unsigned char>(*p) >= 0x80U) {
    const std::ptrdiff_t length = is_common_three(p, end) ? 3 : utf8_length(p, end);
    if (length == 0) {
      return {p, StringFault::bad_utf8};
    }
    p += length;
  }
  return {p, StringFault::none};
}

// One sequence or run after the other. Exact about what is wrong, and where.
StringScan scan_plainly(const char* begin, const char* end, bool has_escapes) {
  const char* p = begin;
  for (;;) {
    p = skip_plain(p, end);
    if (p == end) {
      return {p, has_escapes, StringFault::unterminated};
    }
    const auto c = static_cast<unsigned char>(*p);
    if (c == '"') {
      return {p, has_escapes, StringFault::none};
    }
    if (c < 0x20U) {
      return {p, has_escapes, StringFault::control_character};
    }
    Step step{p + 2, StringFault::none};
    if (c != '\\') {
      step = skip_non_ascii(p, end);
    } else {
      has_escapes = true;
      if (end - p < 2 || !is_short_escape(p[1])) {
        step = skip_escape(p, end);
      }
    }
    if (step.fault != StringFault::none) {
      return {step.next, has_escapes, step.fault};
    }
    p = step.next;
  }
}

#ifdef LLMPROXY_SIMD

// Blocks of 64 bytes for as long as there are whole ones and nothing is wrong; the rest, and
// whatever is wrong, is left to scan_plainly().
StringScan scan_blocks(const char* begin, const char* end) {
  const simd::Constants constants;
  simd::Utf8 utf8;
  simd::Escapes escapes;
  std::uint64_t backslashes_seen = 0;
  const char* p = begin;
  // Escapes that begin before this were looked at.
  const char* looked_at = begin;
  while (end - p >= simd::kBlock) {
    const simd::Block block(p, constants);
    if (block.is_plain() && !escapes.is_open()) {
      utf8.take_plain();
      p = simd::skip_plain_blocks(p + simd::kBlock, end, constants);
      continue;
    }
    if (block.is_ascii) {
      utf8.take_plain();
    } else {
      utf8.take(p, constants);
    }
    const std::uint64_t escaped = escapes.find(block.backslashes);
    const std::uint64_t stops = (block.quotes & ~escaped) |
                                (block.has_controls ? simd::Block::find_controls(p, constants) : 0);
    // All bits up to the first stop.
    const std::uint64_t before_stop = (stops & (0U - stops)) - 1;
    backslashes_seen |= block.backslashes & before_stop;
    // Quotes and backslashes may be escaped; the rest needs a look.
    std::uint64_t others = escaped & before_stop & ~(block.quotes | block.backslashes);
    for (; others != 0; others &= others - 1) {
      const char* at = p + __builtin_ctzll(others) - 1;
      if (at < looked_at || is_short_escape(at[1])) {
        continue;
      }
      const Step step = skip_escape(at, end);
      if (step.fault != StringFault::none) {
        return scan_plainly(begin, end, false);
      }
      looked_at = step.next;
    }
    if (stops != 0) {
      const char* stop = p + __builtin_ctzll(stops);
      return *stop == '"' && utf8.is_good()
                 ? StringScan{stop, backslashes_seen != 0, StringFault::none}
                 : scan_plainly(begin, end, false);
    }
    p += simd::kBlock;
  }
  if (!utf8.is_good()) {
    return scan_plainly(begin, end, false);
  }
  const bool has_escapes = backslashes_seen != 0;
  if (looked_at > p) {
    return scan_plainly(looked_at, end, has_escapes);
  }
  if (escapes.is_open()) {
    return scan_plainly(p - 1, end, has_escapes);
  }
  // A sequence that a block cut is read again from its first byte.
  while (utf8.is_open() && p > begin && (static_cast<unsigned char>(p[-1]) & 0xC0U) == 0x80U) {
    --p;
  }
  if (utf8.is_open() && p > begin && static_cast<unsigned char>(p[-1]) >= 0xC0U) {
    --p;
  }
  return scan_plainly(p, end, has_escapes);
}

#endif

}  // namespace

StringScan scan_any_string(const char* begin, const char* end) {
#ifdef LLMPROXY_SIMD
  return scan_blocks(begin, end);
#else
  return scan_plainly(begin, end, false);
#endif
}

}  // namespace llmproxy::json
