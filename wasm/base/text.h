// Small helpers on ASCII text. No locale, no allocation unless a std::string is returned.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace llmproxy {

constexpr bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

// Equal but for the case of ASCII letters, as header names are compared.
bool equals_ignoring_case(std::string_view a, std::string_view b);

std::string_view trim(std::string_view text);
std::string lower(std::string_view text);
bool contains(std::string_view text, std::string_view part);

// One allocation for all parts.
std::string concat(std::initializer_list<std::string_view> parts);

std::string join(std::span<const std::string_view> parts, std::string_view separator);
// "a, b and c".
std::string enumerate(std::span<const std::string_view> parts);

// Whole text as a decimal integer; nothing when it is not one or does not fit.
std::optional<std::int64_t> parse_integer(std::string_view text);

// At most `limit` bytes of `text`, never cutting a UTF-8 sequence, with "…" when something is
// missing.
std::string shorten(std::string_view text, std::size_t limit);

}  // namespace llmproxy
