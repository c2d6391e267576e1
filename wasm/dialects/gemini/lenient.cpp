#include "dialects/gemini/lenient.h"

#include "base/text.h"

namespace llmproxy::gemini {

std::int64_t read_integer(json::Cursor& cursor, std::int64_t otherwise) {
  std::string_view number;
  if (cursor.kind() != json::Kind::number) {
    cursor.skip_value();
    return otherwise;
  }
  cursor.read_number(number);
  return parse_integer(number).value_or(otherwise);
}

}  // namespace llmproxy::gemini
