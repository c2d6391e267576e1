// The few parts of URLs the core needs. https://url.spec.whatwg.org/
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::http {

// Path of an absolute URL, without query and fragment; "/" when it has none.
std::string_view path_of(std::string_view url);

// Non-empty segments of a path, percent-decoded: "//v1/a%20b/" is {"v1", "a b"}. Slices of `path`,
// or of `storage` where something was decoded. Nothing when a segment could leave the folder it is
// in, however somebody behind this reads it: "." and "..", also behind an escaped slash or in front
// of a semicolon, a backslash, an escape inside an escape, a control character, no UTF-8.
std::optional<std::vector<std::string_view>> segments_of(std::string_view path,
                                                         std::string& storage);

// `text` as one path segment: everything but unreserved characters (RFC 3986, section 2.3) and ":"
// and "@" is percent-encoded, so that it can neither leave the path nor start a query.
std::string encode_segment(std::string_view text);

}  // namespace llmproxy::http
