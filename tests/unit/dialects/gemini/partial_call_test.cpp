// Arguments in pieces, of which a few bytes stand for many values.
#include "dialects/gemini/partial_call.h"

#include "base/limits.h"
#include "native/catch.h"

#include <string>

using namespace llmproxy;

namespace {

std::string arguments_of(const std::string& pieces) {
  gemini::CallFragment fragment;
  const std::string list = "[" + pieces + "]";
  fragment.partial = list;
  gemini::PartialCall call;
  call.begin(fragment, {});
  return std::string(call.finish(0).arguments);
}

std::string number(const std::string& path) {
  return R"({"jsonPath":")" + path + R"(","numberValue":1})";
}

}  // namespace

TEST_CASE("a far index of arguments makes no values up to it") {
  CHECK(arguments_of(number("$.a[2]")) == R"({"a":[null,null,1]})");
  CHECK(arguments_of(number("$.a[4000000000]")).size() < 20);
  std::string many;
  for (int i = 0; i < 1000; ++i) {
    many += (i == 0 ? "" : ",") + number("$.a" + std::to_string(i) + "[9999]");
  }
  CHECK(arguments_of(many).size() < 10 * kMaxPartialValues);
  std::string deep = "$";
  for (int i = 0; i < 100'000; ++i) {
    deep += ".a";
  }
  CHECK(arguments_of(number(deep)) == "{}");
}

TEST_CASE("a text in any number of pieces is put together") {
  std::string pieces;
  for (int i = 0; i < 50'000; ++i) {
    pieces += std::string(i == 0 ? "" : ",") + R"({"jsonPath":"$.a","stringValue":"xy"})";
  }
  CHECK(arguments_of(pieces).size() == 100'000 + 8);
}
