// Several fetches and timers in one exchange: what the cases cannot say in files.
#include "exports/llmproxy.h"
#include "native/catch.h"
#include "native/driver.h"

#include <cstring>
#include <string>

using namespace llmproxy;

namespace {

std::string head(const std::string& path, const std::string& more = "") {
  return "POST\nhttps://x.test" + path + "\nauthorization: Bearer k\n" + more;
}

const std::string kAskStream =
    R"({"model":"gemini-2.5-flash","messages":[{"role":"user","content":"x"}],"stream":true})";
const std::string kEvent =
    "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"hi\"}]},"
    "\"finishReason\":\"STOP\"}]}\r\n\r\n";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}
std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

test::Play ask_image(const std::string& url, const std::string& model = "gemini-2.0-flash") {
  test::Play play;
  play.head = head("/v2/gemini/chat/completions");
  play.body =
      R"({"model":")" + model +
      R"(","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":")" + url +
      R"("}}]}]})";
  test::Reply answer;
  answer.body = R"({"candidates":[{"content":{"parts":[{"text":"seen"}]},"finishReason":"STOP"}]})";
  play.reply.headers = "content-type: image/png\n";
  play.reply.body = std::string("\x89PNG\r\n\x1A\n", 8) + "rest";
  play.more_replies = {answer};
  return play;
}

}  // namespace

TEST_CASE("a silent stream says something itself after fifteen seconds") {
  test::Play play{head("/v2/gemini"), kAskStream};
  play.reply.body = kEvent;
  play.ticks_after_head = 3;
  CHECK(count(test::play(play).body, R"("delta":{},"logprobs":null,"finish_reason":null)") == 0);
  play.ticks_after_head = 4;
  CHECK(count(test::play(play).body, R"("delta":{},"logprobs":null,"finish_reason":null)") == 1);
  play.ticks_after_head = 8;
  CHECK(count(test::play(play).body, R"("delta":{},"logprobs":null,"finish_reason":null)") == 2);
}

TEST_CASE("an image is fetched when the model cannot, and goes on as bytes") {
  const test::Outcome outcome = test::play(ask_image("https://images.example/a"));
  CHECK(outcome.status == 200);
  REQUIRE(outcome.upstreams.size() == 2);
  CHECK(outcome.upstreams[0].head.starts_with("GET\nhttps://images.example/a\n"));
  CHECK_FALSE(has(outcome.upstreams[0].head, "goog-api-key"));
  CHECK_FALSE(has(outcome.upstreams[0].head, "authorization"));
  CHECK(has(outcome.upstreams[1].body,
            R"({"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgpyZXN0"}})"));
}

TEST_CASE("an image in the open is left to Google where the model takes addresses") {
  test::Play play = ask_image("https://images.example/a.png", "gemini-2.5-flash");
  play.reply = play.more_replies[0];
  const test::Outcome outcome = test::play(play);
  REQUIRE(outcome.upstreams.size() == 1);
  CHECK(has(outcome.upstreams[0].body,
            R"({"fileData":{"mimeType":"image/png","fileUri":"https://images.example/a.png"}})"));
}

TEST_CASE("an address that Google could not fetch is fetched here") {
  test::Play play = ask_image("https://images.example/a.png", "gemini-2.5-flash");
  const test::Reply image = play.reply;
  const test::Reply answer = play.more_replies[0];
  play.reply.status = 400;
  play.reply.headers = "";
  play.reply.body =
      R"({"error":{"code":400,"message":"Cannot fetch content from the provided URL."}})";
  play.more_replies = {image, answer};
  const test::Outcome outcome = test::play(play);
  REQUIRE(outcome.upstreams.size() == 3);
  CHECK(has(outcome.upstreams[2].body, R"("inlineData":{"mimeType":"image/png")"));
  CHECK(outcome.status == 200);
}

TEST_CASE("a redirect is looked at before it is followed, three times at most") {
  test::Play play = ask_image("https://images.example/a");
  const test::Reply image = play.reply;
  const test::Reply answer = play.more_replies[0];
  test::Reply moved;
  moved.status = 302;
  moved.headers = "location: /b\n";
  play.reply = moved;
  play.more_replies = {image, answer};
  test::Outcome outcome = test::play(play);
  CHECK(outcome.status == 200);
  CHECK(outcome.upstreams[1].head.starts_with("GET\nhttps://images.example/b\n"));

  moved.headers = "location: http://169.254.169.254/latest/meta-data\n";
  play.reply = moved;
  play.more_replies = {image, answer};
  outcome = test::play(play);
  CHECK(outcome.status == 400);
  CHECK(outcome.upstreams.size() == 1);
  CHECK(has(outcome.body, "not on the public internet"));

  moved.headers = "location: https://images.example/again\n";
  play.reply = moved;
  play.more_replies = {moved};
  outcome = test::play(play);
  CHECK(outcome.status == 400);
  CHECK(outcome.upstreams.size() == 4);
  CHECK(has(outcome.body, R"("param":"messages[0].content[0].image_url.url")"));
}

TEST_CASE("what cannot be fetched names the part, and the rest is given up") {
  for (const char* url : {"http://127.0.0.1/a.png", "http://localhost/a", "ftp://example.com/a",
                          "https://a:b@images.example/a", "http://[::1]/a", "file:///etc/passwd"}) {
    INFO(url);
    const test::Outcome outcome = test::play(ask_image(url));
    CHECK(outcome.status == 400);
    CHECK(outcome.upstreams.empty());
    CHECK(has(outcome.body, R"("param":"messages[0].content[0].image_url.url")"));
  }
  test::Play play = ask_image("https://images.example/a");
  play.reply.status = 404;
  CHECK(test::play(play).status == 400);
  play.reply.status = 200;
  play.reply.headers = "content-type: text/html\n";
  play.reply.body = "<html>";
  CHECK(has(test::play(play).body, "not an image"));
  play.reply.headers = "content-length: 99999999\n";
  CHECK(has(test::play(play).body, "larger than"));
  play.reply.headers = "";
  play.reply.body = std::string(std::size_t{11} << 20U, 'x');
  CHECK(has(test::play(play).body, "larger than"));
  play.reply.unreachable = true;
  CHECK(test::play(play).status == 400);
}

TEST_CASE("a download that takes too long is given up") {
  test::Play play = ask_image("https://images.example/a");
  play.ticks_before_head = 2;
  CHECK(test::play(play).status == 200);
  play.ticks_before_head = 3;
  const test::Outcome outcome = test::play(play);
  CHECK(outcome.status == 400);
  CHECK(outcome.aborted);
  CHECK(has(outcome.body, "longer than 10 seconds"));
}

TEST_CASE("four downloads at most are under way at once") {
  std::string parts;
  for (int i = 0; i < 6; ++i) {
    parts += std::string(i == 0 ? "" : ",") +
             R"({"type":"image_url","image_url":{"url":"https://images.example/)" +
             std::to_string(i) + R"("}})";
  }
  test::Play play = ask_image("x");
  play.body =
      R"({"model":"gemini-2.0-flash","messages":[{"role":"user","content":[)" + parts + "]}]}";
  const test::Reply answer = play.more_replies[0];
  play.more_replies = {play.reply, play.reply, play.reply, play.reply, play.reply, answer};
  const test::Outcome outcome = test::play(play);
  CHECK(outcome.status == 200);
  REQUIRE(outcome.upstreams.size() == 7);
  CHECK(count(outcome.upstreams[6].body, "inlineData") == 6);
}

TEST_CASE("what a model refused once is not asked of it again") {
  test::Play play{head("/v2/gemini/chat/completions"),
                  R"({"model":"gemini-2.0-learns","presence_penalty":1,)"
                  R"("messages":[{"role":"user","content":"x"}]})"};
  test::Reply answer;
  answer.body = R"({"candidates":[{"content":{"parts":[{"text":"hi"}]},"finishReason":"STOP"}]})";
  play.reply.status = 400;
  play.reply.body =
      R"({"error":{"code":400,"message":"Penalty is not enabled for models/gemini-2.0-learns","status":"INVALID_ARGUMENT"}})";
  play.more_replies = {answer};
  test::Outcome outcome = test::play(play);
  CHECK(outcome.status == 200);
  REQUIRE(outcome.upstreams.size() == 2);
  CHECK(has(outcome.upstreams[0].body, "presencePenalty"));
  CHECK_FALSE(has(outcome.upstreams[1].body, "presencePenalty"));
  CHECK(has(outcome.headers, "x-llmproxy-changes: presence_penalty=dropped"));

  play.reply = answer;
  play.keeps_learned = true;
  outcome = test::play(play);
  CHECK(outcome.upstreams.size() == 1);
  CHECK_FALSE(has(outcome.upstreams[0].body, "presencePenalty"));
}

TEST_CASE("a schema, a history or an address that was refused is remembered, and no other") {
  test::Reply answer;
  answer.body = R"({"candidates":[{"content":{"parts":[{"text":"hi"}]},"finishReason":"STOP"}]})";
  const auto refused = [](const std::string& message) {
    test::Reply reply;
    reply.status = 400;
    reply.body =
        R"({"error":{"code":400,"message":")" + message + R"(","status":"INVALID_ARGUMENT"}})";
    return reply;
  };
  const auto plays = [&](const std::string& body, const test::Reply& first, bool keeps_learned) {
    test::Play play{head("/v2/gemini/chat/completions"), body};
    play.reply = first;
    play.more_replies = {answer};
    play.keeps_learned = keeps_learned;
    const test::Outcome outcome = test::play(play);
    CHECK(outcome.status == 200);
    return outcome.upstreams;
  };
  SECTION("schema") {
    const auto ask = [](const std::string& type) {
      return R"({"model":"gemini-2.5-flash","messages":[{"role":"user","content":"x"}],)"
             R"("tools":[{"type":"function","function":{"name":"f","parameters":)"
             R"({"type":"object","properties":{"a":{"type":")" +
             type + R"("}}}}}]})";
    };
    const test::Reply no = refused("Invalid JSON schema at tools[0]: $.properties.a");
    CHECK(plays(ask("string"), no, false).size() == 2);
    const auto again = plays(ask("string"), answer, true);
    CHECK(again.size() == 1);
    CHECK(has(again[0].body, "\"parameters\""));
    const auto other = plays(ask("integer"), answer, true);
    CHECK(has(other[0].body, "\"parametersJsonSchema\""));
  }
  SECTION("address") {
    const auto ask = [](const std::string& url) {
      return R"({"model":"gemini-2.5-flash","messages":[{"role":"user","content":)"
             R"([{"type":"image_url","image_url":{"url":")" +
             url + R"("}}]}]})";
    };
    test::Play play{head("/v2/gemini/chat/completions"), ask("https://a.example/x.png")};
    play.reply = refused("Cannot fetch content from the provided URL.");
    test::Reply image;
    image.headers = "content-type: image/png\n";
    image.body = "\x89PNG\r\n";
    play.more_replies = {image, answer};
    CHECK(test::play(play).upstreams.size() == 3);
    play.keeps_learned = true;
    play.reply = image;
    play.more_replies = {answer};
    const test::Outcome again = test::play(play);
    REQUIRE(again.upstreams.size() == 2);
    CHECK(has(again.upstreams[0].head, "GET\nhttps://a.example/x.png\n"));
    play.body = ask("https://a.example/y.png");
    play.reply = answer;
    CHECK(test::play(play).upstreams.size() == 1);
  }
  SECTION("history") {
    const auto ask = [](const std::string& signature, const std::string& more) {
      return R"({"model":"gemini-3-flash-preview","messages":[{"role":"user","content":"x"},)"
             R"({"role":"assistant","tool_calls":[{"id":"a","type":"function","function":)"
             R"({"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":")" +
             signature + R"("}}}]},{"role":"tool","tool_call_id":"a","content":"1"})" + more + "]}";
    };
    const test::Reply no = refused("Corrupted thought signature.");
    CHECK(plays(ask("QUFB", ""), no, false).size() == 2);
    const auto later = plays(ask("QUFB", R"(,{"role":"user","content":"y"})"), answer, true);
    CHECK(later.size() == 1);
    CHECK_FALSE(has(later[0].body, "QUFB"));
    CHECK(has(plays(ask("QkJC", ""), answer, true)[0].body, "QkJC"));
  }
}

TEST_CASE("strict clients get an error in place of less") {
  test::Play play{head("/v2/gemini/chat/completions", "x-llmproxy-strict: 1\n"),
                  R"({"model":"gemini-2.5-flash","logit_bias":{"1":5},)"
                  R"("messages":[{"role":"user","content":"x"}]})"};
  const test::Outcome outcome = test::play(play);
  CHECK(outcome.status == 400);
  CHECK(outcome.upstreams.empty());
  CHECK(has(outcome.body, R"("param":"logit_bias")"));
}

TEST_CASE("variables of the operator's") {
  const auto set = [](const std::string& name, const std::string& value) {
    char* room = lp_reserve(name.size() + value.size());
    std::memcpy(room, (name + value).data(), name.size() + value.size());
    lp_set_variable(name.size(), value.size());
  };
  test::Play play{head("/v2/gemini"), kAskStream};
  play.reply.body = kEvent;
  play.ticks_after_head = 4;
  set("HEARTBEAT", "comment");
  CHECK(has(test::play(play).body, ": keep-alive\n\n"));
  set("HEARTBEAT", "off");
  CHECK_FALSE(has(test::play(play).body, "keep-alive"));
  set("HEARTBEAT", "chunk");
  play.reply.body =
      "data: {\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"id\":\"a\",\"name\":"
      "\"f\"},\"thoughtSignature\":\"c2ln\"}]},\"finishReason\":\"STOP\"}]}\n\n";
  for (const char* in_both : {"both", "id", "", "anything"}) {
    set("THOUGHT_SIGNATURES", in_both);
    const std::string body = test::play(play).body;
    CHECK(has(body, R"("id":"a__ts_)"));
    CHECK(has(body, R"("thought_signature":"c2ln")"));
  }
  set("THOUGHT_SIGNATURES", "field");
  const std::string body = test::play(play).body;
  CHECK(has(body, R"("id":"a")"));
  CHECK(has(body, R"("thought_signature":"c2ln")"));
  set("THOUGHT_SIGNATURES", "both");
}
