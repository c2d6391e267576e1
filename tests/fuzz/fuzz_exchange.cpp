// A whole exchange with any request and any reply: it ends, with a response that is well formed,
// and the same however the bytes arrive. The input is three parts, divided by bytes 0xFF: options,
// request body, reply body.
#include "base/assert.h"
#include "json/cursor.h"
#include "native/driver.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace llmproxy;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t first = text.find('\xFF');
  const std::size_t second = first == std::string_view::npos ? first : text.find('\xFF', first + 1);
  if (second == std::string_view::npos) {
    return 0;
  }
  const std::uint8_t options = first > 0 ? data[0] : 0;
  test::Play play;
  const char* supplier = (options & 3U) == 0 ? "groq" : (options & 3U) == 1 ? "openai" : "gemini";
  constexpr const char* kPaths[] = {
      "chat/completions", "completions",          "embeddings", "images/generations",
      "audio/speech",     "audio/transcriptions", "models",     "chat/completions"};
  const char* path = kPaths[(options >> 4U) & 7U];
  const bool lists = std::string_view(path) == "models";
  play.head = std::string(lists ? "GET" : "POST") + "\nhttp://x/v2/" + supplier + "/" + path +
              "\nauthorization: Bearer k\ncontent-type: multipart/form-data; boundary=B\n" +
              ((options & 0x80U) != 0 ? "x-llmproxy-strict: 1\n" : "");
  play.body = text.substr(first + 1, second - first - 1);
  if (play.body.empty()) {
    play.body =
        R"({"model":"gemini-2.5-flash","messages":[{"role":"user","content":"x"}],"stream":)";
    play.body += (options & 4U) != 0 ? "true}" : "false}";
  }
  play.reply.body = text.substr(second + 1);
  play.reply.status = (options & 8U) != 0 ? 429 : 200;
  const test::Outcome whole = test::play(play);
  LLMPROXY_ASSERT(whole.complete && whole.status >= 200);
  if (!whole.piped && whole.headers.find("application/json") != std::string::npos) {
    json::Cursor cursor(whole.body);
    LLMPROXY_ASSERT(cursor.skip_value() && cursor.at_end());
  }
  play.request_cut = play.reply_cut = test::byte_by_byte();
  LLMPROXY_ASSERT(test::play(play).body == whole.body);
  return 0;
}
