#include "base/percent.h"

#include "base/text.h"

namespace llmproxy {
namespace {

constexpr int digit_of(char c) {
  const char letter = to_lower(c);
  return is_digit(c) ? c - '0' : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

}  // namespace

std::optional<char> read_percent_escape(std::string_view text) {
  if (text.size() < 3 || text[0] != '%' || digit_of(text[1]) < 0 || digit_of(text[2]) < 0) {
    return std::nullopt;
  }
  return static_cast<char>(digit_of(text[1]) * 16 + digit_of(text[2]));
}

void percent_decode(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const std::optional<char> escaped = read_percent_escape(text);
    out.push_back(escaped.value_or(text.front()));
    text.remove_prefix(escaped ? 3 : 1);
  }
}

}  // namespace llmproxy
