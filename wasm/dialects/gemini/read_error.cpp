#include "dialects/gemini/read_error.h"

#include "base/limits.h"
#include "base/text.h"
#include "json/cursor.h"
#include "json/lenient.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace llmproxy::gemini {
namespace {

using json::Kind;

// google.rpc.Status with the details that mean something here.
// https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto
struct Details {
  bool found = false;
  int code = 0;
  std::string message;
  std::string status;
  std::string reason;         // ErrorInfo
  std::string debug;          // DebugInfo: the truth when the message is a placeholder
  std::string field;          // BadRequest, the first violation
  double retry_seconds = -1;  // RetryInfo
  bool daily_quota = false;   // QuotaFailure
};

constexpr std::string_view kLocation = "User location is not supported";

// A duration as JSON has it ("34.07s"), or in milliseconds ("900ms"); negative: it is none.
// https://protobuf.dev/programming-guides/json/ (Duration)
double parse_seconds(std::string_view text) {
  const double scale = text.ends_with("ms") ? 0.001 : 1;
  const std::size_t unit = text.ends_with("ms") ? 2 : text.ends_with("s") ? 1 : 0;
  const std::string_view number = text.substr(0, text.size() - unit);
  const std::size_t dot = std::min(number.find('.'), number.size());
  const auto are_digits = [](std::string_view digits) {
    return !digits.empty() &&
           std::all_of(digits.begin(), digits.end(), [](char c) { return is_digit(c); });
  };
  const bool good = unit > 0 && are_digits(number.substr(0, dot)) &&
                    (dot == number.size() || are_digits(number.substr(dot + 1)));
  return good ? std::min(json::approximate(number) * scale, kMaxRetrySeconds) : -1;
}

// Of a text of any length, as much as anything here is made of.
std::string decode_text(json::Cursor& cursor) {
  json::String text;
  read_text(cursor, text);
  text.raw = text.raw.substr(0, json::prefix_length(text.raw, kMaxErrorBody));
  return text.decode();
}

// quotaId and quotaValue of a QuotaFailure, field of a BadRequest.
void read_violation(json::Cursor& cursor, Details& out) {
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("quotaId")) {
      const std::string id = decode_text(cursor);
      out.daily_quota = out.daily_quota || contains(id, "PerDay") || contains(id, "Daily");
    } else if (key.equals("quotaValue")) {
      out.daily_quota = decode_text(cursor) == "0" || out.daily_quota;
    } else if (key.equals("field") && out.field.empty()) {
      out.field = decode_text(cursor);
    } else {
      cursor.skip_value();
    }
  });
}

void read_detail(json::Cursor& cursor, Details& out) {
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("reason")) {
      out.reason = decode_text(cursor);
    } else if (key.equals("detail")) {
      out.debug = decode_text(cursor);
    } else if (key.equals("retryDelay")) {
      out.retry_seconds = parse_seconds(decode_text(cursor));
    } else if (key.equals("violations") || key.equals("fieldViolations")) {
      each_element(cursor, [&] { read_violation(cursor, out); });
    } else {
      cursor.skip_value();
    }
  });
}

void read_status(json::Cursor& cursor, Details& out) {
  out.found = true;
  if (cursor.kind() == Kind::string) {
    out.message = decode_text(cursor);
    return;
  }
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("code") && cursor.kind() == Kind::number) {
      std::string_view code;
      cursor.read_number(code);
      out.code = static_cast<int>(parse_integer(code).value_or(0));
    } else if (key.equals("message")) {
      out.message = decode_text(cursor);
    } else if (key.equals("status")) {
      out.status = decode_text(cursor);
    } else if (key.equals("details")) {
      each_element(cursor, [&] { read_detail(cursor, out); });
    } else {
      cursor.skip_value();
    }
  });
}

Details read_details(std::string_view body) {
  Details out;
  json::Cursor cursor(body);
  const auto read_body = [&] {
    each_member(cursor, [&](const json::String& key) {
      if (key.equals("error")) {
        read_status(cursor, out);
      } else {
        cursor.skip_value();
      }
    });
  };
  if (cursor.kind() == Kind::array) {  // as the endpoint for OpenAI clients sends it
    each_element(cursor, read_body);
  } else {
    read_body();
  }
  return out;
}

// For a failure in mid-stream, whose code may be missing.
// https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
int status_of_name(std::string_view name) {
  constexpr std::array kNames = std::to_array<std::pair<std::string_view, int>>({
      {"CANCELLED", 499},
      {"INVALID_ARGUMENT", 400},
      {"FAILED_PRECONDITION", 400},
      {"OUT_OF_RANGE", 400},
      {"UNAUTHENTICATED", 401},
      {"PERMISSION_DENIED", 403},
      {"NOT_FOUND", 404},
      {"ALREADY_EXISTS", 409},
      {"ABORTED", 409},
      {"RESOURCE_EXHAUSTED", 429},
      {"UNIMPLEMENTED", 501},
      {"UNAVAILABLE", 503},
      {"DEADLINE_EXCEEDED", 504},
  });
  for (const auto& [known, status] : kNames) {
    if (name == known) {
      return status;
    }
  }
  return 500;
}

struct Mapped {
  ErrorCode code;
  std::string_view param;
};

Mapped map_bad_request(const Details& details) {
  const std::string_view message = details.message;
  const std::string text = lower(message);
  if (details.reason == "API_KEY_INVALID" || contains(message, "API key not valid")) {
    return {ErrorCode::invalid_key, ""};
  }
  if (contains(message, kLocation) || contains(details.debug, kLocation)) {
    return {ErrorCode::location_unsupported, ""};
  }
  if ((contains(text, "token count") && contains(text, "exceed")) ||
      contains(text, "input token")) {
    return {ErrorCode::context_length_exceeded, "messages"};
  }
  if (contains(text, "thought_signature") || contains(text, "thought signature")) {
    return {ErrorCode::invalid_thought_signature, "messages"};
  }
  if (contains(text, "logprobs is not")) {
    return {ErrorCode::unsupported_parameter, "logprobs"};
  }
  return {ErrorCode::upstream_rejected, ""};
}

Mapped map_status(int status, const Details& details) {
  switch (status) {
    case 400:
      return map_bad_request(details);
    case 401:
      return {ErrorCode::invalid_key, ""};
    case 402:
      return {ErrorCode::credit_exhausted, ""};
    case 403:
      return {ErrorCode::permission_denied, ""};
    case 404:
      return {ErrorCode::model_not_found, "model"};
    case 429: {
      const bool used_up = details.daily_quota || contains(details.message, "limit: 0,");
      return {used_up ? ErrorCode::insufficient_quota : ErrorCode::rate_limited, ""};
    }
    case 501:
      return {ErrorCode::unsupported_upstream, ""};
    case 503:
      return {ErrorCode::overloaded, ""};
    case 504:
      return {ErrorCode::timeout, ""};
    default:
      return {status >= 500 ? ErrorCode::upstream_failed : ErrorCode::upstream_rejected, ""};
  }
}

// The field of OpenAI's that a field of Gemini's was written from.
std::string_view map_field(std::string_view field) {
  constexpr std::array kFields = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"temperature", "temperature"},
      {"top_p", "top_p"},
      {"top_k", "top_k"},
      {"max_output_tokens", "max_tokens"},
      {"stop_sequences", "stop"},
      {"response_json_schema", "response_format"},
      {"response_schema", "response_format"},
      {"tool_config", "tool_choice"},
      {"tools", "tools"},
      {"contents", "messages"},
      {"system_instruction", "messages"},
  });
  for (const auto& [ours, theirs] : kFields) {
    if (contains(field, ours)) {
      return theirs;
    }
  }
  return "";
}

// `status`: of the reply; 0 in mid-stream.
Error error_of(int status, const Details& details) {
  const bool in_stream = status == 0;
  if (in_stream) {
    status =
        details.code >= 400 && details.code < 600 ? details.code : status_of_name(details.status);
  }
  // Whoever cancelled a stream that is still read here, it was not the client.
  const bool cancelled = in_stream && status == 499;
  const Mapped mapped =
      cancelled ? Mapped{ErrorCode::upstream_failed, ""} : map_status(status, details);
  Error error{mapped.code, details.message, std::string(mapped.param)};
  error.quotes_supplier = true;
  const bool says_location =
      contains(error.message, kLocation) && error.message.size() < kMaxErrorMessage / 2;
  if (mapped.code == ErrorCode::location_unsupported && !says_location) {
    error.message = concat({kLocation, " for the API use."});
  }
  if (error.message.empty()) {
    error.message =
        concat({"Gemini answered with status ", std::to_string(status),
                details.found ? " and no message." : " and a body that is not an API error."});
  }
  if (mapped.code == ErrorCode::location_unsupported) {
    error.message.append(
        " The request left from a place that Gemini does not serve: give the Worker a placement "
        "region "
        "(see the README), or set GEMINI_BASE_URL to a relay of yours.");
  }
  if (error.param.empty()) {
    error.param = map_field(details.field);
  }
  const bool own_row =
      mapped.code == ErrorCode::upstream_rejected || mapped.code == ErrorCode::upstream_failed;
  // Client closed request: of no use to a client that is still there.
  if (own_row && status != 499) {
    error.status = status;
  }
  if (details.retry_seconds >= 0) {
    error.retry_after_ms = static_cast<std::int64_t>(details.retry_seconds * 1000);
  }
  return error;
}

}  // namespace

Error read_error(int status, std::string_view body) {
  return error_of(status, read_details(body));
}

Error read_error_member(std::string_view error) {
  Details details;
  json::Cursor cursor(error);
  read_status(cursor, details);
  return error_of(0, details);
}

Error malformed_reply(const json::Cursor& cursor) {
  return {ErrorCode::upstream_malformed,
          {"Gemini sent something that is not JSON: ", cursor.fault(), "."},
          ""};
}

}  // namespace llmproxy::gemini
