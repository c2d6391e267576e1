#include "dialects/gemini/tool_result.h"

#include "base/text.h"
#include "json/cursor.h"

#include <algorithm>

namespace llmproxy::gemini {
namespace {

using json::Kind;

// Google's parser gives up at 100, and the request has some of its own around it.
constexpr int kMaxDepth = 64;

// False when something in the value keeps it from standing in a result.
bool is_plain(json::Cursor& cursor, int depth) {
  if (depth > kMaxDepth) {
    return false;
  }
  if (cursor.kind() == Kind::array) {
    cursor.enter_array();
    while (cursor.next_element()) {
      if (!is_plain(cursor, depth + 1)) {
        return false;
      }
    }
    return !cursor.failed();
  }
  if (cursor.kind() != Kind::object) {
    return cursor.skip_value();
  }
  json::String key;
  cursor.enter_object();
  while (cursor.next_member(key)) {
    if (key.equals("$ref") || !is_plain(cursor, depth + 1)) {
      return false;
    }
  }
  return !cursor.failed();
}

}  // namespace

std::optional<Buffer> result_as_json(const chat::Text& text) {
  // Its first letter tells most texts apart without decoding them.
  const std::string_view raw = trim(text.raw);
  const std::size_t first = raw.find_first_not_of("\\nrt ");
  if (first == std::string_view::npos || (raw[first] != '{' && raw[first] != '[')) {
    return std::nullopt;
  }
  Buffer json;
  json::decode(text, json);
  json::Cursor cursor(json.view());
  const Kind kind = cursor.kind();
  if ((kind != Kind::object && kind != Kind::array) || !is_plain(cursor, 0) || !cursor.at_end()) {
    return std::nullopt;
  }
  return json;
}

}  // namespace llmproxy::gemini
