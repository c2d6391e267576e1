// Where a URL that somebody else wrote leads to. https://url.spec.whatwg.org/
#pragma once

#include <string>
#include <string_view>

namespace llmproxy {

// Scheme of an absolute URL in lower case ("https"); empty when it has none.
std::string scheme_of(std::string_view url);

// Host of an absolute URL in lower case, without user, port and the brackets of an IPv6 address.
std::string host_of(std::string_view url);

// Does it hold a user name or a password?
bool has_credentials(std::string_view url);

// `reference` (a Location, say) as seen from the page at `base`.
std::string resolve_url(std::string_view base, std::string_view reference);

// Is it a host of the public internet, as far as its name says? Not so addresses of private
// networks, of the machine itself and of cloud metadata, in any notation, and names that only a
// private network knows. https://www.iana.org/assignments/iana-ipv4-special-registry/
bool is_public_host(std::string_view host);

}  // namespace llmproxy
