#include "json/pointer.h"

#include "base/text.h"

#include <cstddef>

namespace llmproxy::json {
namespace {

// Of a hexadecimal digit; -1: it is none.
int hex_value(char c) {
  const auto small = static_cast<char>(static_cast<unsigned char>(c) | 0x20U);
  if (is_digit(c)) {
    return c - '0';
  }
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

// https://www.rfc-editor.org/rfc/rfc3986#section-2.1
std::string decode_percent(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    out.push_back(low >= 0 ? static_cast<char>(high * 16 + low) : text[i]);
    i += low >= 0 ? 2 : 0;
  }
  return out;
}

}  // namespace

std::string decode_step(std::string_view step) {
  const std::string text = decode_percent(step);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = text[i] == '~' && i + 1 < text.size() ? text[i + 1] : ' ';
    if (next == '0' || next == '1') {
      out.push_back(next == '0' ? '~' : '/');
      ++i;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

}  // namespace llmproxy::json
