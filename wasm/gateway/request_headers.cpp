#include "gateway/request_headers.h"

#include "base/text.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace llmproxy::gateway {
namespace {

constexpr std::string_view kOwn[] = {
    "authorization", "content-length", "content-encoding",  "content-type",
    "supplier",      "upgrade",        "x-llmproxy-strict", "access-control-request-headers",
#ifdef LLMPROXY_TRAP_FOR_TESTS
    "x-trap",
#endif
};

void add_new(const std::vector<std::string>& more, std::vector<std::string_view>& names) {
  for (const std::string& name : more) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(name);
    }
  }
}

}  // namespace

std::string request_header_names(const suppliers::Table& suppliers) {
  std::vector<std::string_view> names(std::begin(kOwn), std::end(kOwn));
  add_new(suppliers.key_headers(), names);
  for (const suppliers::Supplier& supplier : suppliers.all()) {
    add_new(supplier.request_headers, names);
  }
  return join(names, "\n");
}

}  // namespace llmproxy::gateway
