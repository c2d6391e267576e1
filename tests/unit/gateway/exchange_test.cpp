// The state machine through the C ABI: what the cases cannot say in files.
#include "gateway/exchange.h"

#include "exports/llmproxy.h"
#include "gateway/config.h"
#include "gateway/request_headers.h"
#include "gateway/warm_up.h"
#include "native/catch.h"
#include "native/driver.h"

#include <cstring>
#include <string>

using namespace llmproxy;

namespace {

const std::string kHead =
    "POST\nhttps://x.test/v2/gemini/chat/completions\nauthorization: Bearer k\n";
const std::string kAsk =
    R"({"model":"gemini-2.5-flash","messages":[{"role":"user","content":"x"}]})";
const std::string kAskStream =
    R"({"model":"gemini-2.5-flash","messages":[{"role":"user","content":"x"}],"stream":true})";
const std::string kEvent =
    "data: "
    "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"hi\"}]},\"finishReason\":\"STOP\"}]}"
    "\r\n\r\n";

test::Cut pieces_of(std::size_t size) {
  return [size](std::size_t, std::size_t) { return size; };
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("base URLs come from the variables, whatever slashes they end in") {
  gateway::Config config;
  config.set("GEMINI_BASE_URL", " https://relay.test/v1beta/ ");
  config.set("GEMINI_API_KEY", "not kept");
  REQUIRE(config.base_url(*suppliers::built_in().find("gemini")) == "https://relay.test/v1beta");
  REQUIRE(config.base_url(*suppliers::built_in().find("groq")) == "https://api.groq.com/openai/v1");
}

TEST_CASE("a client that leaves while the supplier thinks ends the fetch") {
  test::Play play{kHead, kAskStream};
  play.reply.body = kEvent;
  play.leave_after = 0;
  const test::Outcome outcome = test::play(play);
  REQUIRE(outcome.aborted);
  REQUIRE_FALSE(outcome.complete);
}

TEST_CASE("a client that leaves in the middle of a stream ends the fetch") {
  test::Play play{kHead, kAskStream};
  play.reply.body = kEvent + kEvent;
  play.reply_cut = test::in_two(kEvent.size());
  play.leave_after = 300;
  const test::Outcome outcome = test::play(play);
  REQUIRE(outcome.aborted);
  REQUIRE_FALSE(has(outcome.body, "[DONE]"));
}

TEST_CASE("a request that says it is too large is refused before it is read") {
  test::Play play{kHead + "content-length: 33554433\n", kAsk};
  const test::Outcome outcome = test::play(play);
  REQUIRE(outcome.status == 413);
  REQUIRE(has(outcome.body, "request_too_large"));
}

TEST_CASE("a request that turns out too large is refused in the middle") {
  const std::string text(std::size_t{33} << 20U, 'x');
  test::Play play{kHead, text};
  play.request_cut = pieces_of(std::size_t{1} << 20U);
  REQUIRE(test::play(play).status == 413);
}

TEST_CASE("a large image goes through by reference and arrives whole") {
  const std::string image(std::size_t{5} << 20U, 'A');
  test::Play play{
      kHead,
      R"({"model":"gemini-2.5-flash","messages":[{"role":"user","content":[{"type":"image_url",)"
      R"("image_url":{"url":"data:image/png;base64,)" +
          image + R"("}}]}]})"};
  play.reply.body =
      R"({"candidates":[{"content":{"parts":[{"text":"hi"}]},"finishReason":"STOP"}]})";
  for (const test::Cut& cut : {test::whole(), pieces_of(std::size_t{512} << 10U)}) {
    play.request_cut = cut;
    const test::Outcome outcome = test::play(play);
    REQUIRE(outcome.status == 200);
    REQUIRE(has(outcome.upstream_body,
                R"({"inlineData":{"mimeType":"image/png","data":")" + image + "\"}}"));
  }
  // The same with a byte that no string has, and then cut off there.
  const std::size_t inside = play.body.size() / 2;
  play.body[inside] = '\n';
  REQUIRE(has(test::play(play).body, "a control character"));
  REQUIRE(has(test::play(play).body, "at byte " + std::to_string(inside)));
  play.body.resize(inside);
  REQUIRE(has(test::play(play).body, "a string does not end"));
}

TEST_CASE("long text is cut into deltas that line readers can take") {
  const std::string text = std::string(100000, 'x') + "你";
  test::Play play{kHead, kAskStream};
  play.reply.body = "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"" + text +
                    "\"}]},\"finishReason\":\"STOP\"}]}\n\n";
  const test::Outcome outcome = test::play(play);
  std::string joined;
  const std::string key = "{\"content\":\"";
  std::size_t longest = 0;
  for (std::size_t at = outcome.body.find(key); at != std::string::npos;
       at = outcome.body.find(key, at + 1)) {
    const std::size_t begin = at + key.size();
    const std::size_t end = outcome.body.find("\"}", begin);
    joined += outcome.body.substr(begin, end - begin);
    longest = std::max(longest, end - begin);
  }
  REQUIRE(joined == text);
  REQUIRE(longest <= 32768);
}

TEST_CASE("what to say when an instance dies is known beforehand") {
  const auto part = [](std::uint32_t index) {
    return std::string(lp_text(index), lp_text_size(index));
  };
  REQUIRE(lp_fatal_status() == 503);
  REQUIRE(has(part(LP_FATAL_HEADERS), "content-type: application/json\n"));
  REQUIRE(has(part(LP_FATAL_BODY), "\"code\":\"instance_failed\""));
  REQUIRE(part(LP_FATAL_EVENT) == "data: " + part(LP_FATAL_BODY) + "\n\n");
}

TEST_CASE("the allow-list has each header that means something once") {
  const std::string names = "\n" + gateway::request_header_names(suppliers::built_in()) + "\n";
  for (const char* name :
       {"authorization", "content-length", "content-encoding", "content-type", "supplier",
        "upgrade", "x-llmproxy-strict", "access-control-request-headers", "x-api-key", "api-key",
        "x-goog-api-key", "openai-organization", "openai-project", "openai-beta"}) {
    INFO(name);
    const std::string line = "\n" + std::string(name) + "\n";
    CHECK(has(names, line));
    CHECK(names.find(line) == names.rfind(line));
  }
  CHECK_FALSE(has(names, "\ncookie\n"));
  CHECK_FALSE(has(names, "\n\n"));
}

TEST_CASE("other places of a key are looked at when the usual one has none") {
  gateway::Config config;
  policy::CapabilityCache capabilities;
  const std::string head =
      "POST\nhttps://x.test/v2/gemini/chat/completions\n"
      "authorization: Bearer \ncontent-length: 10\n";
  SECTION("there it is") {
    gateway::Exchange exchange(config, capabilities, head + "api-key: k\n", 0, 1);
    const gateway::Command& next = exchange.next();
    REQUIRE(next.kind == gateway::CommandKind::read);
    REQUIRE(next.size == 10);
  }
  SECTION("nor there") {
    gateway::Exchange exchange(config, capabilities, head, 0, 1);
    const gateway::Command& next = exchange.next();
    REQUIRE(next.kind == gateway::CommandKind::head);
    REQUIRE(next.status == 401);
  }
}

TEST_CASE("the credential crosses in its own slot, and no head holds it") {
  gateway::Config config;
  policy::CapabilityCache capabilities;
  const std::string head =
      "POST\nhttps://x.test/v2/gemini/chat/completions\ncontent-length: 10\n"
      "x-api-key:  \napi-key: the-key\n";
  gateway::Exchange exchange(config, capabilities, head, 0, 1);
  REQUIRE(exchange.next().kind == gateway::CommandKind::read);
  const std::string body = kAsk;
  std::memcpy(exchange.reserve_request(body.size()), body.data(), body.size());
  exchange.take_request(body.size());
  exchange.end_request();
  const gateway::Command& command = exchange.next();
  REQUIRE(command.kind == gateway::CommandKind::fetch);
  const gateway::Fetch& fetch = command.fetch;
  CHECK(fetch.credential == "the-key");
  CHECK_FALSE(has(fetch.head, "the-key"));
  const std::string last = "\nx-goog-api-key: ";
  CHECK(fetch.head.substr(fetch.head.size() - last.size()) == last);
  CHECK_FALSE(fetch.wants_reply_headers);
}

TEST_CASE("the warm-up succeeds, whole and streamed") {
  lp_warm_up();
  for (const gateway::WarmUp& warm_up : gateway::warm_ups(suppliers::built_in())) {
    test::Play play{std::string(warm_up.head), warm_up.body};
    play.reply.body = warm_up.reply;
    const test::Outcome outcome = test::play(play);
    CHECK(outcome.status == 200);
    CHECK(outcome.upstreams.size() == 1);
    CHECK(has(outcome.body, R"("finish_reason":"stop")"));
    CHECK(outcome.complete);
  }
}

TEST_CASE("events that come too late are passed over") {
  gateway::Config config;
  policy::CapabilityCache capabilities;
  gateway::Exchange exchange(config, capabilities, "GET\nhttps://x.test/health\n", 0, 1);
  exchange.take_reply_head(0, 200, "");
  REQUIRE(exchange.reserve_reply(7, 10) == nullptr);
  exchange.end_reply(7);
  exchange.fail_reply(7);
  exchange.end_request();
  REQUIRE(exchange.reserve_request(10) == nullptr);
  exchange.lose_client();
  REQUIRE(exchange.next().kind == gateway::CommandKind::head);
  REQUIRE(exchange.next().kind == gateway::CommandKind::write);
  REQUIRE(exchange.next().kind == gateway::CommandKind::end);
  REQUIRE(exchange.next().kind == gateway::CommandKind::wait);
}

TEST_CASE("an upgrade to WebSockets is refused in whichever form it is asked for") {
  const auto status = [](const std::string& headers) {
    test::Play play{"GET\nhttps://x.test/v2/openai/realtime\nauthorization: Bearer k\n" + headers,
                    ""};
    const test::Outcome outcome = test::play(play);
    return std::to_string(outcome.status) + (outcome.upstreams.empty() ? "" : " fetched");
  };
  for (const char* value : {"websocket", "WebSocket/13", "websocket, h2c", "h2c,WEBSOCKET",
                            "h2c , websocket/13 ,", "foo\nUpgrade: websocket"}) {
    INFO(value);
    CHECK(status(std::string("upgrade: ") + value + "\n") == "426");
  }
  for (const char* value : {"h2c", "", ",", "websockets", "h2c/websocket", "TLS/1.0, h2c"}) {
    INFO(value);
    CHECK(status(std::string("upgrade: ") + value + "\n") == "200 fetched");
  }
}

TEST_CASE("nobody is told to wait for longer than a day") {
  const auto wait = [](const std::string& value, const std::string& name = "retry-after") {
    test::Play play{"GET\nhttps://x.test/v2/groq/models\nauthorization: Bearer k\n", ""};
    play.reply.status = 429;
    play.reply.headers = name + ": " + value + "\n";
    const std::string headers = test::play(play).headers;
    const std::size_t at = headers.find(name + ": ");
    const std::size_t begin = at + name.size() + 2;
    return at == std::string::npos ? "none" : headers.substr(begin, headers.find('\n', at) - begin);
  };
  CHECK(wait("7") == "7");
  CHECK(wait("2.5") == "2.5");
  CHECK(wait("0") == "0");
  CHECK(wait("86400") == "86400");
  CHECK(wait("86401") == "86400");
  CHECK(wait("99999999999999999999999999") == "86400");
  CHECK(wait("86400000", "retry-after-ms") == "86400000");
  CHECK(wait("1e9", "retry-after-ms") == "none");
  CHECK(wait("86400001", "retry-after-ms") == "86400000");
  CHECK(wait("Thu, 09 Oct 2025 08:53:20 GMT", "retry-after-ms") == "none");
  for (const char* none :
       {"-5", "soon", "1e9", "Infinity", "5s", "Thu, 09 Foo 2025 08:53:20 GMT"}) {
    INFO(none);
    CHECK(wait(none) == "none");
  }
  // The time of these tests is 2025-10-09 08:53:20.
  CHECK(wait("Thu, 09 Oct 2025 08:54:00 GMT") == "40");
  CHECK(wait("Thu, 09 Oct 2025 08:00:00 GMT") == "0");
  CHECK(wait("Fri, 10 Oct 2025 08:53:19 GMT") == "86399");
  CHECK(wait("Sat, 29 Feb 2048 00:00:00 GMT") == "86400");
}
