#include "json/string.h"

#include <array>
#include <cstdint>

namespace llmproxy::json {
namespace {

unsigned hex4(std::string_view digits) {
  unsigned value = 0;
  for (const char c : digits.substr(0, 4)) {
    const unsigned u = static_cast<unsigned char>(c);
    value = value * 16 + (c <= '9' ? u - '0' : (u | 0x20U) - 'a' + 10);
  }
  return value;
}

void append_utf8(std::uint32_t code, std::string& out) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80U) {
    put(code);
  } else if (code < 0x800U) {
    put(0xC0U | (code >> 6U));
    put(0x80U | (code & 0x3FU));
  } else if (code < 0x10000U) {
    put(0xE0U | (code >> 12U));
    put(0x80U | ((code >> 6U) & 0x3FU));
    put(0x80U | (code & 0x3FU));
  } else {
    put(0xF0U | (code >> 18U));
    put(0x80U | ((code >> 12U) & 0x3FU));
    put(0x80U | ((code >> 6U) & 0x3FU));
    put(0x80U | (code & 0x3FU));
  }
}

bool is_high_surrogate(unsigned unit) {
  return unit >= 0xD800U && unit <= 0xDBFFU;
}

// Length of the escape at the front of `raw`, a surrogate pair counting as one.
std::size_t escape_length(std::string_view raw) {
  if (raw[1] != 'u') {
    return 2;
  }
  return is_high_surrogate(hex4(raw.substr(2))) ? 12 : 6;
}

// `raw` is known to be valid: the cursor has read it.
std::size_t decode_escape(std::string_view raw, std::string& out) {
  const std::size_t length = escape_length(raw);
  if (length == 2) {
    constexpr std::string_view kNames = "bfnrt";
    constexpr std::string_view kValues = "\b\f\n\r\t";
    const std::size_t at = kNames.find(raw[1]);
    out.push_back(at == std::string_view::npos ? raw[1] : kValues[at]);
    return length;
  }
  std::uint32_t code = hex4(raw.substr(2));
  if (length == 12) {
    code = 0x10000U + ((code - 0xD800U) << 10U) + (hex4(raw.substr(8)) - 0xDC00U);
  }
  append_utf8(code, out);
  return length;
}

std::string decode_escapes(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  std::string_view rest = raw;
  while (!rest.empty()) {
    const std::size_t plain = rest.find('\\');
    out.append(rest.substr(0, plain));
    if (plain == std::string_view::npos) {
      break;
    }
    rest.remove_prefix(plain);
    rest.remove_prefix(decode_escape(rest, out));
  }
  return out;
}

// What stands for byte `c` inside a string; empty when it stands for itself.
std::string_view escape_of(unsigned char c, std::array<char, 6>& scratch) {
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      break;
  }
  if (c >= 0x20U) {
    return {};
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  scratch = {'\\', 'u', '0', '0', kHex[c >> 4U], kHex[c & 0x0FU]};
  return {scratch.data(), scratch.size()};
}

template <typename Out>
void escape_into(std::string_view text, Out& out) {
  std::array<char, 6> scratch{};
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view escaped = escape_of(static_cast<unsigned char>(text[i]), scratch);
    if (!escaped.empty()) {
      out.append(text.substr(plain, i - plain));
      out.append(escaped);
      plain = i + 1;
    }
  }
  out.append(text.substr(plain));
}

}  // namespace

bool String::equals(std::string_view text) const {
  return has_escapes ? equals_decoded(text) : raw == text;
}

bool String::equals_decoded(std::string_view text) const {
  return decode() == text;
}

std::string String::decode() const {
  return has_escapes ? decode_escapes(raw) : std::string(raw);
}

void decode(const String& text, Buffer& out) {
  constexpr std::size_t kAtOnce = 4096;
  if (!text.has_escapes) {
    out.append(text.raw);
    return;
  }
  for (std::string_view raw = text.raw; !raw.empty();) {
    const std::size_t size = prefix_length(raw, kAtOnce);
    out.append(decode_escapes(raw.substr(0, size)));
    raw.remove_prefix(size);
  }
}

void escape(std::string_view text, Buffer& out) {
  escape_into(text, out);
}

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  escape_into(text, out);
  return out;
}

std::size_t prefix_length(std::string_view raw, std::size_t limit) {
  if (raw.size() <= limit) {
    return raw.size();
  }
  std::size_t at = 0;
  for (;;) {
    const auto c = static_cast<unsigned char>(raw[at]);
    std::size_t step = 1;
    if (c == '\\') {
      step = escape_length(raw.substr(at));
    } else if (c >= 0xC0U) {
      step = c >= 0xF0U ? 4 : c >= 0xE0U ? 3 : 2;
    }
    if (at + step > limit) {
      return at;
    }
    at += step;
  }
}

}  // namespace llmproxy::json
