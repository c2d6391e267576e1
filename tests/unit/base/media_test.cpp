#include "base/base64.h"
#include "base/media_type.h"
#include "base/wav.h"
#include "native/catch.h"

#include <string>

using namespace llmproxy;

namespace {
std::string encode(std::string_view bytes) {
  Buffer out;
  encode_base64(bytes, out);
  return std::string(out.view());
}
std::string decode(std::string_view text) {
  Buffer out;
  decode_base64(text, out);
  return std::string(out.view());
}

}  // namespace

TEST_CASE("base64, the vectors of RFC 4648") {
  CHECK(encode("") == "");
  CHECK(encode("f") == "Zg==");
  CHECK(encode("fo") == "Zm8=");
  CHECK(encode("foo") == "Zm9v");
  CHECK(encode("foob") == "Zm9vYg==");
  CHECK(encode("foobar") == "Zm9vYmFy");
  CHECK(encode({"\xFF\xFE\x00", 3}) == "//4A");
  for (const char* text : {"", "f", "fo", "foo", "foob", "fooba", "foobar"}) {
    CHECK(decode(encode(text)) == text);
  }
  CHECK(decode("__4A") == std::string("\xFF\xFE\x00", 3));
  CHECK(decode("Zm\\/v") == decode("Zm/v"));
  CHECK(decode("Zm9v!Zm9v") == "foo");
}

TEST_CASE("base64 that is not to be read to its end is told, and escapes of JSON are none of it") {
  const auto is_whole = [](std::string_view text) {
    Buffer out;
    return decode_base64(text, out);
  };
  for (const char* text : {"", "Zg==", "Zg", "Zm8=", "Zm9v", " Zm9v\n", "Zm9v\\n", "Zm\\/v",
                           "Zg\\u003d\\u003D", "Z\\u002Bg="}) {
    INFO(text);
    CHECK(is_whole(text));
  }
  for (const char* text : {"Zm9v!Zm9v", "Z", "Zm9vZ", "Zg==Zg==", "Zm9v\\", "Zm9v\\u00e9",
                           "Zm9v\\u", "Zm9v\\uzzzz", "Zm9v\\\"", "(none)"}) {
    INFO(text);
    CHECK_FALSE(is_whole(text));
  }
  CHECK(decode("Zm9v\\nYmFy") == "foobar");
  CHECK(decode("Zm\\r\\n9v\\tYg\\u003d=") == "foob");
  CHECK(decode("__\\u002B+") == decode("//++"));
}

TEST_CASE("media types in their registered form") {
  CHECK(normal_media_type("image/jpg") == "image/jpeg");
  CHECK(normal_media_type("IMAGE/PNG; charset=x") == "image/png");
  CHECK(normal_media_type("png") == "image/png");
  CHECK(normal_media_type("audio/mpeg") == "audio/mp3");
  CHECK(media_type_of_name("https://x.example/a/b.JPG?size=1#x") == "image/jpeg");
  CHECK(media_type_of_name("notes.md") == "text/plain");
  CHECK(media_type_of_name("nothing").empty());
}

TEST_CASE("what bytes look like") {
  CHECK(sniff_media_type({"\x89PNG\r\n\x1A\n....", 12}) == "image/png");
  CHECK(sniff_media_type("\xFF\xD8\xFF\xE0") == "image/jpeg");
  CHECK(sniff_media_type("RIFF....WEBPVP8") == "image/webp");
  CHECK(sniff_media_type("RIFF....WAVEfmt") == "audio/wav");
  CHECK(sniff_media_type("%PDF-1.7") == "application/pdf");
  CHECK(sniff_media_type("hello").empty());
  CHECK(sniff_media_type("").empty());
}

TEST_CASE("a WAV file has 44 bytes in front of its samples") {
  const std::string pcm = "abcd";
  const std::string file = wav_header(24000, 4) + pcm;
  CHECK(file.size() == 48);
  CHECK(file.substr(0, 4) == "RIFF");
  CHECK(pcm_of_wav(file) == pcm);
  CHECK(pcm_of_wav("no file") == "no file");
  CHECK(rate_of("audio/L16;codec=pcm;rate=16000") == 16000);
  CHECK(rate_of("audio/L16") == 24000);
}
