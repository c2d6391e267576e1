#include "base/web_address.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace llmproxy {

std::string scheme_of(std::string_view url) {
  const std::size_t end = url.find("://");
  return end == std::string_view::npos ? std::string() : lower(url.substr(0, end));
}

std::string host_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) {
    return {};
  }
  // A backslash is a slash to every browser, and to the host that fetches.
  std::string_view authority = url.substr(scheme + 3);
  authority = authority.substr(0, authority.find_first_of("/?#\\"));
  const std::size_t user = authority.rfind('@');
  authority.remove_prefix(user == std::string_view::npos ? 0 : user + 1);
  if (authority.starts_with("[")) {
    return lower(authority.substr(1, authority.find(']') - 1));
  }
  return lower(authority.substr(0, authority.find(':')));
}

namespace {

// Scheme and authority: "https://a.example:8080".
std::string_view origin_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t begin = scheme == std::string_view::npos ? 0 : scheme + 3;
  return url.substr(0, url.find_first_of("/?#\\", begin));
}

}  // namespace

bool has_credentials(std::string_view url) {
  return contains(origin_of(url), "@");
}

std::string resolve_url(std::string_view base, std::string_view reference) {
  if (!scheme_of(reference).empty()) {
    return std::string(reference);
  }
  if (reference.starts_with("//")) {
    return concat({scheme_of(base), ":", reference});
  }
  const std::string_view origin = origin_of(base);
  if (reference.starts_with("/")) {
    return concat({origin, reference});
  }
  std::string_view path = base.substr(origin.size());
  path = path.substr(0, path.find_first_of("?#"));
  if (reference.starts_with("?")) {
    return concat({origin, path, reference});
  }
  path = path.substr(0, path.rfind('/') + 1);
  return concat({origin, path.empty() ? "/" : path, reference});
}

namespace {

// A part of an IPv4 address: decimal, octal or hexadecimal, as browsers read them.
std::optional<std::uint64_t> parse_part(std::string_view text) {
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
    const unsigned digit = is_digit(c)            ? static_cast<unsigned>(c - '0')
                           : c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a') + 10
                                                  : 99;
    if (digit >= base || value > 0xFFFFFFFFULL) {
      return std::nullopt;
    }
    value = value * base + digit;
  }
  return value;
}

// https://url.spec.whatwg.org/#concept-ipv4-parser: "127.1", "0x7f000001" and "017700000001" are
// all the same machine.
std::optional<std::uint32_t> parse_ipv4(std::string_view host) {
  std::array<std::uint64_t, 4> parts{};
  std::size_t count = 0;
  while (!host.empty()) {
    const std::size_t dot = host.find('.');
    const std::optional<std::uint64_t> part = parse_part(host.substr(0, dot));
    if (!part || count == parts.size() || host.substr(0, dot).empty()) {
      return std::nullopt;
    }
    parts[count++] = *part;
    host.remove_prefix(dot == std::string_view::npos ? host.size() : dot + 1);
  }
  if (count == 0) {
    return std::nullopt;
  }
  std::uint64_t address = parts[count - 1];
  for (std::size_t i = 0; i + 1 < count; ++i) {
    address += parts[i] << (8 * (3 - i));
  }
  return static_cast<std::uint32_t>(address);
}

bool is_public_ipv4(std::uint32_t address) {
  struct Block {
    std::uint32_t network;
    unsigned bits;
  };
  constexpr std::array kBlocks = std::to_array<Block>({
      {0x00000000U, 8},   // this network
      {0x0A000000U, 8},   // private
      {0x64400000U, 10},  // shared by a carrier; some clouds have metadata there
      {0x7F000000U, 8},   // the machine itself
      {0xA9FE0000U, 16},  // link-local; metadata of most clouds
      {0xAC100000U, 12},  // private
      {0xC0000000U, 24},  // protocols
      {0xC0000200U, 24},  // documentation
      {0xC0A80000U, 16},  // private
      {0xC6120000U, 15},  // benchmarks
      {0xC6336400U, 24},  // documentation
      {0xCB007100U, 24},  // documentation
      {0xE0000000U, 3},   // multicast and reserved
  });
  return std::none_of(kBlocks.begin(), kBlocks.end(), [&](const Block& block) {
    return (address >> (32 - block.bits)) == (block.network >> (32 - block.bits));
  });
}

// Public addresses of IPv6 begin with 2 or 3. Those that wrap an address of IPv4 are not looked
// into: nobody has an image there.
bool is_public_ipv6(std::string_view host) {
  const bool global = host.starts_with("2") || host.starts_with("3");
  const bool wraps = host.starts_with("2002:") || host.starts_with("2001:0:") ||
                     host.starts_with("2001::") || host.starts_with("2001:db8:");
  return global && host.find(':') == 4 && !wraps;
}

}  // namespace

bool is_public_host(std::string_view host) {
  while (host.ends_with(".")) {
    host.remove_suffix(1);
  }
  if (contains(host, ":")) {
    return is_public_ipv6(host);
  }
  if (const std::optional<std::uint32_t> address = parse_ipv4(host)) {
    return is_public_ipv4(*address);
  }
  constexpr std::array kPrivate =
      std::to_array<std::string_view>({"localhost", "local", "internal", "intranet", "lan", "home",
                                       "corp", "home.arpa", "test", "invalid", "onion"});
  for (const std::string_view name : kPrivate) {
    if (host == name || (host.ends_with(name) && host[host.size() - name.size() - 1] == '.')) {
      return false;
    }
  }
  // A name without a dot is one of the network that the request leaves from.
  return contains(host, ".") && host.find_first_of(" %") == std::string_view::npos;
}

}  // namespace llmproxy
