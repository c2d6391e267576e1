#include "http/head.h"
#include "http/url.h"
#include "native/catch.h"

#include <string>

using namespace llmproxy;

TEST_CASE("a request head is method, URL and headers") {
  const std::string text =
      "POST\nhttps://x/v1?a=1\nContent-Type: application/json\nx-a:  b \nx-a: c\n";
  const auto head = http::RequestHead::parse(text);
  REQUIRE(head.method == "POST");
  REQUIRE(head.url == "https://x/v1?a=1");
  REQUIRE(head.headers.find("content-type") == "application/json");
  REQUIRE(head.headers.find("X-A") == "b");
  REQUIRE_FALSE(head.headers.find("x-b"));
  REQUIRE(head.headers.all().size() == 3);
}

TEST_CASE("a header value cannot break its line") {
  std::string block;
  http::write_header("a", std::string_view("b\r\nc: d\0", 8), block);
  REQUIRE(block == "a: bc: d\n");
}

TEST_CASE("paths and segments") {
  REQUIRE(http::path_of("https://host:1/v1//chat?x=/y#z") == "/v1//chat");
  REQUIRE(http::path_of("https://host") == "/");
  REQUIRE(http::path_of("https://host?x=/y") == "/");
  REQUIRE(http::segments_of("//v1/chat/") == std::vector<std::string_view>{"v1", "chat"});
  REQUIRE(http::segments_of("/").empty());
}

TEST_CASE("a model name stays one segment of the path") {
  REQUIRE(http::encode_segment("gemini-2.5-flash") == "gemini-2.5-flash");
  REQUIRE(http::encode_segment("a/../b?c#d e") == "a%2F..%2Fb%3Fc%23d%20e");
  REQUIRE(http::encode_segment("..") == "%2E%2E");
  REQUIRE(http::encode_segment("é") == "%C3%A9");
}
