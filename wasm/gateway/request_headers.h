// Which headers of a request mean something here. Each one that is read costs the host a call into
// its runtime, so it brings those that nearly every request needs, and others when they are asked
// for.
#pragma once

#include "http/head.h"
#include "suppliers/table.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace llmproxy::gateway {

enum class HeaderList : std::uint8_t {
  first,      // come with the head of every request
  preflight,  // what the page asks for
  more,       // of a call whose URL does not tell all, or that goes on as it is
  keys,       // where a key may be instead
};

inline constexpr std::size_t kHeaderLists = 4;

// The names in a list, a line each.
std::string header_names(HeaderList list, const suppliers::Table& suppliers);

// What else has to be known before anything is done, by method and URL.
std::optional<HeaderList> headers_needed(const http::RequestHead& head,
                                         const suppliers::Table& suppliers);

}  // namespace llmproxy::gateway
