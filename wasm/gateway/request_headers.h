// The allow-list of request headers.
#pragma once

#include "suppliers/table.h"

#include <string>

namespace llmproxy::gateway {

// The names of the request headers that mean something here, a line each and in lower case. The
// host brings those of them that a request has together with its head. No other header of a request
// reaches the core.
std::string request_header_names(const suppliers::Table& suppliers);

}  // namespace llmproxy::gateway
