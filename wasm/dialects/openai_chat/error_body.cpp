#include "dialects/openai_chat/error_body.h"

#include "base/text.h"
#include "dialects/openai_chat/error_object.h"
#include "json/writer.h"
#include "sse/writer.h"

#include <optional>
#include <string>

namespace llmproxy::openai_chat {
namespace {

using JsonWriter = json::Writer;

void write_text_or_null(JsonWriter& writer, std::string_view name, std::string_view text) {
  writer.key(name);
  if (text.empty()) {
    writer.null();
  } else {
    writer.text(text);
  }
}

std::string_view type_of_status(int status) {
  if (status == 429) {
    return "rate_limit_error";
  }
  return status >= 500 ? "server_error" : "invalid_request_error";
}

// OpenAI's `param` and `code` are strings or null, and clients in typed languages fail on anything
// else; Google's OpenAI endpoint and some relays send numbers.
// https://github.com/openai/openai-openapi (Error: code, param: string, nullable)
void write_as_text_or_null(JsonWriter& writer, std::string_view name, std::string_view value) {
  const char first = value.empty() ? 'n' : value.front();
  writer.key(name);
  if (first == '"') {
    writer.raw(value);
  } else if (first == '-' || is_digit(first)) {
    writer.text(value);
  } else {
    writer.null();
  }
}

}  // namespace

void write_error(const Error& error, Buffer& out) {
  const ErrorKind& kind = error_kind(error.code);
  JsonWriter writer(out);
  writer.begin_object();
  writer.key("error");
  writer.begin_object();
  writer.key("message");
  writer.text(error.message);
  writer.key("type");
  writer.text(kind.type);
  write_text_or_null(writer, "param", error.param);
  write_text_or_null(writer, "code", kind.code);
  writer.end_object();
  writer.end_object();
}

void write_error_event(const Error& error, Buffer& out) {
  out.append(sse::kDataBegin);
  write_error(error, out);
  out.append(sse::kDataEnd);
}

void write_upstream_error(int status, std::string_view supplier, std::string_view body,
                          Buffer& out) {
  std::optional<ErrorObject> error = find_error(body);
  JsonWriter writer(out);
  writer.begin_object();
  writer.key("error");
  writer.begin_object();
  writer.key("message");
  if (error && !error->message.empty()) {
    writer.string(error->message);
  } else {
    writer.text(concat({supplier, " answered with status ", std::to_string(status),
                        error ? " and no message." : " and a body that is not an API error."}));
  }
  writer.key("type");
  if (error && !error->type.empty()) {
    writer.string(error->type);
  } else {
    writer.text(type_of_status(status));
  }
  write_as_text_or_null(writer, "param", error ? error->param : "");
  write_as_text_or_null(writer, "code", error ? error->code : "\"upstream_error\"");
  if (error) {
    for (const auto& [name, value] : error->others) {
      writer.raw(concat({"\"", name.raw, "\":", value}));
    }
  }
  writer.end_object();
  writer.end_object();
}

}  // namespace llmproxy::openai_chat
