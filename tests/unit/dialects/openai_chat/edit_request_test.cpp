#include "dialects/openai_chat/edit_request.h"

#include "native/catch.h"
#include "suppliers/supplier.h"

#include <nlohmann/json.hpp>

#include <string>

using namespace llmproxy;
using openai_chat::EditRule;
using openai_chat::Match;
using openai_chat::Place;

namespace {

std::string edit(const std::string& body, std::span<const EditRule> rules) {
  SpanList out;
  chat::Changes changes;
  Status status = openai_chat::edit_request(body, rules, out, changes);
  if (!status) {
    return "error: " + status.error().message;
  }
  std::string text;
  for (const Span& span : out.spans()) {
    text.append(span.data, span.size);
  }
  return text;
}

std::string for_groq(const std::string& body) {
  return edit(body, suppliers::find("groq")->edits);
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
  CHECK(edit(R"({"a":1,"c":2})", rules) == R"({"c":2})");
  CHECK(edit(R"({"c":2,"a":1})", rules) == R"({"c":2})");
  CHECK(edit(R"({"c":2,"a":1,"d":3})", rules) == R"({"c":2,"d":3})");
  CHECK(edit(R"({"a":1,"b":2,"c":3})", rules) == R"({"c":3})");
  CHECK(edit(R"({"c":3,"a":1,"b":2})", rules) == R"({"c":3})");
  CHECK(edit(R"({"a":1,"b":[{}]})", rules) == "{}");
  CHECK(edit(R"({"a":1,"c":2,"b":3,"d":4})", rules) == R"({"c":2,"d":4})");
  CHECK(edit(R"({ "a" : 1 , "c" : 2 })", rules) == R"({ "c" : 2 })");
  CHECK(edit(R"({"\u0061":1,"c":2})", rules) == R"({"c":2})");
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

TEST_CASE("only a JSON object is forwarded") {
  CHECK(edit("[]", {}).starts_with("error: The body"));
  CHECK(edit("", {}).starts_with("error: "));
  CHECK(edit("{\"a\":}", {}).starts_with("error: We could not parse"));
  CHECK(edit("{} {}", {}).starts_with("error: We could not parse"));
  CHECK(edit(R"({"messages":5,"stream_options":null})", {}) ==
        R"({"messages":5,"stream_options":null})");
}
