#include "gateway/responses.h"

#include "base/limits.h"
#include "base/text.h"
#include "gateway/redaction.h"
#include "json/cursor.h"
#include "policy/route.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace llmproxy::gateway {
namespace {

using http::write_header;

// Of every response, so that pages of any origin may read it and all that it says. Wildcards count
// for requests without credentials, and no other gets past the first of the two; a list of names
// would be ten times as long, which a small request feels.
// https://fetch.spec.whatwg.org/#http-access-control-expose-headers
constexpr std::string_view kCommon =
    "access-control-allow-origin: *\n"
    "access-control-expose-headers: *\n";

// Prefixes and names of the headers that are passed on of any reply.
constexpr std::array kPassedOn =
    std::to_array<std::string_view>({"content-type", "content-disposition", "x-request-id",
                                     "retry-after", "x-should-retry", "x-ratelimit-"});

bool is_passed_on(std::string_view name, const suppliers::Supplier& supplier) {
  const auto begins_name = [name](std::string_view prefix) {
    return equals_ignoring_case(name.substr(0, prefix.size()), prefix);
  };
  return std::any_of(kPassedOn.begin(), kPassedOn.end(), begins_name) ||
         std::any_of(supplier.reply_headers.begin(), supplier.reply_headers.end(), begins_name);
}

// Days from 1970-01-01 to a date of the Gregorian calendar.
// https://howardhinnant.github.io/date_algorithms.html#days_from_civil
std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = year / 400;
  const std::int64_t year_of_era = year % 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719'468;
}

// Unix time of "Sun, 06 Nov 1994 08:49:37 GMT", the one form of a date that is still sent.
// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
std::optional<std::int64_t> parse_date(std::string_view text) {
  constexpr std::string_view kForm = "xxx, 00 xxx 0000 00:00:00 GMT";
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != kForm.size()) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool fits =
        kForm[i] == 'x' || (kForm[i] == '0' ? is_digit(text[i]) : text[i] == kForm[i]);
    if (!fits) {
      return std::nullopt;
    }
  }
  const std::size_t month = kMonths.find(text.substr(8, 3));
  if (month == std::string_view::npos || month % 3 != 0) {
    return std::nullopt;
  }
  const auto number = [&](std::size_t at, std::size_t size) {
    return parse_integer(text.substr(at, size)).value_or(0);
  };
  const std::int64_t days =
      days_from_civil(number(12, 4), static_cast<std::int64_t>(month / 3 + 1), number(5, 2));
  return days * 86'400 + number(17, 2) * 3'600 + number(20, 2) * 60 + number(23, 2);
}

// "12" or "12.5"; nothing of other forms.
std::optional<double> parse_decimal(std::string_view text) {
  const std::size_t dot = std::min(text.find('.'), text.size());
  const std::string_view fraction = text.substr(std::min(dot + 1, text.size()));
  const auto are_digits = [](std::string_view digits) {
    return !digits.empty() && std::all_of(digits.begin(), digits.end(), is_digit);
  };
  const bool good = are_digits(text.substr(0, dot)) && (dot == text.size() || are_digits(fraction));
  return good ? std::optional(json::approximate(text)) : std::nullopt;
}

// How long a supplier asks to wait. Clients sleep for as long as they are told, so a wait that is
// longer than any of a supplier's own is made that long, and what is no wait stays here. A date is
// told in seconds: not every client reads one. Clients read `retry-after-ms` first.
// https://github.com/openai/openai-node/blob/master/src/client.ts (retryRequest)
void write_wait(const http::Header& header, std::int64_t now, std::string& block) {
  const bool in_ms = equals_ignoring_case(header.name, "retry-after-ms");
  const auto most = static_cast<std::int64_t>(kMaxRetrySeconds) * (in_ms ? 1'000 : 1);
  if (const std::optional<double> wait = parse_decimal(header.value)) {
    const bool good = *wait <= static_cast<double>(most);
    write_header(header.name, good ? header.value : std::to_string(most), block);
  } else if (const auto date = in_ms ? std::nullopt : parse_date(header.value)) {
    const std::int64_t left = std::clamp<std::int64_t>(*date - now, 0, most);
    write_header(header.name, std::to_string(left), block);
  }
}

bool is_wait(std::string_view name) {
  return equals_ignoring_case(name, "retry-after") || equals_ignoring_case(name, "retry-after-ms");
}

void write_stream_headers(std::string& block) {
  write_header("cache-control", "no-cache, no-transform", block);
  write_header("x-accel-buffering", "no", block);
}

}  // namespace

std::string common_headers() {
  return std::string(kCommon);
}

std::string common_upstream_headers() {
  std::string block;
  // A reply that is decoded here, or that must not be held back by a decoder on the way.
  write_header("accept-encoding", "identity", block);
  write_header("user-agent", concat({"llmproxy/", kVersion}), block);
  return block;
}

std::string json_headers() {
  return typed_headers("application/json");
}

std::string typed_headers(std::string_view content_type) {
  std::string block;
  write_header("content-type", content_type, block);
  return block;
}

std::string stream_headers() {
  std::string block;
  write_header("content-type", "text/event-stream; charset=utf-8", block);
  // Without it `wrangler dev` compresses the stream, and holds it back to do so.
  // https://github.com/cloudflare/workers-sdk/issues/6577
  write_header("content-encoding", "identity", block);
  write_stream_headers(block);
  return block;
}

std::string error_headers(const Error& error) {
  std::string block = json_headers();
  if (error.retry_after_ms >= 0) {
    // Whole seconds, rounded up: a client that comes too early is refused again.
    write_header("retry-after", std::to_string((error.retry_after_ms + 999) / 1000), block);
    write_header("retry-after-ms", std::to_string(error.retry_after_ms), block);
  }
  if (!error.allow.empty()) {
    write_header("allow", error.allow, block);
  }
  if (!error_kind(error.code).retry) {
    write_header("x-should-retry", "false", block);
  }
  return block;
}

std::string piped_headers(const http::Headers& reply, const suppliers::Supplier& supplier) {
  std::string block;
  for (const http::Header& header : reply.all()) {
    if (is_passed_on(header.name, supplier)) {
      write_header(header.name, header.value, block);
    }
  }
  if (contains(reply.find("content-type").value_or(""), "text/event-stream")) {
    write_header("content-encoding", "identity", block);
    write_stream_headers(block);
  }
  return block;
}

std::string piped_error_headers(const http::Headers& reply, const suppliers::Supplier& supplier,
                                std::string_view key, std::int64_t now) {
  std::string block;
  write_header("content-type", "application/json", block);
  for (const http::Header& header : reply.all()) {
    if (is_wait(header.name)) {
      write_wait(header, now, block);
    } else if (is_passed_on(header.name, supplier) &&
               !equals_ignoring_case(header.name, "content-type")) {
      write_header(header.name, without_key(header.value, key), block);
    }
  }
  return block;
}

std::string preflight_headers(const http::Headers& request) {
  std::string block;
  const std::string_view asked = request.find("access-control-request-headers").value_or("");
  write_header("access-control-allow-headers",
               asked.empty() || asked.size() > kMaxEchoedHeaders ? "*, authorization" : asked,
               block);
  write_header("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE, OPTIONS", block);
  write_header("access-control-max-age", "86400", block);
  write_header("vary", "access-control-request-headers", block);
  return block;
}

std::string text_headers() {
  std::string block;
  write_header("content-type", "text/plain; charset=utf-8", block);
  return block;
}

std::string index_text(const suppliers::Table& suppliers) {
  std::vector<std::string_view> titles;
  std::string addresses;
  for (const suppliers::Supplier& supplier : suppliers.all()) {
    titles.push_back(supplier.title);
    addresses.append("  <this address>/v2/").append(supplier.name).append("\n");
  }
  const std::string_view api = dialects::default_client().title;
  return concat({"llmproxy ", kVersion, ": an ", api, "-compatible proxy for ", enumerate(titles),
                 ".\n\nSet the base URL of any ", api,
                 " client to one of these, and its key to the supplier's key:\n", addresses,
                 "  <this address>/v1          with the header 'supplier: ",
                 policy::supplier_choice(suppliers),
                 "', or by model name\n\nRoutes: ", policy::routes_text(suppliers), "\n"});
}

std::string health_json() {
  return concat({R"({"status":"ok","version":")", kVersion, "\"}"});
}

}  // namespace llmproxy::gateway
