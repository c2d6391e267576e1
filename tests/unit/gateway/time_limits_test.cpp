// A supplier that does not answer or stops in the middle, and a client that stops sending. Time
// passes in steps of five seconds, of which the first one does not count; the limits are those
// without configuration: ten minutes to the first byte, five of silence.
#include "native/catch.h"
#include "native/driver.h"

#include <array>
#include <string>

using namespace llmproxy;

namespace {

constexpr int kFirstByteTicks = 600 / 5 + 1;
constexpr int kSilenceTicks = 300 / 5 + 1;
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

constexpr std::array kPathsOfErrors = {"/v2/openai/chat/completions", "/v2/gemini/chat/completions",
                                       "/v2/gemini/models"};

test::Play refusal_of(const std::string& path) {
  test::Play play = play_of(path, false);
  play.reply.status = 429;
  play.reply.body = R"({"error":{"code":429,"message":"Slow down."}})";
  return play;
}

void check_that_it_is_told(const test::Play& play) {
  const test::Outcome outcome = test::play(play);
  INFO(play.head << " " << outcome.body);
  CHECK(outcome.status == 429);
  CHECK(outcome.aborted);
}

}  // namespace

TEST_CASE("a supplier that never answers is given up with a 504") {
  for (const char* path : {"/v2/gemini/chat/completions", "/v2/openai/chat/completions",
                           "/v2/openai/embeddings", "/v2/gemini/models"}) {
    for (const bool stream : {false, true}) {
      test::Play play = play_of(path, stream);
      play.ticks_before_head = kFirstByteTicks - 1;
      CHECK(test::play(play).status != 504);
      play.ticks_before_head = kFirstByteTicks;
      const test::Outcome outcome = test::play(play);
      INFO(path << " " << outcome.body);
      CHECK(outcome.status == 504);
      CHECK(outcome.aborted);
      CHECK(outcome.body.find(R"("code":"timeout")") != std::string::npos);
      CHECK(outcome.body.find("did not begin to answer within 600 seconds") != std::string::npos);
    }
  }
}

TEST_CASE("a whole answer whose body does not begin, or stops coming, is given up") {
  for (const char* path : {"/v2/gemini/chat/completions", "/v2/gemini/models"}) {
    test::Play play = play_of(path, false);
    play.ticks_after_head = kFirstByteTicks - 1;
    CHECK(test::play(play).status == 200);
    play.ticks_after_head = kFirstByteTicks;
    CHECK(test::play(play).status == 504);
    play.ticks_after_head = 0;
    play.reply_cut = test::in_two(10);
    play.ticks_in_reply = kSilenceTicks - 1;
    CHECK(test::play(play).status == 200);
    play.ticks_in_reply = kSilenceTicks;
    const test::Outcome outcome = test::play(play);
    CHECK(outcome.status == 504);
    CHECK(outcome.body.find("was silent for 300 seconds") != std::string::npos);
  }
}

TEST_CASE("a stream that is silent for too long ends with an error, and not before") {
  test::Play play = play_of("/v2/gemini/chat/completions", true);
  play.ticks_after_head = kSilenceTicks - 1;
  CHECK(test::play(play).body.find("[DONE]") != std::string::npos);
  play.ticks_after_head = kSilenceTicks;
  const test::Outcome outcome = test::play(play);
  CHECK(outcome.status == 200);
  CHECK(outcome.complete);
  CHECK(outcome.aborted);
  CHECK(outcome.body.find(R"("code":"timeout")") != std::string::npos);
  CHECK(outcome.body.find("[DONE]") == std::string::npos);
}

// Each of them may take as long as one, and all together longer.
TEST_CASE("the time to the first byte counts for each call of an answer") {
  test::Play continued = play_of("/v2/gemini/chat/completions", false);
  continued.more_replies = {continued.reply};
  continued.reply.body =
      R"({"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"CONTINUATION",)"
      R"("continuationToken":"t"}]})";
  test::Play empty = continued;
  empty.reply.body = R"({"candidates":[{"content":{"parts":[]},"finishReason":"STOP"}]})";
  test::Play pages = play_of("/v2/gemini/models", false);
  pages.reply.body = R"({"models":[],"nextPageToken":"n"})";
  test::Reply last;
  last.body = R"({"models":[]})";
  pages.more_replies = {last};
  for (test::Play* play : {&continued, &empty, &pages}) {
    play->ticks_before_head = kFirstByteTicks - 1;
    const test::Outcome outcome = test::play(*play);
    INFO(outcome.body);
    CHECK(outcome.status == 200);
    CHECK(outcome.upstreams.size() == 2);
  }
}

TEST_CASE("an error whose body stops coming is told as far as it came") {
  for (const char* path : kPathsOfErrors) {
    test::Play play = refusal_of(path);
    play.ticks_after_head = 4;
    check_that_it_is_told(play);
  }
}

// It may come byte by byte for ever, and never be silent.
TEST_CASE("an error whose body trickles has ten seconds") {
  for (const char* path : kPathsOfErrors) {
    test::Play play = refusal_of(path);
    play.reply_cut = test::byte_by_byte();
    play.ticks_after_head = 2;
    play.ticks_in_reply = 2;
    check_that_it_is_told(play);
  }
}

TEST_CASE("a client that stops sending, or sends for too long, is given up with a 408") {
  for (const char* path : {"/v2/gemini/chat/completions", "/v2/openai/chat/completions"}) {
    test::Play play = play_of(path, false);
    play.request_cut = test::in_two(10);
    play.ticks_in_request = 12;
    CHECK(test::play(play).status == 200);
    play.ticks_in_request = 13;
    const test::Outcome outcome = test::play(play);
    CHECK(outcome.status == 408);
    CHECK(outcome.upstreams.empty());
    CHECK(outcome.body.find(R"("code":"request_timeout")") != std::string::npos);
    play.request_cut = test::byte_by_byte();
    play.ticks_in_request = 2;  // never silent, and ten seconds a byte
    CHECK(test::play(play).status == 408);
  }
}
