// The caller's key: found in whichever header the client uses, sent on in the one the supplier
// wants.
#pragma once

#include "base/result.h"
#include "http/head.h"

#include <string>
#include <string_view>

namespace llmproxy::gateway {

// The key, as a slice of the head; an error (401) when there is none, or when it could not stand in
// a header. Its form is the supplier's matter.
Result<std::string_view> find_key(const http::Headers& headers);

// `text` with "***" in place of the key, also where JSON or a URL escapes it. A key of fewer than
// eight characters is none that has to be hidden, and may be a word.
std::string without_key(std::string_view text, std::string_view key);

}  // namespace llmproxy::gateway
