#include "json/lenient.h"

#include "base/text.h"

namespace llmproxy::json {

std::int64_t read_integer(Cursor& cursor, std::int64_t otherwise) {
  std::string_view number;
  if (cursor.kind() != Kind::number) {
    cursor.skip_value();
    return otherwise;
  }
  cursor.read_number(number);
  return parse_integer(number).value_or(otherwise);
}

}  // namespace llmproxy::json
