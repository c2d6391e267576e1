#include "gateway/redaction.h"

#include "base/limits.h"
#include "native/catch.h"

#include <string>

using namespace llmproxy;
using gateway::without_key;
using gateway::without_key_in_json;

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

TEST_CASE("a key is masked under escapes of every kind, once or several times") {
  const std::string key = "sk-A/1234567890";
  for (const char* form :
       {"sk-A/1234567890", R"(sk-A\/1234567890)", R"(\u0073k-A/1234567890)",
        R"(\\u0073k-A\u002F1234567890)", "sk-A%2f1234567890", "sk-A%2F1234567890",
        "%73%6b%2DA%252f1234567890", "sk-A%25252F1234567890"}) {
    INFO(form);
    CHECK(without_key(std::string("a ") + form + " b", key) == "a *** b");
    CHECK(without_key(std::string("a ") + form, key) == "a ***");
  }
  // A key may look like an escape itself.
  CHECK(without_key("a key%41\\b2345 b", "key%41\\b2345") == "a *** b");
  for (const char* text :
       {"%", "%2", "%2525", "%zz", "\\", "\\u", "\\u00", "\\u00zz", "sk-A/%", "100 % sure"}) {
    CHECK(without_key(text, key) == text);
  }
}

TEST_CASE("the beginning of a key is masked where a text was cut off") {
  const std::string key = "sk-A/1234567890";
  CHECK(without_key("provided: sk-A/123", key) == "provided: ***");
  CHECK(without_key("provided: sk-A/12345…", key) == "provided: ***…");
  CHECK(without_key("provided: sk-A/12345... See", key) == "provided: ***... See");
  CHECK(without_key("provided: sk-A%2F123456789%", "sk-A/123456789/0") == "provided: ***");
  CHECK(without_key("provided: sk-A/12345678%2", key) == "provided: ***");
  CHECK(without_key("provided: sk-A/12", key) == "provided: sk-A/12");
  CHECK(without_key("sk-A/12345 is no key", key) == "sk-A/12345 is no key");
  CHECK(without_key("sk-A/12345%…" + key + "%", key) == "***…***%");
  CHECK(without_key("sk-A/12sk-A/12345", key) == "sk-A/12***");
}

TEST_CASE("a key of any length is masked in time that grows with the text alone") {
  const std::string key = std::string(20'000, 'a') + "b";
  CHECK(without_key("x " + key + " y", key) == "x *** y");
  CHECK(without_key(std::string(64'000, 'a') + " y", key).find("aa") == std::string::npos);
  CHECK(without_key(std::string(64'000, 'a'), std::string(200, 'a') + "b").ends_with("***"));
}

TEST_CASE("a document stays one when a key is masked in it") {
  const auto masked = [](const std::string& text) {
    return without_key_in_json(text, "123456789012");
  };
  CHECK(masked(R"({"a":"key 123456789012","b":[1,true,null,"x\n"]})") ==
        R"({"a":"key ***","b":[1,true,null,"x\n"]})");
  CHECK(masked(R"({"a":"\u00312345678\u0039012 \"q\" \\"})") == R"({"a":"*** \"q\" \\"})");
  CHECK(masked(R"({"123456789012":123456789012,"b":-1.5e3})") == R"({"***":"***","b":-1.5e3})");
  CHECK(masked("no JSON: 123456789012") == "no JSON: ***");
  CHECK(masked(R"({"a":"\ud800"})") == R"({"a":"\ud800"})");
  CHECK(masked("") == "");
  CHECK(without_key_in_json(R"({"a":"x\n1234567"})", "n1234567") == R"({"a":"x\n1234567"})");
}

TEST_CASE("messages lose keys of others and project numbers") {
  CHECK(gateway::redact("project 123456789012 with key=abc&x key AIzaSyA1 took 1024 tokens") ==
        "project … with [key]&x key [key] took 1024 tokens");
  CHECK(gateway::redact("a " + std::string(60'000, '1')) == "a …");
  CHECK(gateway::redact(std::string(60'000, 'x')).size() < kMaxErrorMessage + 16);
}
