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

// Is it a host of the public internet, as far as its name says? `host` is as host_of() gives it.
// Not so addresses of special ranges (base/special_ranges.csv) in any notation, names that only a
// private network knows, and what is no name of a host at all.
bool is_public_host(std::string_view host);

// Is it the machine itself? `host` is as host_of() gives it.
// https://www.rfc-editor.org/rfc/rfc6761#section-6.3
bool is_loopback_host(std::string_view host);

// Why an absolute URL does not mean the same to every reader of URLs, as a sentence about "it";
// empty: it does, as far as its authority and its characters say.
std::string_view fault_of_url(std::string_view url);

// Why a link that somebody else wrote must not be fetched, as a sentence about "it"; empty: it may
// be. What is let through means the same to every reader of URLs: nothing in it is stripped,
// decoded or mapped before its host is looked up.
std::string_view fault_of_link(std::string_view url);

}  // namespace llmproxy
