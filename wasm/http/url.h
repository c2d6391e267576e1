// The few parts of URLs the core needs. https://url.spec.whatwg.org/
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::http {

// Path of an absolute URL, without query and fragment; "/" when it has none.
std::string_view path_of(std::string_view url);

// Non-empty segments of a path: "//v1/chat/" is {"v1", "chat"}.
std::vector<std::string_view> segments_of(std::string_view path);

// `text` as one path segment: everything but unreserved characters (RFC 3986, section 2.3) and ":"
// and
// "@" is percent-encoded, so that it can neither leave the path nor start a query.
std::string encode_segment(std::string_view text);

}  // namespace llmproxy::http
