#include "gateway/request_headers.h"

#include "base/text.h"
#include "dialects/table.h"

#include <string_view>
#include <vector>

namespace llmproxy::gateway {
namespace {

#ifdef LLMPROXY_TRAP_FOR_TESTS
constexpr std::string_view kFirst =
    "authorization\ncontent-length\ncontent-encoding\nx-llmproxy-strict\nx-trap";
#else
constexpr std::string_view kFirst =
    "authorization\ncontent-length\ncontent-encoding\nx-llmproxy-strict";
#endif

// "/v2/{supplier}/chat/completions" and the like, as clients send it. Every other form of the same
// route is right with more headers.
bool is_plain_call(const http::RequestHead& head, const suppliers::Table& suppliers) {
  std::string_view path = head.path;
  constexpr std::string_view kPrefix = "/v2/";
  if (head.method != "POST" || path.substr(0, kPrefix.size()) != kPrefix) {
    return false;
  }
  path.remove_prefix(kPrefix.size());
  const suppliers::Supplier* supplier = suppliers.find(path.substr(0, path.find('/')));
  return supplier != nullptr && supplier->dialect != dialects::default_client().name &&
         !contains(path, "transcriptions");
}

std::string lines_of(const std::vector<std::string>& names) {
  return join(std::vector<std::string_view>(names.begin(), names.end()), "\n");
}

}  // namespace

std::string header_names(HeaderList list, const suppliers::Table& suppliers) {
  switch (list) {
    case HeaderList::first:
      return std::string(kFirst);
    case HeaderList::preflight:
      return "access-control-request-headers";
    case HeaderList::keys:
      return lines_of(suppliers.key_headers());
    case HeaderList::more:
      break;
  }
  std::string names = "supplier\ncontent-type\nupgrade";
  for (const suppliers::Supplier& supplier : suppliers.all()) {
    if (!supplier.request_headers.empty()) {
      names.append("\n").append(lines_of(supplier.request_headers));
    }
  }
  return names;
}

std::optional<HeaderList> headers_needed(const http::RequestHead& head,
                                         const suppliers::Table& suppliers) {
  if (head.method == "OPTIONS") {
    return HeaderList::preflight;
  }
  return is_plain_call(head, suppliers) ? std::nullopt : std::optional(HeaderList::more);
}

}  // namespace llmproxy::gateway
