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

TEST_CASE("nothing that could be read as another line is written into a head") {
  std::string block;
  CHECK(http::write_header("a", "b \t\xC3\xA9", block));
  CHECK_FALSE(http::write_header("a", "b\r\nc: d", block));
  CHECK_FALSE(http::write_header("a", std::string_view("b\0", 2), block));
  CHECK_FALSE(http::write_header("a", "b\x7F", block));
  CHECK_FALSE(http::write_header("a\nb", "c", block));
  CHECK_FALSE(http::write_header("a b", "c", block));
  CHECK_FALSE(http::write_header("", "c", block));
  CHECK_FALSE(http::write_header("a:", "c", block));
  CHECK(block == "a: b \t\xC3\xA9\n");

  std::string head;
  CHECK_FALSE(http::write_request_line("GET", "https://a/\nb: c", head));
  CHECK_FALSE(http::write_request_line("GET", "https://a/ b", head));
  CHECK_FALSE(http::write_request_line("GET\n", "https://a/", head));
  CHECK_FALSE(http::write_request_line("", "https://a/", head));
  CHECK(head.empty());
  CHECK(http::write_request_line("GET", "https://a/b?c", head));
  CHECK(head == "GET\nhttps://a/b?c\n");
}

TEST_CASE("paths and segments") {
  REQUIRE(http::path_of("https://host:1/v1//chat?x=/y#z") == "/v1//chat");
  REQUIRE(http::path_of("https://host") == "/");
  REQUIRE(http::path_of("https://host?x=/y") == "/");
  std::string storage;
  using Segments = std::vector<std::string_view>;
  REQUIRE(http::segments_of("//v1/chat/", storage) == Segments{"v1", "chat"});
  REQUIRE(http::segments_of("/", storage) == Segments{});
  REQUIRE(http::segments_of("/a%20b/c%2Fd/%E7%8C%AB/100%/%zz", storage) ==
          Segments{"a b", "c/d", "\xE7\x8C\xAB", "100%", "%zz"});
  REQUIRE(http::segments_of("/a..b/...", storage) == Segments{"a..b", "..."});
}

TEST_CASE("a path that could leave its folder has no segments") {
  std::string storage;
  for (const char* path : {"/a/../b",
                           "/a/..",
                           "/./a",
                           "/a/%2e%2e/b",
                           "/a/%2E./b",
                           "/a/.%2e",
                           "/a/%2e",
                           "/..%2f..%2fb",
                           "/a%2F..",
                           "/a%2F%2E%2E%2Fb",
                           "/a\\..\\b",
                           "/a%5c..%5cb",
                           "/a%5Cb",
                           "/%252e%252e/b",
                           "/a%252fb",
                           "/%25252e",
                           "/..;/b",
                           "/..;x=1/b",
                           "/.%3Ba",
                           "/a%00b",
                           "/a%0d%0ab: c",
                           "/a%7f",
                           "/%c0%ae%c0%ae/b",
                           "/%ff",
                           "/%ed%a0%80",
                           "/%e0%80%ae",
                           "/%f5%80%80%80",
                           "/%e7%8c",
                           "/a\nb"}) {
    INFO(path);
    CHECK_FALSE(http::segments_of(path, storage));
  }
}

TEST_CASE("a model name stays one segment of the path") {
  REQUIRE(http::encode_segment("gemini-2.5-flash") == "gemini-2.5-flash");
  REQUIRE(http::encode_segment("a/../b?c#d e") == "a%2F..%2Fb%3Fc%23d%20e");
  REQUIRE(http::encode_segment("..") == "%2E%2E");
  REQUIRE(http::encode_segment("é") == "%C3%A9");
}
