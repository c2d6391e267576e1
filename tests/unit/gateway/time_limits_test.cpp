// A supplier that does not answer, or stops in the middle. The driver rings the timer that was
// started last; the limits are those without configuration: ten minutes to the first byte, five of
// silence, which a stream looks for in steps of five seconds.
#include "native/catch.h"
#include "native/driver.h"

#include <string>

using namespace llmproxy;

namespace {

constexpr const char* kAnswer =
    R"({"candidates":[{"content":{"parts":[{"text":"fine"}]},"finishReason":"STOP"}]})";

test::Play play_of(const std::string& path, bool stream) {
  test::Play play;
  const bool get = path.find("models") != std::string::npos;
  play.head =
      (get ? "GET" : "POST") + std::string("\nhttp://x") + path + "\nauthorization: Bearer k\n";
  if (!get) {
    play.body =
        R"({"model":"gemini-2.5-flash","messages":[{"role":"user","content":"x"}],"stream":)" +
        std::string(stream ? "true}" : "false}");
  }
  play.reply.body = stream ? "data: " + std::string(kAnswer) + "\n\n" : kAnswer;
  return play;
}

}  // namespace

TEST_CASE("a supplier that never answers is given up with a 504") {
  for (const char* path : {"/v2/gemini/chat/completions", "/v2/openai/chat/completions",
                           "/v2/openai/embeddings", "/v2/gemini/models"}) {
    for (const bool stream : {false, true}) {
      test::Play play = play_of(path, stream);
      play.rings_before_head = 1;
      const test::Outcome outcome = test::play(play);
      INFO(path << " " << outcome.body);
      CHECK(outcome.status == 504);
      CHECK(outcome.aborted);
      CHECK(outcome.body.find(R"("code":"timeout")") != std::string::npos);
      CHECK(outcome.body.find("did not begin to answer within 600 seconds") != std::string::npos);
    }
  }
}

TEST_CASE("a whole answer that stops coming is given up") {
  test::Play play = play_of("/v2/gemini/chat/completions", false);
  play.rings_after_head = 1;
  const test::Outcome outcome = test::play(play);
  CHECK(outcome.status == 504);
  CHECK(outcome.body.find("was silent for 300 seconds") != std::string::npos);
}

TEST_CASE("a stream that is silent for too long ends with an error, and not before") {
  test::Play play = play_of("/v2/gemini/chat/completions", true);
  play.rings_after_head = 60;
  CHECK(test::play(play).body.find("[DONE]") != std::string::npos);
  play.rings_after_head = 61;
  const test::Outcome outcome = test::play(play);
  CHECK(outcome.status == 200);
  CHECK(outcome.complete);
  CHECK(outcome.aborted);
  CHECK(outcome.body.find(R"("code":"timeout")") != std::string::npos);
  CHECK(outcome.body.find("[DONE]") == std::string::npos);
}

TEST_CASE("an error whose body stops coming is told as far as it came") {
  test::Play play = play_of("/v2/openai/chat/completions", false);
  play.reply.status = 429;
  play.rings_after_head = 1;
  const test::Outcome outcome = test::play(play);
  CHECK(outcome.status == 429);
  CHECK(outcome.aborted);
}
