// A row as an operator writes it, beside those that are compiled in: what a built-in supplier can
// do, it can do.
#include "gateway/exchange.h"
#include "gateway/request_headers.h"
#include "gateway/warm_up.h"
#include "native/catch.h"
#include "suppliers/document.h"
#include "suppliers/read_suppliers.h"

#include <cstring>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

using namespace llmproxy;

namespace {

constexpr std::string_view kRows = R"({"suppliers": [
  {
    "name": "acme",
    "title": "Acme",
    "dialect": "openai_chat",
    "base_url": "https://llm.acme.example/inference/v3",
    "base_url_variable": "ACME_BASE_URL",
    "key": {"header": "X-Acme-Key", "prefix": "Token "},
    "models": ["acme-", "gpt-acme"],
    "request_headers": ["x-acme-team"],
    "reply_headers": ["x-acme-"],
    "overloaded_status": 419,
    "stores_completions": true,
    "joins_texts": true,
    "text_models": ["acme-1"],
    "edits": [
      {"place": "request", "field": "store"},
      {"place": "request", "field": "seed", "match": "value", "from": 7, "to": null, "model": "acme-1"},
      {"place": "message", "field": "role", "match": "value", "from": "developer", "to": "system"},
      {"place": "message", "field": "name", "role": "user"}
    ],
    "allowed": [{"place": "stream_options", "names": ["include_usage"]}]
  },
  {
    "name": "house",
    "title": "The house",
    "dialect": "gemini",
    "base_url": "http://localhost:9/g",
    "key": {"header": "x-house"},
    "models": ["house-"],
    "warm_up": {"model": "house-1", "reply": {"candidates": []}}
  }
]})";

const suppliers::Table& table() {
  static const suppliers::Table kTable = [] {
    std::vector<suppliers::Supplier> all;
    for (const std::string_view document : {kRows, suppliers::document()}) {
      auto rows = suppliers::read_suppliers(document);
      REQUIRE(rows);
      std::move(rows->begin(), rows->end(), std::back_inserter(all));
    }
    return suppliers::Table(std::move(all));
  }();
  return kTable;
}

struct Answer {
  int status = 200;
  std::string headers = "content-type: application/json\n";
  std::string body = "{}";
};

struct Outcome {
  std::string upstream_head;
  std::string upstream_body;
  int status = 0;
  std::string headers;
  std::string body;
  bool piped = false;
};

// Of the request's headers those on the allow-list.
std::string pick(const std::string& headers) {
  const std::string names = "\n" + gateway::request_header_names(table()) + "\n";
  std::string block;
  const http::Headers all = http::Headers::parse(headers);
  for (const http::Header& header : all.all()) {
    if (names.find("\n" + std::string(header.name) + "\n") != std::string::npos) {
      http::write_header(header.name, header.value, block);
    }
  }
  return block;
}

void send(gateway::Exchange& exchange, const std::string& body) {
  std::memcpy(exchange.reserve_request(body.size()), body.data(), body.size());
  exchange.take_request(body.size());
  exchange.end_request();
}

void answer(gateway::Exchange& exchange, const gateway::Command& fetch, const Answer& answer,
            Outcome& out) {
  const std::uint32_t id = fetch.id;
  out.upstream_head = fetch.fetch.head;
  if (fetch.fetch.body != nullptr) {
    for (const Span& span : fetch.fetch.body->spans()) {
      out.upstream_body.append(span.data, span.size);
    }
  }
  exchange.take_reply_head(id, answer.status, answer.headers);
  // A reply that is piped is not brought.
  if (exchange.due() == gateway::Due::nothing) {
    std::memcpy(exchange.reserve_reply(id, answer.body.size()), answer.body.data(),
                answer.body.size());
    exchange.take_reply(id, answer.body.size());
    exchange.end_reply(id);
  }
}

Outcome play(const std::string& line, const std::string& headers, const std::string& body,
             const Answer& reply = {}, const std::string& base_url = "") {
  gateway::Config config(table());
  config.set("ACME_BASE_URL", base_url);
  policy::CapabilityCache capabilities;
  gateway::Exchange exchange(config, capabilities, line + "\n" + pick(headers), 0, 1);
  Outcome out;
  for (int i = 0; i < 20; ++i) {
    const gateway::Command& command = exchange.next();
    switch (command.kind) {
      case gateway::CommandKind::read:
        send(exchange, body);
        break;
      case gateway::CommandKind::fetch:
        answer(exchange, command, reply, out);
        break;
      case gateway::CommandKind::head:
        out.status = command.status;
        out.headers = command.head;
        break;
      case gateway::CommandKind::write:
        out.body.append(command.bytes);
        break;
      case gateway::CommandKind::pipe:
        out.piped = true;
        return out;
      default:
        return out;
    }
  }
  return out;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

const std::string kKey = "authorization: Bearer k\n";

}  // namespace

TEST_CASE("a configured supplier is named by path, by header and by its models") {
  const std::string url = "POST https://llm.acme.example/inference/v3/chat/completions";
  const std::string body = R"({"model":"acme-2","messages":[]})";
  const auto goes_there = [](const Outcome& out) {
    return out.upstream_head.starts_with(
        "POST\nhttps://llm.acme.example/inference/v3/chat/completions\n");
  };
  for (const char* path : {"/v2/acme/chat/completions", "/v2/ACME", "/v2/acme/inference/v3/",
                           "/v2/acme/v1/chat/completions"}) {
    INFO(path);
    CHECK(goes_there(play(std::string("POST\nhttps://x.test") + path, kKey, body)));
  }
  CHECK(goes_there(play("POST\nhttps://x.test/v1/chat/completions", kKey + "supplier: acme\n",
                        R"({"model":"gpt-4o","messages":[]})")));
  CHECK(goes_there(play("POST\nhttps://x.test/v1/chat/completions", kKey, body)));
  CHECK(has(
      play("POST\nhttps://x.test/v2/acme", kKey, body, {}, "https://relay.test/a/").upstream_head,
      "POST\nhttps://relay.test/a/chat/completions\n"));
}

TEST_CASE("a configured supplier gets its key in its own header, which clients may use, too") {
  const std::string line = "POST\nhttps://x.test/v2/acme/chat/completions";
  const std::string body = R"({"model":"m","messages":[]})";
  const std::string end = "\nX-Acme-Key: Token ";  // the host puts the key behind it
  CHECK(play(line, kKey, body).upstream_head.ends_with(end));
  CHECK(play(line, "x-acme-key: k\n", body).upstream_head.ends_with(end));
  const Outcome refused = play(line, "", body);
  CHECK(refused.status == 401);
  CHECK(has(refused.body, "'x-acme-key', 'x-house' and 'x-goog-api-key' do as well"));
}

TEST_CASE("headers of a configured supplier pass, in both directions") {
  const Outcome out =
      play("POST\nhttps://x.test/v2/acme/embeddings", kKey + "x-acme-team: t\nx-other: o\n", "{}",
           {200, "content-type: application/json\nx-acme-cost: 3\nopenai-version: 1\n", "{}"});
  CHECK(has(out.upstream_head, "\nx-acme-team: t\n"));
  CHECK_FALSE(has(out.upstream_head, "x-other"));
  CHECK(has(out.headers, "x-acme-cost: 3\n"));
  CHECK_FALSE(has(out.headers, "openai-version"));  // another one's
  CHECK(out.piped);
  const Outcome error = play("POST\nhttps://x.test/v2/acme", kKey, R"({"model":"m","messages":[]})",
                             {400, "x-acme-cost: 3\n", R"({"error":{"message":"no"}})"});
  CHECK(error.status == 400);
  CHECK(has(error.headers, "x-acme-cost: 3\n"));
}

TEST_CASE("a request to a configured supplier is edited as its row says, and the client is told") {
  const std::string body =
      R"({"model":"acme-1-big","store":true,"seed":7,"stream_options":{"include_usage":true,"x":1},)"
      R"("messages":[{"role":"developer","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},)"
      R"({"role":"user","name":"u","content":"c"}]})";
  const std::string line = "POST\nhttps://x.test/v2/acme/chat/completions";
  const Outcome out = play(line, kKey, body);
  CHECK(out.upstream_body ==
        R"({"model":"acme-1-big","seed":null,"stream_options":{"include_usage":true},)"
        R"("messages":[{"role":"system","content":"ab"},)"
        R"({"role":"user","content":"c"}]})");
  CHECK(has(out.headers,
            "x-llmproxy-changes: store=dropped, seed=rewritten, stream_options.x=dropped"));
  const Outcome strict = play(line, kKey + "x-llmproxy-strict: 1\n", body);
  CHECK(strict.status == 400);
  CHECK(has(strict.body, "'store' does not reach Acme as it is"));
}

TEST_CASE("a configured supplier may be busy in its own way, and store completions") {
  const std::string line = "https://x.test/v2/acme/chat/completions";
  const Outcome busy =
      play("POST\n" + line, kKey, R"({"model":"m","messages":[]})", {419, "", "busy"});
  CHECK(busy.status == 503);
  CHECK(has(busy.body, "Acme is at its capacity"));
  CHECK(has(play("GET\n" + line, kKey, "").upstream_head,
            "GET\nhttps://llm.acme.example/inference/v3/chat/completions\n"));
  CHECK(has(play("GET\nhttps://x.test/v2/acme/files", kKey, "").upstream_head, "/v3/files\n"));
}

TEST_CASE("a configured supplier of a dialect that is translated") {
  const std::string reply =
      R"({"candidates":[{"content":{"parts":[{"text":"hi"}]},"finishReason":"STOP"}]})";
  const Outcome out =
      play("POST\nhttps://x.test/v1/chat/completions", kKey,
           R"({"model":"house-1","messages":[{"role":"user","content":"x"}]})", {200, "", reply});
  CHECK(out.upstream_head.substr(0, out.upstream_head.find('\n', 5)) ==
        "POST\nhttp://localhost:9/g/models/house-1:streamGenerateContent?alt=sse");
  CHECK(out.upstream_head.ends_with("\nx-house: "));
  CHECK(has(out.body, R"("content":"hi")"));
  const auto warm_ups = gateway::warm_ups(table());
  CHECK(has(warm_ups[0].head, "/v2/house/chat/completions\n"));
  CHECK(has(warm_ups[0].body, R"({"model":"house-1",)"));
  CHECK(warm_ups[1].reply == "data: {\"candidates\":[]}\r\n\r\n");
}

TEST_CASE("configured suppliers are named with the others, wherever those are") {
  const Outcome index = play("GET\nhttps://x.test/", "", "");
  CHECK(has(index.body, "proxy for Acme, The house, OpenAI, Gemini and Groq.\n"));
  CHECK(has(index.body, "  <this address>/v2/acme\n"));
  CHECK(has(index.body, "'supplier: acme|house|openai|gemini|groq'"));
  const Outcome unknown = play("POST\nhttps://x.test/v2/nobody", kKey, "{}");
  CHECK(has(unknown.body, "Known suppliers: acme, gemini, groq, house, openai."));
  // Models that are nobody's go to the default, which is still that one.
  CHECK(has(play("POST\nhttps://x.test/v1", kKey, R"({"model":"x","messages":[]})").upstream_head,
            "POST\nhttps://api.openai.com/v1/chat/completions\n"));
}

TEST_CASE("without a default, a model that is nobody's is refused") {
  auto rows = suppliers::read_suppliers(kRows);
  REQUIRE(rows);
  const suppliers::Table none(std::move(*rows));
  CHECK(none.find_default() == nullptr);
  gateway::Config config(none);
  policy::CapabilityCache capabilities;
  gateway::Exchange exchange(config, capabilities, "GET\nhttps://x.test/v1/models\n" + kKey, 0, 1);
  const gateway::Command& command = exchange.next();
  REQUIRE(command.kind == gateway::CommandKind::head);
  CHECK(command.status == 400);
}
