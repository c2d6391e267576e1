#include "dialects/openai_chat/read_error.h"

#include "base/limits.h"
#include "base/text.h"
#include "dialects/openai_chat/error_object.h"

#include <array>
#include <optional>
#include <utility>

namespace llmproxy::openai_chat {
namespace {

// The inside of a JSON string, or a number, as it stands.
std::string_view word_of(std::string_view json) {
  return json.size() > 1 && json.front() == '"' ? json.substr(1, json.size() - 2) : json;
}

std::optional<int> status_in(std::string_view json) {
  const std::int64_t number = parse_integer(word_of(json)).value_or(0);
  return number >= 400 && number < 600 ? std::optional(static_cast<int>(number)) : std::nullopt;
}

// What a word of the error's says: its code, or its type.
std::optional<ErrorCode> code_of_word(std::string_view word) {
  constexpr std::array kWords = std::to_array<std::pair<std::string_view, ErrorCode>>({
      {"invalid_api_key", ErrorCode::invalid_key},
      {"authentication_error", ErrorCode::invalid_key},
      {"permission_error", ErrorCode::permission_denied},
      {"unsupported_country_region_territory", ErrorCode::location_unsupported},
      {"model_not_found", ErrorCode::model_not_found},
      {"context_length_exceeded", ErrorCode::context_length_exceeded},
      {"insufficient_quota", ErrorCode::insufficient_quota},
      {"billing_hard_limit_reached", ErrorCode::credit_exhausted},
      {"rate_limit_exceeded", ErrorCode::rate_limited},
      {"rate_limit_error", ErrorCode::rate_limited},
      {"server_is_overloaded", ErrorCode::overloaded},
      {"overloaded_error", ErrorCode::overloaded},
      {"slow_down", ErrorCode::overloaded},
      {"content_policy_violation", ErrorCode::content_blocked},
      {"content_filter", ErrorCode::content_blocked},
      {"tool_use_failed", ErrorCode::malformed_function_call},  // Groq's
  });
  for (const auto& [known, code] : kWords) {
    if (word == known) {
      return code;
    }
  }
  return std::nullopt;
}

ErrorCode code_of_status(int status) {
  switch (status) {
    case 401:
      return ErrorCode::invalid_key;
    case 402:
      return ErrorCode::credit_exhausted;
    case 403:
      return ErrorCode::permission_denied;
    case 404:
      return ErrorCode::model_not_found;
    case 429:
      return ErrorCode::rate_limited;
    case 503:
      return ErrorCode::overloaded;
    case 408:
    case 504:
      return ErrorCode::timeout;
    default:
      return status >= 500 ? ErrorCode::upstream_failed : ErrorCode::upstream_rejected;
  }
}

// Of an error in a reply that says it is a success: a number in it, or what its type is.
int find_status(const ErrorObject& error) {
  if (const std::optional<int> status = status_in(error.code)) {
    return *status;
  }
  for (const auto& [name, value] : error.others) {
    if (name.equals("status_code") || name.equals("status")) {
      if (const std::optional<int> status = status_in(value)) {
        return *status;
      }
    }
  }
  return error.type.equals("invalid_request_error") ? 400 : 500;
}

}  // namespace

Error read_error(int status, std::string_view body) {
  const std::optional<ErrorObject> found = find_error(body);
  const ErrorObject error = found.value_or(ErrorObject{});
  if (status == 0) {
    status = find_status(error);
  }
  std::optional<ErrorCode> code = code_of_word(word_of(error.code));
  code = code ? code : code_of_word(error.type.raw);
  Error out{code.value_or(code_of_status(status)), error.message_start(), ""};
  out.quotes_supplier = true;
  if (error.param.starts_with('"')) {
    out.param = json::String{word_of(error.param).substr(0, kMaxLink), true}.decode();
  }
  if (out.message.empty()) {
    out.message = concat({"The supplier answered with status ", std::to_string(status),
                          found ? " and no message." : " and a body that is not an API error."});
  }
  if (out.code == ErrorCode::upstream_rejected || out.code == ErrorCode::upstream_failed) {
    out.status = status;
  }
  return out;
}

Error malformed_reply(const json::Cursor& cursor) {
  return malformed_reply(concat({"something that is not JSON: ", cursor.fault()}));
}

Error malformed_reply(std::string_view what) {
  return {ErrorCode::upstream_malformed, {"The supplier sent ", what, "."}, ""};
}

}  // namespace llmproxy::openai_chat
