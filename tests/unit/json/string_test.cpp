#include "json/string.h"

#include "base/buffer.h"
#include "json/cursor.h"
#include "native/catch.h"

#include <string>

using namespace llmproxy;

TEST_CASE("escape leaves text alone and escapes what JSON must not hold") {
  REQUIRE(json::escape("a\"b\\c\nd\te\rf") == "a\\\"b\\\\c\\nd\\te\\rf");
  REQUIRE(json::escape(std::string_view("\x01\x1f\0", 3)) == "\\u0001\\u001f\\u0000");
  REQUIRE(json::escape("你好 😀") == "你好 😀");
  Buffer buffer;
  json::escape("\"", buffer);
  REQUIRE(buffer.view() == "\\\"");
}

TEST_CASE("a string is told by what it stands for") {
  for (const json::String& role : {json::String{"role", false}, json::String{"r\\u006fle", true}}) {
    CHECK(role.is("role"));
    CHECK(role.equals("role"));
    CHECK_FALSE(role.is("rule"));
    CHECK_FALSE(role.is("roles"));
    CHECK_FALSE(role.equals("rol"));
  }
}

TEST_CASE("a prefix cuts nothing in two") {
  const std::string raw = "ab\\ud83d\\ude00\\n你😀x";
  for (std::size_t limit = 12; limit <= raw.size(); ++limit) {
    const std::size_t size = json::prefix_length(raw, limit);
    INFO("limit " << limit << " size " << size);
    REQUIRE(size <= limit);
    REQUIRE(size > 0);
    const std::string head = "\"" + raw.substr(0, size) + "\"";
    const std::string tail = "\"" + raw.substr(size) + "\"";
    CHECK(json::Cursor(head).skip_value());
    CHECK(json::Cursor(tail).skip_value());
  }
}

TEST_CASE("a long text is decoded in pieces, and no piece cuts a character") {
  std::string raw;
  for (int i = 0; i < 5000; ++i) {
    raw += R"(a\n\"\u00e9\ud83d\ude00你)";
    raw += std::string(static_cast<std::size_t>(i % 7), 'x');
  }
  const json::String text{raw, true};
  Buffer out;
  json::decode(text, out);
  CHECK(out.view() == text.decode());
  out.clear();
  json::decode({"plain", false}, out);
  CHECK(out.view() == "plain");
}
