#include "base/web_address.h"

#include "base/ip_address.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace llmproxy {

std::string scheme_of(std::string_view url) {
  const std::size_t end = url.find("://");
  const std::string scheme = end == std::string_view::npos ? "" : lower(url.substr(0, end));
  // "/login?to=https://a.example" has none.
  const bool is_name = std::all_of(scheme.begin(), scheme.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
  return is_name ? scheme : std::string();
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

constexpr std::size_t kMaxHost = 253;  // RFC 1035, section 2.3.4, without the root's dot

// Letters, digits, hyphens, dots, and the underscore, which some hosts have. An allow-list: what
// the host of a URL may hold otherwise is decoded, mapped or stripped before it is looked up.
constexpr bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '.' || c == '_';
}

bool ends_in_label(std::string_view host, std::string_view label) {
  return host == label || (host.ends_with(label) && host[host.size() - label.size() - 1] == '.');
}

// Names that only a private network knows. https://www.rfc-editor.org/rfc/rfc6761 (localhost, test,
// invalid), rfc6762 and its appendix G, rfc7686 (onion), rfc8375 (home.arpa), rfc9476 (alt), and
// ICANN's "internal" of 2024, which clouds have their metadata in.
bool is_private_name(std::string_view host) {
  constexpr std::array kPrivate = std::to_array<std::string_view>(
      {"localhost", "localdomain", "local", "internal", "intranet", "private", "lan", "home",
       "corp", "home.arpa", "in-addr.arpa", "ip6.arpa", "test", "invalid", "onion", "alt"});
  return std::any_of(kPrivate.begin(), kPrivate.end(),
                     [&](std::string_view name) { return ends_in_label(host, name); });
}

// An internationalised label that ends in a hyphen stands for ASCII alone, so it says the name of
// another host in other letters. https://www.rfc-editor.org/rfc/rfc3492#section-5
bool hides_ascii(std::string_view host) {
  while (!host.empty()) {
    const std::string_view label = host.substr(0, host.find('.'));
    if (label.starts_with("xn--") && label.ends_with("-")) {
      return true;
    }
    host.remove_prefix(std::min(host.size(), label.size() + 1));
  }
  return false;
}

bool is_public_name(std::string_view host) {
  const bool plain = std::all_of(host.begin(), host.end(), is_host_character) &&
                     host.size() <= kMaxHost && !host.starts_with(".") && !host.ends_with(".") &&
                     !contains(host, "..");
  // A name without a dot is one of the network that the request leaves from.
  return plain && contains(host, ".") && !is_private_name(host) && !hides_ascii(host);
}

// What is behind the host, and brackets around an address of IPv6 only: "a.example:8080",
// "[2606:4700::1111]". Nothing behind the colon is the port of the scheme.
bool is_well_formed(std::string_view authority) {
  std::size_t end = authority.find(':');
  if (authority.starts_with("[")) {
    const std::size_t bracket = authority.find(']');
    if (bracket == std::string_view::npos || end > bracket) {
      return false;
    }
    end = bracket + 1;
  }
  const std::string_view rest = authority.substr(std::min(end, authority.size()));
  if (rest.size() < 2) {
    return rest.empty() || rest == ":";
  }
  const std::optional<std::int64_t> port = parse_integer(rest.substr(1));
  return rest[0] == ':' && rest[1] != '-' && port && *port <= 0xFFFF;
}

std::string_view fault_of_characters(std::string_view url) {
  const auto is_odd = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7F'; };
  if (std::any_of(url.begin(), url.end(), is_odd)) {
    return "the address holds a space or a control character.";
  }
  return contains(url, "\\") ? "the address holds a backslash." : "";
}

std::string_view fault_of_authority(std::string_view url) {
  if (has_credentials(url)) {
    return "the address holds a user name or password.";
  }
  const std::string_view origin = origin_of(url);
  const std::size_t scheme = origin.find("://");
  const bool good = scheme != std::string_view::npos && is_well_formed(origin.substr(scheme + 3));
  return good ? "" : "its host and port cannot be read.";
}

}  // namespace

bool is_public_host(std::string_view host) {
  if (contains(host, ":")) {
    const std::optional<Ipv6> address = parse_ipv6(host);
    return address && is_public(*address);
  }
  if (host.ends_with(".")) {
    host.remove_suffix(1);
  }
  if (ends_in_number(host)) {
    const std::optional<std::uint32_t> address = parse_ipv4(host);
    return address && is_public(*address);
  }
  return is_public_name(host);
}

std::string_view fault_of_url(std::string_view url) {
  const std::string_view characters = fault_of_characters(url);
  return !characters.empty() ? characters : fault_of_authority(url);
}

bool is_loopback_host(std::string_view host) {
  if (contains(host, ":")) {
    const std::optional<Ipv6> address = parse_ipv6(host);
    return address && address->high == 0 && address->low == 1;
  }
  const std::optional<std::uint32_t> address = parse_ipv4(host);
  return address ? *address >> 24U == 127 : ends_in_label(host, "localhost");
}

std::string_view fault_of_link(std::string_view url) {
  if (const std::string_view fault = fault_of_characters(url); !fault.empty()) {
    return fault;
  }
  const std::string scheme = scheme_of(url);
  if (scheme != "https" && scheme != "http") {
    return "only http and https addresses and data URLs can be read.";
  }
  if (const std::string_view fault = fault_of_authority(url); !fault.empty()) {
    return fault;
  }
  return is_public_host(host_of(url)) ? "" : "its host is not on the public internet.";
}

}  // namespace llmproxy
