// Addresses of IPv4 and IPv6 as text, and whether a host of the public internet has them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace llmproxy {

// As the URL standard reads them: "127.1", "0x7f000001" and "017700000001" are all the same
// machine. `host` is in lower case and has no dot at its end.
// https://url.spec.whatwg.org/#concept-ipv4-parser
std::optional<std::uint32_t> parse_ipv4(std::string_view host);

// A host that ends so is an address of IPv4 or none at all.
// https://url.spec.whatwg.org/#ends-in-a-number-checker
bool ends_in_number(std::string_view host);

struct Ipv6 {
  std::uint64_t high;
  std::uint64_t low;
};

// Without brackets, in lower case. No zone: a URL has none.
// https://url.spec.whatwg.org/#concept-ipv6-parser
std::optional<Ipv6> parse_ipv6(std::string_view text);

// Outside all ranges of special_ranges.csv, and of IPv6 inside 2000::/3, which is all that is given
// out. https://www.iana.org/assignments/ipv6-address-space/
bool is_public(std::uint32_t ipv4);
bool is_public(const Ipv6& ipv6);

}  // namespace llmproxy
