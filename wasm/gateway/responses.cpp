#include "gateway/responses.h"

#include "base/limits.h"
#include "base/text.h"
#include "gateway/redaction.h"
#include "gateway/route.h"

#include <array>

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

// Prefixes and names of the headers of a reply that are passed on.
constexpr std::array kPassedOn = std::to_array<std::string_view>(
    {"content-type", "content-disposition", "x-request-id", "retry-after", "x-should-retry",
     "x-ratelimit-", "openai-", "x-groq-"});

bool is_passed_on(std::string_view name) {
  for (const std::string_view prefix : kPassedOn) {
    if (equals_ignoring_case(name.substr(0, prefix.size()), prefix)) {
      return true;
    }
  }
  return false;
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

std::string piped_headers(const http::Headers& reply) {
  std::string block;
  for (const http::Header& header : reply.all()) {
    if (is_passed_on(header.name)) {
      write_header(header.name, header.value, block);
    }
  }
  if (contains(reply.find("content-type").value_or(""), "text/event-stream")) {
    write_header("content-encoding", "identity", block);
    write_stream_headers(block);
  }
  return block;
}

std::string piped_error_headers(const http::Headers& reply, std::string_view key) {
  std::string block;
  write_header("content-type", "application/json", block);
  for (const http::Header& header : reply.all()) {
    if (is_passed_on(header.name) && !equals_ignoring_case(header.name, "content-type")) {
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

std::string index_text() {
  return concat(
      {"llmproxy ", kVersion,
       ": an OpenAI-compatible proxy for OpenAI, Gemini and Groq.\n\n"
       "Set the base URL of any OpenAI client to one of these, and its key to the supplier's key:\n"
       "  <this address>/v2/openai\n"
       "  <this address>/v2/gemini\n"
       "  <this address>/v2/groq\n"
       "  <this address>/v1          with the header 'supplier: openai|gemini|groq', or by model "
       "name\n\n",
       "Routes: ", kRoutes, "\n"});
}

std::string health_json() {
  return concat({R"({"status":"ok","version":")", kVersion, "\"}"});
}

}  // namespace llmproxy::gateway
