#include "dialects/openai_chat/images.h"

#include "native/catch.h"

#include <string>
#include <string_view>

using namespace llmproxy;

namespace {

// What a size is asked of Gemini as.
std::string config_of(std::string_view size) {
  const std::string body =
      R"({"model":"gemini-2.5-flash-image","prompt":"a cat","size":")" + std::string(size) + "\"}";
  chat::Request request;
  Status status = openai_chat::read_image_request(body, request);
  REQUIRE(status);
  REQUIRE(request.vendor_fields.size() == 1);
  return std::string(request.vendor_fields.front().value);
}

}  // namespace

TEST_CASE("a size becomes the nearest shape that Gemini makes") {
  CHECK(config_of("1024x1024") == R"({"aspect_ratio":"1:1"})");
  CHECK(config_of("1024x1536") == R"({"aspect_ratio":"2:3"})");
  CHECK(config_of("1792x1024") == R"({"aspect_ratio":"16:9"})");
  CHECK(config_of("1024x1792") == R"({"aspect_ratio":"9:16"})");
  CHECK(config_of("1x16384") == R"({"aspect_ratio":"9:16","image_size":"4K"})");
  CHECK(config_of("16384x1") == R"({"aspect_ratio":"21:9","image_size":"4K"})");
  // By how many times one is the other: 4:5 and 1:1 part at the root of 0.8, which is 0.8944.
  CHECK(config_of("894x1000") == R"({"aspect_ratio":"4:5"})");
  CHECK(config_of("895x1000") == R"({"aspect_ratio":"1:1"})");
  CHECK(config_of("1000x894") == R"({"aspect_ratio":"5:4"})");
}
