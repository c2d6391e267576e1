// The query of a request whose path goes on as it is.
#pragma once

#include <string>
#include <string_view>

namespace llmproxy::policy {

// The query of `url` with its question mark, without the fields whose names say that they hold a
// secret; empty: nothing is left. A key in it stays here: it would be in every log on the way.
std::string query_without_secrets(std::string_view url);

}  // namespace llmproxy::policy
