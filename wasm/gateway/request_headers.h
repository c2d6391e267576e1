// Which headers of a request mean something here. Each one that is read costs the host a call into
// its runtime, so the core asks for them in lists, when the URL has told what the request is about.
#pragma once

#include "http/head.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace llmproxy::gateway {

enum class HeaderList : std::uint8_t {
  preflight,  // what the page asks for
  call,       // all that a call with a JSON body to a translated supplier needs, in most cases
  any,        // the same for every other call
  keys,       // where a key may be instead
};

inline constexpr std::size_t kHeaderLists = 4;

// The names in a list, a line each.
std::string header_names(HeaderList list);

// What has to be known before anything else, by method and URL.
HeaderList headers_needed(const http::RequestHead& head);

}  // namespace llmproxy::gateway
