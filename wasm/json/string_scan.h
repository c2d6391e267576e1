// Finds the end of a JSON string and proves on the way that it is one: escapes, surrogate pairs,
// control characters, UTF-8. https://www.rfc-editor.org/rfc/rfc8259#section-7
// In WebAssembly 64 bytes at a time, natively 8; both paths are held to the same vectors.
#pragma once

#include "json/string_scan_simd.h"

#include <cstdint>

namespace llmproxy::json {

enum class StringFault : std::uint8_t {
  none,
  unterminated,
  control_character,  // below U+0020, must be escaped
  bad_escape,
  lone_surrogate,  // \ud800-\udfff without its other half
  bad_utf8,
};

struct StringScan {
  const char* stop;  // at the closing quote, or at the byte at fault
  bool has_escapes;
  StringFault fault;
};

// `begin` is the byte after the opening quote.
StringScan scan_any_string(const char* begin, const char* end);

// The same, for where names and other short words are read: their end is looked for on the spot.
inline StringScan scan_string(const char* begin, const char* end) {
#ifdef LLMPROXY_SIMD
  if (const char* stop = simd::find_near_quote(begin, end)) {
    return {stop, false, StringFault::none};
  }
#endif
  return scan_any_string(begin, end);
}

}  // namespace llmproxy::json
