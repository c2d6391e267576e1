#include "dialects/openai_chat/error_object.h"

#include "base/limits.h"
#include "json/lenient.h"

namespace llmproxy::openai_chat {
namespace {

using json::Kind;

// Reads the next member of an error object, whose name is `key`.
void read_member(json::Cursor& cursor, const json::String& key, ErrorObject& error) {
  if (key.equals("message") || (key.equals("msg") && error.message.empty())) {
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
    if (error.others.size() < kMaxUnknownFields) {
      error.others.emplace_back(key, value);
    }
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

// FastAPI's `detail`, at the cursor: a text, a list of what is wrong with the request, or an object
// of the server's own. What it holds beside the message stays under its name.
void read_detail(json::Cursor& cursor, const json::String& key, ErrorObject& error) {
  json::Cursor ahead = cursor;
  const bool is_text = cursor.kind() == Kind::string;
  if (is_text) {
    cursor.skip_value();
  } else {
    read_member(cursor, key, error);
  }
  const std::optional<ErrorObject> detail = read_one_or_list(ahead, read_object);
  if (detail && error.message.empty()) {
    error.message = detail->message;
  }
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
    if (key.equals("detail")) {
      read_detail(cursor, key, outer);
      continue;
    }
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

}  // namespace

std::string ErrorObject::message_start() const {
  const std::size_t size = json::prefix_length(message.raw, kMaxErrorMessage);
  return json::String{message.raw.substr(0, size), message.has_escapes}.decode();
}

// Besides OpenAI's {"error": {…}} there are
//   [{"error": {…}}]          https://github.com/Simpleyyt/ai-manus/issues/101 (Google's)
//   {"errors": [{…}]}         https://developers.cloudflare.com/api/
//   {"message": …, "code": …} https://github.com/vllm-project/vllm (ErrorResponse, until 0.10)
//   {"detail": "…"}           https://fastapi.tiangolo.com/tutorial/handling-errors/, and
//   {"detail": [{"loc": […], "msg": …, "type": …}]} of a request that it does not take
std::optional<ErrorObject> find_error(std::string_view body) {
  json::Cursor cursor(body);
  std::optional<ErrorObject> found = read_one_or_list(cursor, read_envelope);
  return cursor.failed() || !cursor.at_end() ? std::nullopt : found;
}

}  // namespace llmproxy::openai_chat
