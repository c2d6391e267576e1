// Heads of our responses, and the few answers that need no supplier.
#pragma once

#include "base/error.h"
#include "http/head.h"
#include "suppliers/table.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace llmproxy::gateway {

inline constexpr std::string_view kVersion = "0.1.0";

// Headers that every response has: any page may read it. The host adds them, and an x-request-id
// where a block has none; no other block here repeats them.
// https://fetch.spec.whatwg.org/#http-cors-protocol
std::string common_headers();
// The same of every request to a supplier.
std::string common_upstream_headers();

std::string json_headers();
std::string typed_headers(std::string_view content_type);
// Nothing between here and the client may hold a stream back or change it.
std::string stream_headers();
std::string error_headers(const Error& error);
// Of a reply that goes on as it is: what a client can use of the supplier's headers.
std::string piped_headers(const http::Headers& reply, const suppliers::Supplier& supplier);
// Of an error that is passed on: the same, but the body is ours, suppliers quote `key`, and nobody
// has to wait for longer than a day. `now`: Unix time in seconds.
std::string piped_error_headers(const http::Headers& reply, const suppliers::Supplier& supplier,
                                std::string_view key, std::int64_t now);
// A preflight is granted whatever it asks for: SDKs send headers of their own, and more with each
// version.
std::string preflight_headers(const http::Headers& request);

std::string text_headers();
std::string index_text(const suppliers::Table& suppliers);
std::string health_json();

}  // namespace llmproxy::gateway
