#include "base/base64.h"

#include "base/text.h"

#include <array>
#include <cstdint>

namespace llmproxy {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::uint8_t kNone = 0xFF;

constexpr std::array<std::uint8_t, 256> kValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNone);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  values['-'] = 62;
  values['_'] = 63;
  return values;
}();

// The character that an escape of JSON's stands for, whose backslash is at `i`, which moves to its
// last character; a backslash when that is none of ASCII. Some encoders escape '+', '/' and '='.
char unescape(std::string_view text, std::size_t& i) {
  const char kind = i + 1 < text.size() ? text[i + 1] : '\\';
  if (kind == 'u' && i + 5 < text.size()) {
    unsigned code = 0;
    for (const char digit : text.substr(i + 2, 4)) {
      const bool letter = (digit | 0x20) >= 'a' && (digit | 0x20) <= 'f';
      code = code * 16 + (is_digit(digit) ? static_cast<unsigned>(digit - '0')
                          : letter        ? static_cast<unsigned>((digit | 0x20) - 'a') + 10
                                          : 0x80U);
    }
    i += code < 0x80 ? 5 : 0;
    return code < 0x80 ? static_cast<char>(code) : '\\';
  }
  if (kind != '/' && kind != 'n' && kind != 'r' && kind != 't') {
    return '\\';
  }
  ++i;
  return kind == '/' ? '/' : ' ';
}

}  // namespace

void encode_base64(std::string_view bytes, Buffer& out) {
  char* to = out.reserve((bytes.size() + 2) / 3 * 4);
  if (to == nullptr) {
    return;
  }
  const char* const begin = to;
  const auto put = [&](std::uint32_t group, int characters) {
    for (int i = 0; i < 4; ++i) {
      *to++ = i < characters ? kAlphabet[(group >> (18U - 6U * static_cast<unsigned>(i))) & 0x3FU]
                             : '=';
    }
  };
  std::size_t i = 0;
  const auto at = [&](std::size_t index) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[index]));
  };
  for (; i + 3 <= bytes.size(); i += 3) {
    put((at(i) << 16U) | (at(i + 1) << 8U) | at(i + 2), 4);
  }
  if (bytes.size() - i == 2) {
    put((at(i) << 16U) | (at(i + 1) << 8U), 3);
  } else if (bytes.size() - i == 1) {
    put(at(i) << 16U, 2);
  }
  out.commit(static_cast<std::size_t>(to - begin));
}

bool decode_base64(std::string_view text, Buffer& out) {
  char* to = out.reserve(text.size() / 4 * 3 + 3);
  if (to == nullptr) {
    return false;
  }
  const char* const begin = to;
  std::uint32_t group = 0;
  unsigned bits = 0;
  bool padded = false;
  bool whole = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::uint8_t value = kValues[static_cast<unsigned char>(text[i])];
    if (value == kNone) {
      const char c = text[i] == '\\' ? unescape(text, i) : text[i];
      value = kValues[static_cast<unsigned char>(c)];
      padded = padded || c == '=';
      if (is_space(c) || c == '=') {
        continue;
      }
    }
    if (value == kNone || padded) {
      whole = false;
      break;
    }
    group = (group << 6U) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      *to++ = static_cast<char>((group >> bits) & 0xFFU);
    }
  }
  out.commit(static_cast<std::size_t>(to - begin));
  return whole && bits != 6;  // one character is less than a byte
}

}  // namespace llmproxy
