#include "dialects/gemini/custom_input.h"

#include "json/cursor.h"
#include "json/lenient.h"

#include <cstddef>

namespace llmproxy::gemini {

using json::String;

json::String read_custom_input(std::string_view arguments, Buffer& storage) {
  std::string_view input;  // as JSON
  std::string_view last;
  std::size_t members = 0;
  json::Cursor cursor(arguments);
  json::each_member(cursor, [&](const String& key) {
    if (cursor.skip_null()) {
      return;
    }
    ++members;
    cursor.skip_value(last);
    input = key.equals("input") ? last : input;
  });
  if (members == 0) {
    return {};
  }
  const std::string_view value = !input.empty() ? input : members == 1 ? last : arguments;
  String text;
  json::Cursor inner(value);
  if (inner.try_read_string(text)) {
    return text;
  }
  json::escape(value, storage);
  return {storage.view(), true};
}

}  // namespace llmproxy::gemini
