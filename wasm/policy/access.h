// The caller's key: found in whichever header the client uses, sent on in the one the supplier
// wants.
#pragma once

#include "base/result.h"
#include "http/head.h"

#include <span>
#include <string>
#include <string_view>

namespace llmproxy::policy {

// The key, as a slice of the head; an error (401) when there is none, or when it could not stand in
// a header. Its form is the supplier's matter. `names`: of headers where it may be instead of
// `authorization`.
Result<std::string_view> find_key(const http::Headers& headers, std::span<const std::string> names);

}  // namespace llmproxy::policy
