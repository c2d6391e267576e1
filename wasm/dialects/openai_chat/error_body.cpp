#include "dialects/openai_chat/error_body.h"

#include "base/text.h"
#include "json/cursor.h"
#include "json/writer.h"
#include "sse/writer.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace llmproxy::openai_chat {
namespace {

using json::Kind;
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

// Members of an error object, as slices.
struct ErrorObject {
  json::String message;
  json::String type;
  std::string_view param;
  std::string_view code;
  std::vector<std::pair<json::String, std::string_view>> others;
};

bool read_text(json::Cursor& cursor, json::String& out) {
  return cursor.kind() == Kind::string ? cursor.read_string(out) : cursor.skip_value();
}

// Reads the next member of an error object, whose name is `key`.
void read_member(json::Cursor& cursor, const json::String& key, ErrorObject& error) {
  if (key.equals("message")) {
    read_text(cursor, error.message);
  } else if (key.equals("type")) {
    read_text(cursor, error.type);
  } else if (key.equals("param")) {
    cursor.skip_value(error.param);
  } else if (key.equals("code")) {
    cursor.skip_value(error.code);
  } else {
    std::string_view value;
    cursor.skip_value(value);
    error.others.emplace_back(key, value);
  }
}

// An object, or a text: {"error": "text"}. Passes over whatever else is there.
std::optional<ErrorObject> read_object(json::Cursor& cursor) {
  ErrorObject error;
  json::String key;
  if (cursor.try_read_string(error.message)) {
    return error;
  }
  if (!cursor.try_enter_object()) {
    cursor.skip_value();
    return std::nullopt;
  }
  while (cursor.next_member(key)) {
    read_member(cursor, key, error);
  }
  return error;
}

// What `read` finds in the value at the cursor or, if that is a list, in its first element that has
// something.
template <typename Read>
std::optional<ErrorObject> read_one_or_list(json::Cursor& cursor, Read read) {
  if (!cursor.try_enter_array()) {
    return read(cursor);
  }
  std::optional<ErrorObject> found;
  while (cursor.next_element()) {
    std::optional<ErrorObject> error = read(cursor);
    if (!found) {
      found = std::move(error);
    }
  }
  return found;
}

// The error in an object that has it as a member, or is one itself.
std::optional<ErrorObject> read_envelope(json::Cursor& cursor) {
  if (cursor.kind() != Kind::object) {
    cursor.skip_value();
    return std::nullopt;
  }
  std::optional<ErrorObject> inner;
  std::string_view word;  // as JSON text, of {"error": "word"}
  ErrorObject outer;
  json::String key;
  cursor.enter_object();
  while (cursor.next_member(key)) {
    if (!key.equals("error") && !key.equals("errors")) {
      read_member(cursor, key, outer);
      continue;
    }
    json::Cursor ahead = cursor;
    std::string_view value;
    cursor.skip_value(value);
    if (std::optional<ErrorObject> error = read_one_or_list(ahead, read_object)) {
      inner = std::move(error);
      word = value.starts_with('"') ? value : "";
    }
  }
  const bool inner_says_more = inner && word.empty() && !inner->message.empty();
  if (inner_says_more || outer.message.empty()) {
    return inner;
  }
  outer.code = outer.code.empty() ? word : outer.code;
  return outer;
}

// The error that `body` tells, if it is JSON and tells one. Besides OpenAI's {"error": {…}} there
// are
//   [{"error": {…}}]          https://github.com/Simpleyyt/ai-manus/issues/101 (Google's)
//   {"errors": [{…}]}         https://developers.cloudflare.com/api/
//   {"message": …, "code": …} https://github.com/vllm-project/vllm (ErrorResponse, until 0.10)
std::optional<ErrorObject> find_error(std::string_view body) {
  json::Cursor cursor(body);
  std::optional<ErrorObject> found = read_one_or_list(cursor, read_envelope);
  return cursor.failed() || !cursor.at_end() ? std::nullopt : found;
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
