#include "gateway/config.h"

#include "base/text.h"

#include <algorithm>
#include <optional>

namespace llmproxy::gateway {

namespace {

// In milliseconds; what is no number of seconds leaves it at `otherwise`.
std::uint32_t read_seconds(std::string_view value, std::uint32_t otherwise) {
  const std::optional<std::int64_t> seconds = parse_integer(value);
  if (!seconds || *seconds < 0) {
    return otherwise;
  }
  return static_cast<std::uint32_t>(std::min(*seconds, kMaxTimeLimitSeconds) * 1000);
}

// Of two steps of time, where a limit of 0 is none.
std::uint32_t shorter(std::uint32_t step, std::uint32_t limit) {
  return limit > 0 ? std::min(step, limit) : step;
}

}  // namespace

void Config::set(std::string_view name, std::string_view value) {
  value = trim(value);
  for (const suppliers::Supplier& supplier : suppliers().all()) {
    if (name == supplier.base_url_variable && !name.empty() && !value.empty()) {
      value = value.substr(0, value.find_last_not_of('/') + 1);
      base_urls_.push_back({&supplier, std::string(value)});
    }
  }
  if (name == "FIRST_BYTE_TIMEOUT_SECONDS") {
    first_byte_ms_ = read_seconds(value, kFirstByteMs);
    tick_ms_ = shorter(tick_ms_, first_byte_ms_);
  } else if (name == "SILENCE_TIMEOUT_SECONDS") {
    silence_ms_ = read_seconds(value, kSilenceMs);
    tick_ms_ = shorter(tick_ms_, silence_ms_);
  } else if (name == "HEARTBEAT") {
    heartbeat_ = equals_ignoring_case(value, "off")       ? Heartbeat::off
                 : equals_ignoring_case(value, "comment") ? Heartbeat::comment
                                                          : Heartbeat::chunk;
  } else if (name == "SUPPLIER_BY_MODEL") {
    supplier_by_model_ = !equals_ignoring_case(value, "off");
  } else if (name == "THOUGHT_SIGNATURES") {
    signatures_in_ids_ = !equals_ignoring_case(value, "field");
  }
}

std::string_view Config::base_url(const suppliers::Supplier& supplier) const {
  for (const BaseUrl& entry : base_urls_) {
    if (entry.supplier == &supplier) {
      return entry.url;
    }
  }
  return supplier.base_url;
}

}  // namespace llmproxy::gateway
