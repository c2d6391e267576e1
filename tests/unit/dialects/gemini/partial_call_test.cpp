// Arguments in pieces, of which a few bytes stand for many values.
#include "dialects/gemini/partial_call.h"

#include "base/limits.h"
#include "native/catch.h"

#include <functional>
#include <string>

using namespace llmproxy;

namespace {

// Nothing: they make no arguments.
std::string arguments_of(const std::string& pieces) {
  gemini::CallFragment fragment;
  const std::string list = "[" + pieces + "]";
  fragment.partial = list;
  gemini::PartialCall call;
  call.begin(fragment, {});
  const auto whole = call.finish(0);
  return whole ? std::string(whole->arguments) : "";
}

std::string number(const std::string& path) {
  return R"({"jsonPath":")" + path + R"(","numberValue":1})";
}

std::string joined(int count, const std::function<std::string(int)>& piece) {
  std::string out;
  for (int i = 0; i < count; ++i) {
    out += (i == 0 ? "" : ",") + piece(i);
  }
  return out;
}

std::string text(const std::string& path, const std::string& value) {
  return R"({"jsonPath":")" + path + R"(","stringValue":")" + value + "\"}";
}

}  // namespace

TEST_CASE("a far index of arguments makes no values up to it, and no call without them") {
  CHECK(arguments_of(number("$.a[2]")) == R"({"a":[null,null,1]})");
  CHECK(arguments_of(number("$.a[4000000000]")).empty());
  CHECK(arguments_of(number("$.a[20000]")).empty());
  CHECK(arguments_of(number("$.a[99999999999999999999999]")).empty());
  CHECK(arguments_of(number("$.a[-1]")).empty());
  CHECK(arguments_of(joined(1000, [](int i) {
          return number("$.a" + std::to_string(i) + "[9999]");
        })).empty());
}

TEST_CASE("what leads nowhere makes no call") {
  std::string deep = "$";
  for (int i = 0; i < 100'000; ++i) {
    deep += ".a";
  }
  CHECK(arguments_of(number(deep)).empty());
  CHECK(arguments_of(number("$." + std::string(10'000, 'x'))).empty());
  CHECK(arguments_of(number("$")).empty());
  CHECK(arguments_of(number("$.a") + "," + number("$.a.b")).empty());
  CHECK(arguments_of(number("$.a[0]") + "," + number("$.a.b")).empty());
  // What says nothing does no harm.
  CHECK(arguments_of(R"({"jsonPath":"$"},{},7,{"stringValue":"x"})") == "{}");
}

TEST_CASE("many members take work in proportion, up to a number") {
  const auto members = [](int count) {
    return joined(count, [](int i) { return number("$.a" + std::to_string(i % 19'999)); });
  };
  CHECK(arguments_of(members(200'000)).size() > 19'999 * 6);
  CHECK(arguments_of(joined(30'000, [](int i) {
          return number("$.a" + std::to_string(i));
        })).empty());
}

TEST_CASE("values replace one another, and keep their form") {
  CHECK(arguments_of(text("$.b", "1") + "," + text("$.a", "x") + "," + text("$.b", "2")) ==
        R"({"b":"12","a":"x"})");
  CHECK(arguments_of(text("$.a", "x") + "," + number("$.a")) == R"({"a":1})");
  CHECK(arguments_of(number("$.a[1].b") + R"(,{"jsonPath":"$.a","nullValue":null})") ==
        R"({"a":null})");
  CHECK(arguments_of(
            R"({"jsonPath":"$.n","numberValue":0.10},{"jsonPath":"$.t","boolValue":true})") ==
        R"({"n":0.10,"t":true})");
  CHECK(arguments_of(text("$['q\\\"']", R"(a\n\u00e9)")) == R"({"q\"":"a\n\u00e9"})");
}

TEST_CASE("a text in any number of pieces is put together") {
  std::string pieces;
  for (int i = 0; i < 50'000; ++i) {
    pieces += std::string(i == 0 ? "" : ",") + R"({"jsonPath":"$.a","stringValue":"xy"})";
  }
  CHECK(arguments_of(pieces).size() == 100'000 + 8);
  CHECK(arguments_of(text("$.a", std::string(kMaxPartialBytes + 1, 'x'))).empty());
}
