#include "gateway/credential.h"

#include "native/catch.h"

#include <string>

using namespace llmproxy;

namespace {

std::string key(const std::string& block) {
  auto found = gateway::find_key(http::Headers::parse(block));
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

TEST_CASE("a key is masked in every form that it may stand in") {
  const auto masked = [](const std::string& text, const std::string& key) {
    return gateway::without_key(text, key);
  };
  CHECK(masked("Incorrect API key provided: sk-12345678. Again: sk-12345678", "sk-12345678") ==
        "Incorrect API key provided: ***. Again: ***");
  CHECK(masked(R"({"m":"key a\"b\\c/d+e=f"})", "a\"b\\c/d+e=f") == R"({"m":"key ***"})");
  CHECK(masked(R"({"m":"key a\/b\/cdefgh"})", "a/b/cdefgh") == R"({"m":"key ***"})");
  CHECK(masked("https://x/?key=a%2Fb%2Fcdefgh&y", "a/b/cdefgh") == "https://x/?key=***&y");
  CHECK(masked("sk-12345678sk-12345678", "sk-12345678") == "******");
  CHECK(masked("nothing of it", "sk-12345678") == "nothing of it");
  // What is that short is no key, and may be a word of the message.
  CHECK(masked("the model is overloaded", "model") == "the model is overloaded");
  CHECK(masked("x", "").size() == 1);
  CHECK(masked(std::string(64'000, 'a'), "aaaaaaaa") == [] {
    std::string stars;
    for (int i = 0; i < 8'000; ++i) {
      stars += "***";
    }
    return stars;
  }());
}
