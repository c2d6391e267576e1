#include "policy/access.h"

#include "native/catch.h"
#include "suppliers/table.h"

#include <string>

using namespace llmproxy;

namespace {

std::string key(const std::string& block) {
  auto found = policy::find_key(http::Headers::parse(block), suppliers::built_in().key_headers());
  return found ? std::string(*found) : std::to_string(found.error().http_status());
}

}  // namespace

TEST_CASE("a key is found in whichever header it comes") {
  CHECK(key("authorization: Bearer sk-1\n") == "sk-1");
  CHECK(key("Authorization: bearer   sk-1  \n") == "sk-1");
  CHECK(key("authorization: BEARER sk-1\n") == "sk-1");
  CHECK(key("authorization: sk-1\n") == "sk-1");
  CHECK(key("x-api-key: a\n") == "a");
  CHECK(key("api-key: a\n") == "a");
  CHECK(key("x-goog-api-key: AIza\n") == "AIza");
  CHECK(key("authorization: Bearer \nx-goog-api-key: g\n") == "g");
  CHECK(key("x-api-key: b\nauthorization: Bearer a\n") == "a");
}

TEST_CASE("no key, or none that can stand in a header, is a 401") {
  CHECK(key("") == "401");
  CHECK(key("authorization: Bearer\n") == "401");
  CHECK(key("authorization: Bearer a b\n") == "401");
  CHECK(key("x-api-key: ключ\n") == "401");
}
