#include "http/multipart.h"

#include "native/catch.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace llmproxy;

namespace {

std::vector<http::FormPart> parse(std::string_view type, std::string_view form) {
  auto parts = http::parse_multipart(type, form);
  REQUIRE(parts);
  return std::move(*parts);
}

std::string error_of(const std::string& boundary, std::string_view form) {
  auto parts = http::parse_multipart("multipart/form-data; boundary=" + boundary, form);
  return parts ? "" : parts.error().message;
}

}  // namespace

TEST_CASE("a form with a file comes apart") {
  const std::string type = "multipart/form-data; boundary=\"xYz\"";
  const std::string form =
      "--xYz\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper\r\n"
      "--xYz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a b.wav\"\r\n"
      "Content-Type: audio/wav\r\n\r\nRIFF\r\n--x\r\nmore\r\n--xYz--\r\n";
  const auto parts = parse(type, form);
  REQUIRE(parts.size() == 2);
  CHECK(http::find_field(parts, "model") == "whisper");
  CHECK(parts[1].file_name == "a b.wav");
  CHECK(parts[1].content_type == "audio/wav");
  CHECK(parts[1].body == "RIFF\r\n--x\r\nmore");
  CHECK(http::find_field(parts, "nothing").empty());
}

TEST_CASE("what follows no rules is no form") {
  CHECK(parse("application/json", "{}").empty());
  CHECK(parse("multipart/form-data; boundary=b", "").empty());
  CHECK(parse("multipart/form-data; boundary=b", "--b\r\nx").empty());
  CHECK(parse("multipart/form-data; boundary=b", "--b--").empty());
}

TEST_CASE("a boundary has at most 70 characters") {
  const std::string most(70, '-');
  const std::string form = "--" + most + "\r\n\r\n\r\nx\r\n--" + most + "--";
  CHECK(error_of(most, form).empty());
  CHECK(error_of(most + "-", form) ==
        "Invalid form: its boundary in 'content-type' is too long. Expected at most 70.");
}

TEST_CASE("a form has at most 256 parts, and each a short head") {
  std::string form = "--b";
  for (int i = 0; i < 256; ++i) {
    form += "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--b";
  }
  CHECK(parse("multipart/form-data; boundary=b", form + "--").size() == 256);
  CHECK(error_of("b", form + "\r\n\r\n\r\nx\r\n--b--") ==
        "Invalid form: it has too many parts. Expected at most 256.");
  CHECK(error_of("b", "--b\r\nX: " + std::string(20'000, 'x') + "\r\n\r\nx\r\n--b--") ==
        "Invalid form: the head of a part is too long. Expected at most 16384.");
}

TEST_CASE("what stands before the first part of a form is passed over") {
  const std::string type = "multipart/form-data; boundary=b";
  CHECK(parse(type, "this is a form--b\r\n\r\n--b\r\n\r\nx\r\n--b--").size() == 1);
  // Nearly the boundary, at every byte of a large preamble.
  const std::string dashes(70, '-');
  CHECK(parse("multipart/form-data; boundary=" + dashes, std::string(8U << 20U, '-') + "\r\n--")
            .empty());
}
