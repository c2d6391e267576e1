#include "gateway/config.h"

#include "base/text.h"

namespace llmproxy::gateway {

void Config::set(std::string_view name, std::string_view value) {
  value = trim(value);
  for (const suppliers::Supplier& supplier : suppliers::all()) {
    if (name == supplier.base_url_var && !value.empty()) {
      value = value.substr(0, value.find_last_not_of('/') + 1);
      base_urls_.push_back({supplier.name, std::string(value)});
    }
  }
  if (name == "HEARTBEAT") {
    heartbeat_ = equals_ignoring_case(value, "off")       ? Heartbeat::off
                 : equals_ignoring_case(value, "comment") ? Heartbeat::comment
                                                          : Heartbeat::chunk;
  } else if (name == "THOUGHT_SIGNATURES") {
    signatures_in_ids_ = equals_ignoring_case(value, "id");
  }
}

std::string_view Config::base_url(const suppliers::Supplier& supplier) const {
  for (const BaseUrl& entry : base_urls_) {
    if (entry.supplier == supplier.name) {
      return entry.url;
    }
  }
  return supplier.base_url;
}

}  // namespace llmproxy::gateway
