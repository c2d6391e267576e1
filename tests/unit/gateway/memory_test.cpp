// Memory that cannot be had, at each point of an exchange where it may be asked for: the answer is
// the right one, or an error that says so; never half of one, and never nothing.
#include "base/memory_budget.h"
#include "json/cursor.h"
#include "native/catch.h"
#include "native/driver.h"

#include <string>
#include <vector>

using namespace llmproxy;

namespace {

// What is refused is what is large, so everything here is.
const std::string& words() {
  static const std::string kWords(70'000, 'w');
  return kWords;
}

std::string candidate(const std::string& parts) {
  return R"({"candidates":[{"index":0,"content":{"role":"model","parts":[)" + parts +
         R"(]},"finishReason":"STOP"}]})";
}

std::string base64() {
  std::string out;
  for (int i = 0; i < 20'000; ++i) {
    out += "AAAB";
  }
  return out;
}

struct Named {
  std::string name;
  test::Play play;
};

test::Play chat(const std::string& members, const std::string& reply) {
  test::Play play;
  play.head = "POST\nhttp://x/v2/gemini/chat/completions\nauthorization: Bearer k\n";
  play.body = R"({"model":"gemini-2.5-flash","messages":[{"role":"user","content":")" + words() +
              "\"}]" + members + "}";
  play.reply.body = reply;
  play.reply_cut = [](std::size_t, std::size_t) { return std::size_t{30'000}; };
  return play;
}

std::vector<Named> plays() {
  const std::string text = R"({"text":")" + words() + "\"}";
  const std::string event = "data: " + candidate(text) + "\n\n";
  std::vector<Named> all;
  all.push_back({"whole", chat("", candidate(text))});
  all.push_back({"stream", chat(R"(,"stream":true)", event + event + event)});
  all.push_back({"tool call", chat("", candidate(R"({"functionCall":{"name":"f","args":{"a":")" +
                                                 words() + "\"}}}"))});
  all.push_back({"audio", chat(R"(,"modalities":["audio"],"audio":{"voice":"x","format":"wav"})",
                               candidate(R"({"inlineData":{"mimeType":"audio/L16;rate=24000",)"
                                         R"("data":")" +
                                         base64() + "\"}}"))});
  test::Play speech = chat("", candidate(R"({"inlineData":{"mimeType":"audio/L16;rate=24000",)"
                                         R"("data":")" +
                                         base64() + "\"}}"));
  speech.head = "POST\nhttp://x/v2/gemini/audio/speech\nauthorization: Bearer k\n";
  speech.body =
      R"({"model":"gemini-2.5-flash-preview-tts","voice":"x","input":")" + words() + "\"}";
  all.push_back({"speech", speech});
  test::Play forward = chat("", "{}");
  forward.head = "POST\nhttp://x/v2/groq/chat/completions\nauthorization: Bearer k\n";
  forward.reply.status = 400;
  forward.reply.body = R"({"error":{"message":")" + words() + "\"}}";
  all.push_back({"forwarded error", forward});
  test::Play form;
  form.head =
      "POST\nhttp://x/v2/gemini/audio/transcriptions\nauthorization: Bearer k\n"
      "content-type: multipart/form-data; boundary=B\n";
  form.body =
      "--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\ngemini-2.5-flash\r\n"
      "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n"
      "Content-Type: audio/wav\r\n\r\n" +
      words() + "\r\n--B--\r\n";
  form.reply.body = candidate(text);
  all.push_back({"transcription", form});
  return all;
}

void check(const test::Outcome& outcome, const test::Outcome& right) {
  REQUIRE(outcome.complete);
  const bool stream = outcome.headers.find("text/event-stream") != std::string::npos;
  if (outcome.status == right.status && outcome.body == right.body) {
    return;
  }
  if (stream) {
    REQUIRE(outcome.body.find("[DONE]") == std::string::npos);
    REQUIRE(outcome.body.find("There is no memory for this request") != std::string::npos);
    for (std::size_t at = 0; at < outcome.body.size();) {
      const std::size_t end = outcome.body.find("\n\n", at);
      REQUIRE(end != std::string::npos);
      json::Cursor cursor(std::string_view(outcome.body).substr(at + 6, end - at - 6));
      REQUIRE(cursor.skip_value());
      REQUIRE(cursor.at_end());
      at = end + 2;
    }
    return;
  }
  REQUIRE(outcome.status == 503);
  json::Cursor cursor(outcome.body);
  REQUIRE(cursor.skip_value());
  REQUIRE(cursor.at_end());
  REQUIRE(outcome.body.find("There is no memory for this request") != std::string::npos);
}

}  // namespace

TEST_CASE("without memory an exchange is right or says so, wherever it runs out", "[memory]") {
  for (const Named& named : plays()) {
    INFO(named.name);
    const test::Outcome right = test::play(named.play);
    std::size_t refused = 0;
    bool enough = false;
    for (std::size_t room = 16'000; room < 2'000'000 && !enough; room += 9'000) {
      const std::size_t shortages = memory_shortages();
      const std::size_t before = set_memory_budget(counted_memory() + room);
      const test::Outcome outcome = test::play(named.play);
      set_memory_budget(before);
      enough = memory_shortages() == shortages;
      refused += enough ? 0 : 1;
      check(outcome, right);
      if (!enough) {
        CHECK(outcome.body != right.body);  // what was refused was needed
      }
    }
    CHECK(enough);
    CHECK(refused >= 5);
  }
}

TEST_CASE("a large answer is held as few times as can be", "[memory]") {
  const std::string large(std::size_t{14} << 20U, 'A');
  const std::string image =
      candidate(R"({"inlineData":{"mimeType":"image/png","data":")" + large + "\"}}");
  const auto needs_less_than = [&](std::size_t room, test::Play play) {
    play.reply_cut = test::whole();
    const std::size_t before = set_memory_budget(counted_memory() + room);
    const test::Outcome outcome = test::play(play);
    set_memory_budget(before);
    return outcome.status == 200 && outcome.body.size() > large.size() &&
           outcome.body.find("There is no memory") == std::string::npos;
  };
  constexpr std::size_t kMegabyte = std::size_t{1} << 20U;
  // A whole reply, what is written of it, and the room that a buffer takes to grow.
  CHECK(needs_less_than(52 * kMegabyte, chat("", candidate("{\"text\":\"" + large + "\"}"))));
  // The event, the images of the answer, and the chunk that tells them.
  CHECK(needs_less_than(52 * kMegabyte, chat(R"(,"stream":true)", "data: " + image + "\n\n")));
  CHECK(needs_less_than(52 * kMegabyte, chat(R"(,"stream":true)", "[" + image + "]")));
}
