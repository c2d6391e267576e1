#include "json/cursor.h"

#include "native/catch.h"

#include <string>

using namespace llmproxy;
using json::Cursor;
using json::Kind;

TEST_CASE("a cursor walks an object in order and takes slices") {
  Cursor cursor(R"( {"a": [1, "x\n", true, null], "b" : {"c": -0.5e+3}} )");
  json::String key;
  json::String text;
  std::string_view number;
  bool boolean = false;
  REQUIRE(cursor.kind() == Kind::object);
  REQUIRE(cursor.enter_object());
  REQUIRE(cursor.next_member(key));
  REQUIRE(key.equals("a"));
  REQUIRE(cursor.enter_array());
  REQUIRE(cursor.next_element());
  REQUIRE(cursor.read_number(number));
  REQUIRE(number == "1");
  REQUIRE(cursor.next_element());
  REQUIRE(cursor.read_string(text));
  REQUIRE(text.raw == "x\\n");
  REQUIRE(text.decode() == "x\n");
  REQUIRE(cursor.next_element());
  REQUIRE(cursor.read_bool(boolean));
  REQUIRE(boolean);
  REQUIRE(cursor.next_element());
  REQUIRE(cursor.skip_null());
  REQUIRE_FALSE(cursor.next_element());
  REQUIRE(cursor.next_member(key));
  std::string_view raw;
  REQUIRE(cursor.skip_value(raw));
  REQUIRE(raw == R"({"c": -0.5e+3})");
  REQUIRE_FALSE(cursor.next_member(key));
  REQUIRE(cursor.at_end());
  REQUIRE_FALSE(cursor.failed());
}

TEST_CASE("a failed cursor stays failed and says where") {
  Cursor cursor(R"({"a" 1})");
  json::String key;
  REQUIRE(cursor.enter_object());
  REQUIRE_FALSE(cursor.next_member(key));
  REQUIRE(cursor.failed());
  REQUIRE(cursor.fault() == "a colon is missing (at byte 5)");
  REQUIRE_FALSE(cursor.skip_value());
  REQUIRE(cursor.kind() == Kind::none);
  REQUIRE_FALSE(cursor.next_member(key));
  REQUIRE_FALSE(cursor.try_enter_object());
  REQUIRE_FALSE(cursor.next_element());
  REQUIRE_FALSE(cursor.read_string(key));
  REQUIRE(cursor.fault() == "a colon is missing (at byte 5)");
}

TEST_CASE("reading the wrong kind fails") {
  json::String text;
  std::string_view number;
  bool boolean = false;
  REQUIRE_FALSE(Cursor("1").read_string(text));
  REQUIRE_FALSE(Cursor("\"1\"").read_number(number));
  REQUIRE_FALSE(Cursor("null").read_bool(boolean));
  REQUIRE_FALSE(Cursor("1").skip_null());
  REQUIRE_FALSE(Cursor("[]").enter_object());
  REQUIRE_FALSE(Cursor("{}").enter_array());
}

TEST_CASE("depth is limited to 128") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  const std::string allowed = nested(128);
  const std::string refused = nested(129);
  REQUIRE(Cursor(allowed).skip_value());
  Cursor deep(refused);
  REQUIRE_FALSE(deep.skip_value());
  REQUIRE(deep.fault().find("128 deep") != std::string::npos);
}

TEST_CASE("approximate numbers are good enough for ranges") {
  REQUIRE(json::approximate("0") == 0);
  REQUIRE(json::approximate("-1.5") == -1.5);
  REQUIRE(json::approximate("2E0") == 2);
  REQUIRE(json::approximate("25e-1") == Approx(2.5));
  REQUIRE(json::approximate("1e+3") == 1000);
  REQUIRE(json::approximate("1e999999999999999999999") > 1e300);
  REQUIRE(json::approximate("1e-999999999999999999999") < 1e-300);
}

TEST_CASE("kinds have names for messages") {
  REQUIRE(json::kind_name(Kind::array) == "an array");
  REQUIRE(json::kind_name(Cursor("tru").kind()) == "a boolean");
}
