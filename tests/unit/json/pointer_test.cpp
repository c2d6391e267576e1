#include "json/pointer.h"

#include "native/catch.h"

using namespace llmproxy;

TEST_CASE("a step of a pointer in a URI is decoded once, percent signs first") {
  CHECK(json::decode_step("plain") == "plain");
  CHECK(json::decode_step("a%20b%C3%A9") == "a b\xC3\xA9");
  CHECK(json::decode_step("a~1b~0c") == "a/b~c");
  CHECK(json::decode_step("a%7E1b") == "a/b");
  CHECK(json::decode_step("~01") == "~1");
  CHECK(json::decode_step("%2") == "%2");
  CHECK(json::decode_step("%zz~2~") == "%zz~2~");
  CHECK(json::decode_step("").empty());
}
