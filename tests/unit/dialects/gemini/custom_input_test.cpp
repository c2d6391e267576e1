#include "dialects/gemini/custom_input.h"

#include "native/catch.h"

#include <string>

using namespace llmproxy;

namespace {

std::string input_of(const std::string& arguments) {
  Buffer storage;
  const json::String text = gemini::read_custom_input(arguments, storage);
  CHECK_FALSE(storage.failed());
  return text.decode();
}

}  // namespace

TEST_CASE("the input of a custom tool is the text of that name") {
  CHECK(input_of(R"({"input":"a\n\"b\""})") == "a\n\"b\"");
  CHECK(input_of(R"({"other":1,"input":"a"})") == "a");
  CHECK(input_of(R"({"input":""})").empty());
}

TEST_CASE("what a model says to a custom tool in another form is its input as JSON") {
  CHECK(input_of(R"({"input":{"a":1}})") == R"({"a":1})");
  CHECK(input_of(R"({"input":["a","b"],"more":true})") == R"(["a","b"])");
  CHECK(input_of(R"({"input":5})") == "5");
  CHECK(input_of(R"_({"code":"print(\"x\")"})_") == R"_(print("x"))_");
  CHECK(input_of(R"({"code":{"a":"b"}})") == R"({"a":"b"})");
  CHECK(input_of(R"({"a":1,"b":"c"})") == R"({"a":1,"b":"c"})");
}

TEST_CASE("a custom tool that is called with nothing gets nothing") {
  CHECK(input_of("{}").empty());
  CHECK(input_of(R"({"input":null})").empty());
  CHECK(input_of("").empty());
}

TEST_CASE("a member that is null is no input of a custom tool") {
  CHECK(input_of(R"({"input":null,"code":"a"})") == "a");
  CHECK(input_of(R"({"code":"a","input":null})") == "a");
}
