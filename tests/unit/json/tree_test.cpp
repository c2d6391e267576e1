#include "json/tree.h"

#include "native/catch.h"

#include <nlohmann/json.hpp>

#include <string>

using namespace llmproxy;

namespace {

std::string copied(std::string_view text) {
  return json::write_tree(json::read_tree(text));
}

}  // namespace

TEST_CASE("a tree is written as it was read") {
  for (const std::string text :
       {R"({"b":1,"a":[true,false,null,"x",{}],"c":{"d":[]}})", R"("")", "null", "-7",
        "9223372036854775807", R"(["\"\\\n\r\t\u0001 é 😀 /"])"}) {
    CHECK(copied(text) == text);
  }
}

TEST_CASE("a number keeps its digits") {
  for (const std::string text : {"0.10", "1.0", "1e2", "-2.5E-10", "9223372036854775808",
                                 "123456789012345678901234567890"}) {
    const json::Tree tree = json::read_tree(text);
    CHECK(json::write_tree(tree) == text);
    CHECK(json::is_number(tree));
    CHECK_FALSE(tree.is_number_integer());
  }
  CHECK(json::read_tree("12").is_number_integer());
  CHECK(json::read_tree("0.10") == json::read_tree("0.10"));
  CHECK(json::read_tree("0.10") != json::read_tree("0.1"));
  CHECK_FALSE(json::is_number(json::read_tree("\"1\"")));
}

TEST_CASE("of two members with one name the second one counts") {
  CHECK(copied(R"({"a":1,"b":2,"\u0061":3})") == R"({"a":3,"b":2})");
}

TEST_CASE("a tree means what nlohmann reads") {
  const std::string text =
      R"({"\ud83d\ude00":"\u4f60\/\b\f","n":[1,-1,0],"deep":[[[[{"x":[{}]}]]]],"":{"":""}})";
  CHECK(json::read_tree(text) == nlohmann::ordered_json::parse(text));
  CHECK(nlohmann::ordered_json::parse(copied(text)) == nlohmann::ordered_json::parse(text));
}

TEST_CASE("what is no JSON is no tree") {
  for (const char* text : {"", "{", "[1,]", "{\"a\":}", "[1] 2", "\"\\ud800\"", "nul", "01"}) {
    CHECK(json::read_tree(text).is_null());
  }
  json::Cursor cursor("[1,2");
  json::read_tree(cursor);
  CHECK(cursor.failed());
}

TEST_CASE("members are found, set in their place, and taken out") {
  json::Tree object = json::read_tree(R"({"a":1,"b":"text","c":[true]})");
  CHECK(json::find(object, "x") == nullptr);
  CHECK(json::find(*json::find(object, "c"), "a") == nullptr);
  CHECK(json::text_of(json::find(object, "b")) == "text");
  CHECK(json::text_of(json::find(object, "a")).empty());
  CHECK(json::is_text(json::find(object, "b"), "text"));
  CHECK_FALSE(json::is_text(nullptr, ""));
  CHECK(json::holds(*json::find(object, "c"), true));
  CHECK_FALSE(json::holds(*json::find(object, "c"), "true"));

  json::set_text(object, "a", "first");
  json::set(object, "d", 2);
  CHECK(json::find_or_add(object, "d", 3) == 2);
  CHECK(json::find_or_add(object, "e", 3) == 3);
  CHECK(json::take(object, "b") == "text");
  CHECK(json::take(object, "b").is_null());
  json::erase(object, "c");
  CHECK(json::write_tree(object) == R"({"a":"first","d":2,"e":3})");
}
