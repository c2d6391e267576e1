#include "gateway/request_headers.h"

#include "base/text.h"
#include "dialects/table.h"
#include "suppliers/supplier.h"

namespace llmproxy::gateway {
namespace {

#ifdef LLMPROXY_TRAP_FOR_TESTS
constexpr std::string_view kFirst =
    "authorization\ncontent-length\ncontent-encoding\nx-llmproxy-strict\nx-trap";
#else
constexpr std::string_view kFirst =
    "authorization\ncontent-length\ncontent-encoding\nx-llmproxy-strict";
#endif

// "/v2/gemini/chat/completions" and the like, as clients send it. Every other form of the same
// route is right with more headers.
bool is_plain_call(const http::RequestHead& head) {
  std::string_view path = head.path;
  constexpr std::string_view kPrefix = "/v2/";
  if (head.method != "POST" || path.substr(0, kPrefix.size()) != kPrefix) {
    return false;
  }
  path.remove_prefix(kPrefix.size());
  const suppliers::Supplier* supplier = suppliers::find(path.substr(0, path.find('/')));
  return supplier != nullptr && supplier->dialect != dialects::default_client().name &&
         !contains(path, "transcriptions");
}

}  // namespace

std::string header_names(HeaderList list) {
  switch (list) {
    case HeaderList::first:
      return std::string(kFirst);
    case HeaderList::preflight:
      return "access-control-request-headers";
    case HeaderList::keys:
      return "x-api-key\napi-key\nx-goog-api-key";
    case HeaderList::more:
      break;
  }
  std::string names = "supplier\ncontent-type\nupgrade";
  for (const suppliers::Supplier& supplier : suppliers::all()) {
    for (const std::string_view name : supplier.request_headers) {
      names.append("\n").append(name);
    }
  }
  return names;
}

std::optional<HeaderList> headers_needed(const http::RequestHead& head) {
  if (head.method == "OPTIONS") {
    return HeaderList::preflight;
  }
  return is_plain_call(head) ? std::nullopt : std::optional(HeaderList::more);
}

}  // namespace llmproxy::gateway
