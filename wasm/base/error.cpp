#include "base/error.h"

#include "base/assert.h"
#include "base/text.h"

#include <array>

namespace llmproxy {
namespace {

constexpr std::string_view kRequest = "invalid_request_error";
constexpr std::string_view kServer = "server_error";

constexpr std::array kKinds = std::to_array<ErrorKind>({
    // The client's request.
    {ErrorCode::invalid_json, 400, kRequest, "invalid_json", false},
    {ErrorCode::invalid_value, 400, kRequest, "invalid_value", false},
    {ErrorCode::invalid_type, 400, kRequest, "invalid_type", false},
    {ErrorCode::missing_parameter, 400, kRequest, "missing_required_parameter", false},
    {ErrorCode::unsupported_value, 400, kRequest, "unsupported_value", false},
    {ErrorCode::unsupported_parameter, 400, kRequest, "unsupported_parameter", false},
    {ErrorCode::unknown_parameter, 400, kRequest, "unknown_parameter", false},
    {ErrorCode::array_too_long, 400, kRequest, "array_above_max_length", false},
    {ErrorCode::string_too_long, 400, kRequest, "string_above_max_length", false},
    {ErrorCode::unknown_supplier, 400, kRequest, "unknown_supplier", false},
    {ErrorCode::unknown_route, 404, kRequest, "unknown_url", false},
    {ErrorCode::invalid_path, 400, kRequest, "invalid_url", false},
    {ErrorCode::method_not_allowed, 405, kRequest, "method_not_supported", false},
    {ErrorCode::missing_key, 401, kRequest, "", false},
    {ErrorCode::request_timeout, 408, kRequest, "request_timeout", false},
    {ErrorCode::body_too_large, 413, kRequest, "request_too_large", false},
    {ErrorCode::unsupported_encoding, 415, kRequest, "unsupported_content_encoding", false},
    {ErrorCode::upgrade_refused, 426, kRequest, "upgrade_not_supported", false},
    // Ours: this isolate holds too much at the moment.
    {ErrorCode::out_of_memory, 503, "service_unavailable_error", "server_is_overloaded", true},
    // What the supplier said.
    {ErrorCode::invalid_key, 401, kRequest, "invalid_api_key", false},
    {ErrorCode::permission_denied, 403, kRequest, "permission_denied", false},
    {ErrorCode::location_unsupported, 403, "request_forbidden",
     "unsupported_country_region_territory", false},
    {ErrorCode::model_not_found, 404, kRequest, "model_not_found", false},
    {ErrorCode::context_length_exceeded, 400, kRequest, "context_length_exceeded", false},
    {ErrorCode::insufficient_quota, 429, "insufficient_quota", "insufficient_quota", false},
    {ErrorCode::credit_exhausted, 429, "insufficient_quota", "credit_balance_exhausted", false},
    {ErrorCode::rate_limited, 429, "rate_limit_error", "rate_limit_exceeded", true},
    {ErrorCode::overloaded, 503, "service_unavailable_error", "server_is_overloaded", true},
    {ErrorCode::timeout, 504, kServer, "timeout", true},
    {ErrorCode::unsupported_upstream, 400, kRequest, "unsupported", false},
    {ErrorCode::invalid_thought_signature, 400, kRequest, "invalid_thought_signature", false},
    {ErrorCode::content_blocked, 400, kRequest, "content_policy_violation", false},
    {ErrorCode::other_answer, 400, kRequest, "no_output", false},
    // What became of the supplier's reply.
    {ErrorCode::upstream_unreachable, 502, kServer, "upstream_unreachable", true},
    {ErrorCode::upstream_cut, 502, kServer, "upstream_cut", true},
    {ErrorCode::upstream_malformed, 502, kServer, "upstream_malformed", true},
    {ErrorCode::upstream_empty, 502, kServer, "upstream_empty", true},
    {ErrorCode::upstream_rejected, 400, kRequest, "", false},
    {ErrorCode::upstream_failed, 500, kServer, "upstream_error", true},
    {ErrorCode::malformed_function_call, 502, kServer, "malformed_function_call", true},
    // A trap in the core: the next request gets a fresh instance.
    {ErrorCode::instance_failed, 503, kServer, "instance_failed", true},
});

constexpr bool rows_follow_enumerators() {
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (static_cast<std::size_t>(kKinds[i].id) != i) {
      return false;
    }
  }
  return kKinds.size() == static_cast<std::size_t>(ErrorCode::instance_failed) + 1;
}
static_assert(rows_follow_enumerators());

}  // namespace

Error::Error(ErrorCode kind, std::string_view text, std::string_view field)
    : code(kind), message(text), param(field) {}

Error::Error(ErrorCode kind, std::initializer_list<std::string_view> text, std::string_view field)
    : code(kind), message(concat(text)), param(field) {}

Error::Error(const Error&) = default;
Error::Error(Error&&) noexcept = default;
Error& Error::operator=(const Error&) = default;
Error& Error::operator=(Error&&) noexcept = default;
Error::~Error() = default;

const ErrorKind& error_kind(ErrorCode code) {
  const auto index = static_cast<std::size_t>(code);
  LLMPROXY_ASSERT(index < kKinds.size());
  return kKinds[index];
}

}  // namespace llmproxy
