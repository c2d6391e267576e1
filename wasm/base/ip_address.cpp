#include "base/ip_address.h"

#include "base/special_ranges.h"
#include "base/text.h"

#include <algorithm>

namespace llmproxy {
namespace {

constexpr unsigned kNoDigit = 99;

constexpr unsigned digit_of(char c) {
  return is_digit(c)            ? static_cast<unsigned>(c - '0')
         : c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a') + 10
                                : kNoDigit;
}

// A part of an IPv4 address: decimal, octal or hexadecimal.
std::optional<std::uint64_t> parse_part(std::string_view text) {
  if (text.empty()) {
    return std::nullopt;
  }
  unsigned base = 10;
  if (text.starts_with("0x")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text.front() == '0') {
    base = 8;
    text.remove_prefix(1);
  }
  std::uint64_t value = 0;
  for (const char c : text) {
    const unsigned digit = digit_of(c);
    if (digit >= base || value > 0xFFFFFFFFU) {
      return std::nullopt;
    }
    value = value * base + digit;
  }
  return value;
}

// A group of four hexadecimal digits at most, which is removed from the front of `text`.
std::optional<std::uint64_t> take_group(std::string_view& text) {
  std::uint64_t value = 0;
  std::size_t count = 0;
  for (; count < text.size() && count < 4 && digit_of(text[count]) != kNoDigit; ++count) {
    value = value * 16 + digit_of(text[count]);
  }
  text.remove_prefix(count);
  return count == 0 ? std::nullopt : std::optional(value);
}

// "1.2.3.4" at the end of an IPv6 address: decimal numbers without zeros in front.
std::optional<std::uint32_t> parse_dotted(std::string_view text) {
  const auto is_plain = [](char c) { return is_digit(c) || c == '.'; };
  if (!std::all_of(text.begin(), text.end(), is_plain) ||
      std::count(text.begin(), text.end(), '.') != 3) {
    return std::nullopt;
  }
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    const bool begins = at == 0 || text[at - 1] == '.';
    if (begins && text[at] == '0' && text[at + 1] != '.') {
      return std::nullopt;
    }
  }
  return parse_ipv4(text);
}

using Groups = std::array<std::uint64_t, 8>;

// The groups of one side of "::". How many there are; nothing when it is no such list.
std::optional<std::size_t> parse_groups(std::string_view text, Groups& out) {
  std::size_t count = 0;
  while (!text.empty()) {
    if (contains(text, ".") && !contains(text, ":")) {
      const std::optional<std::uint32_t> tail = parse_dotted(text);
      if (!tail || count > 6) {
        return std::nullopt;
      }
      out[count++] = *tail >> 16U;
      out[count++] = *tail & 0xFFFFU;
      return count;
    }
    const std::optional<std::uint64_t> group = take_group(text);
    if (!group || count == out.size()) {
      return std::nullopt;
    }
    out[count++] = *group;
    if (text.empty()) {
      return count;
    }
    if (text.front() != ':' || text.size() == 1) {
      return std::nullopt;
    }
    text.remove_prefix(1);
  }
  return count;
}

std::uint64_t joined(const Groups& groups, std::size_t begin) {
  return groups[begin] << 48U | groups[begin + 1] << 32U | groups[begin + 2] << 16U |
         groups[begin + 3];
}

// Are the first `bits` of both the same?
bool share(std::uint64_t a, std::uint64_t b, unsigned bits) {
  return bits == 0 || ((a ^ b) >> (64 - bits)) == 0;
}

}  // namespace

std::optional<std::uint32_t> parse_ipv4(std::string_view host) {
  std::array<std::uint64_t, 4> parts{};
  std::size_t count = 0;
  for (;;) {
    const std::size_t dot = host.find('.');
    const std::optional<std::uint64_t> part = parse_part(host.substr(0, dot));
    if (!part || count == parts.size()) {
      return std::nullopt;
    }
    parts[count++] = *part;
    if (dot == std::string_view::npos) {
      break;
    }
    host.remove_prefix(dot + 1);
  }
  // The last part fills all bytes that are left.
  if (parts[count - 1] >> (8 * (5 - count)) != 0) {
    return std::nullopt;
  }
  std::uint64_t address = parts[count - 1];
  for (std::size_t i = 0; i + 1 < count; ++i) {
    if (parts[i] > 0xFF) {
      return std::nullopt;
    }
    address |= parts[i] << (8 * (3 - i));
  }
  return static_cast<std::uint32_t>(address);
}

bool ends_in_number(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  return !last.empty() &&
         (std::all_of(last.begin(), last.end(), is_digit) || parse_part(last).has_value());
}

std::optional<Ipv6> parse_ipv6(std::string_view text) {
  Groups groups{};
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    return parse_groups(text, groups) == groups.size()
               ? std::optional(Ipv6{joined(groups, 0), joined(groups, 4)})
               : std::nullopt;
  }
  Groups back{};
  const std::optional<std::size_t> before = parse_groups(text.substr(0, gap), groups);
  const std::optional<std::size_t> behind = parse_groups(text.substr(gap + 2), back);
  if (!before || !behind || *before + *behind >= groups.size() ||
      contains(text.substr(0, gap), ".")) {
    return std::nullopt;
  }
  std::copy_n(back.begin(), *behind, groups.end() - static_cast<std::ptrdiff_t>(*behind));
  return Ipv6{joined(groups, 0), joined(groups, 4)};
}

bool is_public(std::uint32_t ipv4) {
  return std::none_of(kSpecialIpv4.begin(), kSpecialIpv4.end(), [&](const Ipv4Range& range) {
    return ((ipv4 ^ range.network) >> (32 - range.bits)) == 0;
  });
}

bool is_public(const Ipv6& ipv6) {
  if (ipv6.high >> 61U != 1) {
    return false;
  }
  return std::none_of(kSpecialIpv6.begin(), kSpecialIpv6.end(), [&](const Ipv6Range& range) {
    return share(ipv6.high, range.high, std::min(range.bits, 64U)) &&
           share(ipv6.low, range.low, range.bits > 64 ? range.bits - 64 : 0);
  });
}

}  // namespace llmproxy
