#include "http/multipart.h"

#include "native/catch.h"

using namespace llmproxy;

TEST_CASE("a form with a file comes apart") {
  const std::string type = "multipart/form-data; boundary=\"xYz\"";
  const std::string form =
      "--xYz\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper\r\n"
      "--xYz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a b.wav\"\r\n"
      "Content-Type: audio/wav\r\n\r\nRIFF\r\n--x\r\nmore\r\n--xYz--\r\n";
  const auto parts = http::parse_multipart(type, form);
  REQUIRE(parts.size() == 2);
  CHECK(http::find_field(parts, "model") == "whisper");
  CHECK(parts[1].file_name == "a b.wav");
  CHECK(parts[1].content_type == "audio/wav");
  CHECK(parts[1].body == "RIFF\r\n--x\r\nmore");
  CHECK(http::find_field(parts, "nothing").empty());
}

TEST_CASE("what follows no rules is no form") {
  CHECK(http::parse_multipart("application/json", "{}").empty());
  CHECK(http::parse_multipart("multipart/form-data; boundary=b", "").empty());
  CHECK(http::parse_multipart("multipart/form-data; boundary=b", "--b\r\nx").empty());
  CHECK(http::parse_multipart("multipart/form-data; boundary=b", "--b--").empty());
}
