#include "gateway/route.h"

#include "base/text.h"
#include "http/url.h"

#include <string>
#include <vector>

namespace llmproxy::gateway {
namespace {

using Segments = std::vector<std::string_view>;

Error unknown_route(const http::RequestHead& head) {
  return {ErrorCode::unknown_route,
          concat({"Unknown request URL: ", shorten(head.method, 16), " ",
                  shorten(http::path_of(head.url), 200), ". Available: ", kRoutes, "."}),
          ""};
}

Result<const suppliers::Supplier*> find_supplier(std::string_view name) {
  const suppliers::Supplier* supplier = suppliers::find(trim(name));
  if (supplier == nullptr) {
    return Error{ErrorCode::unknown_supplier,
                 concat({"Unknown supplier '", shorten(trim(name), 40),
                         "'. Known suppliers: ", suppliers::names(), "."}),
                 "supplier"};
  }
  return supplier;
}

// Base URLs are pasted in every form: with a second /v1, with the whole path, with /models at the
// end. So any of these may stand before the last /chat/completions, and a POST to the bare base is
// a chat, too.
bool is_chat_path(const Segments& segments, std::size_t begin) {
  for (std::size_t i = begin; i < segments.size(); ++i) {
    const std::string_view segment = segments[i];
    const bool last = i + 1 == segments.size();
    if (segment == "chat" && !last && segments[i + 1] == "completions") {
      ++i;
    } else if (segment != "v1" && (segment != "models" || last)) {
      return false;
    }
  }
  return true;
}

Result<Route> chat_route(const http::RequestHead& head, const Segments& segments) {
  const bool v2 = !segments.empty() && segments.front() == "v2";
  if (!is_chat_path(segments, v2 ? 2 : 0) || (v2 && segments.size() < 2)) {
    return unknown_route(head);
  }
  Route route{Endpoint::chat, nullptr};
  const auto header = head.headers.find("supplier");
  const std::string_view name = v2 ? segments[1] : header.value_or("");
  if (v2 || header) {
    Result<const suppliers::Supplier*> supplier = find_supplier(name);
    if (!supplier) {
      return supplier.error();
    }
    route.supplier = *supplier;
  }
  return route;
}

}  // namespace

Result<Route> find_route(const http::RequestHead& head) {
  if (head.method == "OPTIONS") {
    return Route{Endpoint::preflight, nullptr};
  }
  const Segments segments = http::segments_of(http::path_of(head.url));
  if (head.method == "POST") {
    return chat_route(head, segments);
  }
  if (head.method == "GET" || head.method == "HEAD") {
    if (segments.empty()) {
      return Route{Endpoint::index, nullptr};
    }
    if (segments.size() == 1 && segments.front() == "health") {
      return Route{Endpoint::health, nullptr};
    }
  }
  return unknown_route(head);
}

}  // namespace llmproxy::gateway
