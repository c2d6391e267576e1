// nlohmann/json is the oracle: what it accepts the cursor accepts, and what both accept means the
// same.
#include "json/cursor.h"
#include "json/string.h"
#include "json/string_scan.h"
#include "native/catch.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <string>

using namespace llmproxy;
using Tree = nlohmann::json;

namespace {

bool accepts(const std::string& text) {
  llmproxy::json::Cursor cursor(text);
  return cursor.skip_value() && cursor.at_end();
}

// Characters U+0000 to U+00FF as the bytes of those numbers.
std::string bytes_of(const std::string& utf8) {
  std::string out;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto c = static_cast<unsigned char>(utf8[i]);
    if (c < 0x80U) {
      out.push_back(utf8[i]);
    } else {
      const auto low = static_cast<unsigned char>(utf8[++i]);
      out.push_back(static_cast<char>(((c & 3U) << 6U) | (low & 0x3FU)));
    }
  }
  return out;
}

}  // namespace

TEST_CASE("the vectors hold, and nlohmann agrees") {
  std::ifstream file(LLMPROXY_TESTS_DIR "/vectors/json.txt");
  std::string line;
  int count = 0;
  while (std::getline(file, line)) {
    if (line.starts_with("#")) {
      continue;
    }
    const std::size_t space = line.find(' ');
    const bool valid = line.substr(0, space) == "valid";
    const std::string text = bytes_of(Tree::parse(line.substr(space + 1)).get<std::string>());
    INFO(line);
    CHECK(accepts(text) == valid);
    CHECK(Tree::accept(text) == valid);
    ++count;
  }
  REQUIRE(count > 200);
}

TEST_CASE("strings mean what nlohmann says they mean") {
  for (const char* text : {R"("plain")", R"("\u0041\n\t\"\\\/\b\f\r")",
                           R"("\ud83d\ude00 \u4f60\u597d")", "\"é你😀\"", R"("a\u0000b")"}) {
    llmproxy::json::Cursor cursor{std::string_view(text)};
    llmproxy::json::String string;
    REQUIRE(cursor.read_string(string));
    const auto meant = Tree::parse(text).get<std::string>();
    CHECK(string.decode() == meant);
    CHECK(string.equals(meant));
    // And back: what escape() writes reads as the same text.
    CHECK(Tree::parse("\"" + llmproxy::json::escape(meant) + "\"").get<std::string>() == meant);
  }
}

TEST_CASE("each fault of a string has its own name") {
  using llmproxy::json::StringFault;
  const auto fault = [](std::string_view inside) {
    return llmproxy::json::scan_any_string(inside.data(), inside.data() + inside.size()).fault;
  };
  CHECK(fault("abc\"") == StringFault::none);
  CHECK(fault("abc") == StringFault::unterminated);
  CHECK(fault("a\nb\"") == StringFault::control_character);
  CHECK(fault("\\x\"") == StringFault::bad_escape);
  CHECK(fault("\\ud83d\"") == StringFault::lone_surrogate);
  CHECK(fault("\xff\"") == StringFault::bad_utf8);
}
