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

void decode_base64(std::string_view text, Buffer& out) {
  char* to = out.reserve(text.size() / 4 * 3 + 3);
  if (to == nullptr) {
    return;
  }
  const char* const begin = to;
  std::uint32_t group = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const std::uint8_t value = kValues[static_cast<unsigned char>(c)];
    if (value == kNone) {
      if (is_space(c) || c == '\\') {
        continue;
      }
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
}

}  // namespace llmproxy
