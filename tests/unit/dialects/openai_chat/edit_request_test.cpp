#include "dialects/openai_chat/edit_request.h"

#include "base/limits.h"
#include "native/catch.h"
#include "suppliers/supplier.h"

#include <nlohmann/json.hpp>

#include <string>

using namespace llmproxy;
using openai_chat::EditRule;
using openai_chat::Match;
using openai_chat::Place;

namespace {

std::string edit(const std::string& body, const openai_chat::RequestEdits& edits,
                 std::string* changed = nullptr) {
  SpanList out;
  chat::Changes changes;
  Status status = openai_chat::edit_request(body, edits, out, changes);
  if (!status) {
    return "error: " + status.error().message;
  }
  if (changed != nullptr) {
    *changed = changes.text();
  }
  std::string text;
  for (const Span& span : out.spans()) {
    text.append(span.data, span.size);
  }
  return text;
}

std::string for_groq(const std::string& body, std::string* changed = nullptr) {
  return edit(body, suppliers::find("groq")->edits, changed);
}

std::string message_for_groq(const std::string& members, std::string* changed = nullptr) {
  const std::string begin = R"({"messages":[{)";
  const std::string out = for_groq(begin + members + "}]}", changed);
  REQUIRE(out.starts_with(begin));
  return out.substr(begin.size(), out.size() - begin.size() - 3);
}

}  // namespace

TEST_CASE("a body that needs no change stays as it is, byte for byte") {
  const std::string body =
      "{ \"model\" : \"m\",\n\"messages\":[ {\"role\":\"user\", \"content\":\"\\u00e9\"} ] , "
      "\"x\":1e2}";
  REQUIRE(for_groq(body) == body);
}

TEST_CASE("members are cut with their commas, wherever they stand") {
  const EditRule rules[] = {{Place::request, "a"}, {Place::request, "b"}};
  CHECK(edit(R"({"a":1,"c":2})", {rules}) == R"({"c":2})");
  CHECK(edit(R"({"c":2,"a":1})", {rules}) == R"({"c":2})");
  CHECK(edit(R"({"c":2,"a":1,"d":3})", {rules}) == R"({"c":2,"d":3})");
  CHECK(edit(R"({"a":1,"b":2,"c":3})", {rules}) == R"({"c":3})");
  CHECK(edit(R"({"c":3,"a":1,"b":2})", {rules}) == R"({"c":3})");
  CHECK(edit(R"({"a":1,"b":[{}]})", {rules}) == "{}");
  CHECK(edit(R"({"a":1,"c":2,"b":3,"d":4})", {rules}) == R"({"c":2,"d":4})");
  CHECK(edit(R"({ "a" : 1 , "c" : 2 })", {rules}) == R"({ "c" : 2 })");
  CHECK(edit(R"({"\u0061":1,"c":2})", {rules}) == R"({"c":2})");
}

TEST_CASE("fields inside messages and tool calls") {
  CHECK(
      for_groq(
          R"({"store":true,"messages":[{"reasoning_content":"x","role":"assistant","content":null,)"
          R"("tool_calls":[{"id":"a","extra_content":{"google":{}},"type":"function"}]}]})") ==
      R"({"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function"}]}]})");
  CHECK(for_groq(R"({"messages":[{"role":"developer","content":"x","name":"n"}]})") ==
        R"({"messages":[{"role":"system","content":"x"}]})");
  CHECK(for_groq(R"({"stream_options":{"include_obfuscation":false,"include_usage":true}})") ==
        R"({"stream_options":{"include_usage":true}})");
}

TEST_CASE("a field goes when it asks for nothing, and stays when it asks for something") {
  CHECK(for_groq(R"({"logprobs":false,"logit_bias":{ },"top_logprobs":null,"n":1})") ==
        R"({"n":1})");
  CHECK(for_groq(R"({"logprobs":true,"logit_bias":{"1":2},"top_logprobs":3})") ==
        R"({"logprobs":true,"logit_bias":{"1":2},"top_logprobs":3})");
  CHECK(for_groq(R"({"service_tier":"default"})") == R"({"service_tier":"on_demand"})");
  CHECK(for_groq(R"({"service_tier":"flex"})") == R"({"service_tier":"flex"})");
}

TEST_CASE("efforts are named as the model knows them") {
  const auto effort = [](const std::string& model, const std::string& value) {
    const auto body = nlohmann::json::parse(
        for_groq(R"({"reasoning_effort":")" + value + R"(","model":")" + model + "\"}"));
    return body.value("reasoning_effort", "gone");
  };
  CHECK(effort("openai/gpt-oss-120b", "minimal") == "low");
  CHECK(effort("openai/gpt-oss-120b", "high") == "high");
  CHECK(effort("openai/gpt-oss-120b", "xhigh") == "high");
  CHECK(effort("qwen/qwen3-32b", "none") == "none");
  CHECK(effort("qwen/qwen3-32b", "high") == "default");
  CHECK(effort("llama-3.1-8b-instant", "high") == "gone");
}

TEST_CASE("what no OpenAI server knows does not reach OpenAI") {
  CHECK(
      edit(
          R"({"messages":[{"role":"assistant","reasoning_content":"t","tool_calls":[{"id":"a","extra_content":{}}]}]})",
          suppliers::find("openai")->edits) ==
      R"({"messages":[{"role":"assistant","tool_calls":[{"id":"a"}]}]})");
}

TEST_CASE("of a message Groq gets what it knows, and nothing else") {
  std::string changed;
  CHECK(message_for_groq(
            R"("id":"m","role":"assistant","timestamp":1,"content":"a","parsed":{"a":1},)"
            R"("refusal":null,"annotations":[{}],"audio":null,"function_call":null,"index":0,)"
            R"("cache_control":{},"reasoning":"r","whatever":[{"a":[1]}],)"
            R"("tool_calls":[{"index":0,"id":"c","type":"function","x":1,)"
            R"("function":{"parsed_arguments":{},"name":"f","arguments":"{}"}}])",
            &changed) ==
        R"("role":"assistant","content":"a","tool_calls":[{"id":"c","type":"function",)"
        R"("function":{"name":"f","arguments":"{}"}}])");
  CHECK(changed.empty());
  CHECK(message_for_groq(R"("role":"user","name":"n","content":"a","images":["x"],"refusal":"no")",
                         &changed) == R"("role":"user","content":"a")");
  CHECK(changed ==
        "messages[0].name=dropped, messages[0].images=dropped, messages[0].refusal=dropped");
  CHECK(message_for_groq(R"("function_call":{"name":"f"})") == R"("function_call":{"name":"f"})");
  CHECK(message_for_groq(R"("x":1)").empty());
}

TEST_CASE("texts in parts become one string for Groq, but for the user's") {
  const std::string parts =
      R"([{"type":"text","text":"r1\n"}, "r2",{"cache_control":{"type":"ephemeral"},"text":"\u00e9","type":"text"}])";
  for (const char* role : {"tool", "system", "assistant", "developer"}) {
    const std::string name = role == std::string("developer") ? "system" : role;
    CHECK(message_for_groq(R"("role":")" + std::string(role) + R"(","content": )" + parts) ==
          R"("role":")" + name + R"(","content": "r1\nr2\u00e9")");
    // The role may come behind it.
    CHECK(message_for_groq(R"("x":1,"content":)" + parts + R"(,"y":2,"role":")" + role + "\"") ==
          R"("content":"r1\nr2\u00e9","role":")" + name + "\"");
  }
  CHECK(
      message_for_groq(R"("role":"user","content":)" + parts) ==
      R"("role":"user","content":[{"type":"text","text":"r1\n"}, "r2",{"text":"\u00e9","type":"text"}])");
  CHECK(message_for_groq(R"("content":)" + parts + R"(,"role":"user")")
            .starts_with(R"("content":[{"type")"));
  CHECK(message_for_groq(R"("role":"tool","content":[])") == R"("role":"tool","content":"")");
  // What is no text stays, so that Groq can say that it is not to be had.
  const std::string image =
      R"("role":"tool","content":[{"type":"image_url","image_url":{"url":"u","detail":"low")";
  CHECK(message_for_groq(image + R"(,"format":"png"},"x":1}])") == image + "}}]");
  CHECK(for_groq(R"({"messages":[{"role":"tool","content":[{"text":"a")").starts_with("error: "));
}

TEST_CASE("as many messages as fit are edited in one pass") {
  std::string body = R"({"messages":[{"role":"user","content":"a"})";
  std::string expected = body;
  for (int i = 0; i < 60'000; ++i) {
    body += R"(,{"name":"n","content":[{"type":"text","text":"a"}],"role":"user","id":1,"t":2})";
    expected += R"(,{"content":[{"type":"text","text":"a"}],"role":"user"})";
  }
  std::string changed;
  CHECK(for_groq(body + "]}", &changed) == expected + "]}");
  CHECK(changed.starts_with("messages[1].name=dropped, messages[2].name=dropped"));
  CHECK(changed.size() <= kMaxChangesHeader);
}

TEST_CASE("only a JSON object is forwarded") {
  CHECK(edit("[]", {}).starts_with("error: The body"));
  CHECK(edit("", {}).starts_with("error: "));
  CHECK(edit("{\"a\":}", {}).starts_with("error: We could not parse"));
  CHECK(edit("{} {}", {}).starts_with("error: We could not parse"));
  CHECK(edit(R"({"messages":5,"stream_options":null})", {}) ==
        R"({"messages":5,"stream_options":null})");
}
