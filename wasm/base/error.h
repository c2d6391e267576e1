// What can go wrong, and how an OpenAI client is told: status, type and code per error.
// https://platform.openai.com/docs/guides/error-codes/api-errors
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace llmproxy {

enum class ErrorCode : std::uint8_t {
  invalid_json,
  invalid_value,
  invalid_type,
  missing_parameter,
  unsupported_value,
  unsupported_parameter,
  unknown_parameter,
  array_too_long,
  string_too_long,
  unknown_supplier,
  unknown_route,
  invalid_path,
  method_not_allowed,
  missing_key,
  request_timeout,
  body_too_large,
  unsupported_encoding,
  upgrade_refused,
  out_of_memory,
  invalid_key,
  permission_denied,
  location_unsupported,
  model_not_found,
  context_length_exceeded,
  insufficient_quota,
  credit_exhausted,
  rate_limited,
  overloaded,
  timeout,
  unsupported_upstream,
  invalid_thought_signature,
  content_blocked,
  other_answer,
  upstream_unreachable,
  upstream_cut,
  upstream_malformed,
  upstream_empty,
  upstream_rejected,
  upstream_failed,
  malformed_function_call,
  instance_failed,
};

struct ErrorKind {
  ErrorCode id;
  int status;             // HTTP
  std::string_view type;  // error.type
  std::string_view code;  // error.code; empty is null
  bool retry;             // false: trying again cannot help, so x-should-retry says so
};

// The row of `code`; there is one for every enumerator.
const ErrorKind& error_kind(ErrorCode code);

struct Error {
  // Out of line, all of them: code is full of places where something could fail.
  Error(ErrorCode kind, std::string_view text, std::string_view field);
  // The same, with a message in pieces.
  Error(ErrorCode kind, std::initializer_list<std::string_view> text, std::string_view field);
  Error(const Error&);
  Error(Error&&) noexcept;
  Error& operator=(const Error&);
  Error& operator=(Error&&) noexcept;
  ~Error();

  ErrorCode code;
  // What was wrong, where, and what is accepted. Never a key, a prompt, or upstream HTML.
  std::string message;
  // The request field at fault (`messages[2].content`); empty is null.
  std::string param;
  // When upstream's own status says more than the row's; 0 is the row's.
  int status = 0;
  // The methods that the path takes, for the header `allow`.
  std::string_view allow = {};
  // How long upstream asks to wait; negative is unknown.
  std::int64_t retry_after_ms = -1;
  // The message is the supplier's, as it came: it may be long, and hold what it should not.
  bool quotes_supplier = false;

  int http_status() const { return status != 0 ? status : error_kind(code).status; }
};

}  // namespace llmproxy
