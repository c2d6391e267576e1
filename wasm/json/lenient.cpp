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

void read_numbers(Cursor& cursor, std::size_t& left, std::vector<std::string_view>& out) {
  each_element(cursor, [&] {
    std::string_view number = "0";
    if (cursor.kind() == Kind::number) {
      cursor.read_number(number);
    } else {
      cursor.skip_value();
    }
    if (left > 0) {
      out.push_back(number);
      --left;
    }
  });
}

}  // namespace llmproxy::json
