// What a refusal does to the request that met it, and to those that come after it at the same
// instance.
#include "dialects/gemini/downgrade.h"
#include "json/string.h"
#include "native/catch.h"
#include "native/driver.h"
#include "policy/capability_cache.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace llmproxy;
using gemini::Feature;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

test::Reply answer() {
  test::Reply reply;
  reply.body = R"({"candidates":[{"content":{"parts":[{"text":"hi"}]},"finishReason":"STOP"}]})";
  return reply;
}

test::Reply refusal(const std::string& message) {
  test::Reply reply;
  reply.status = 400;
  reply.body = R"({"error":{"code":400,"message":")" + json::escape(message) +
               R"(","status":"INVALID_ARGUMENT"}})";
  return reply;
}

constexpr const char* kTopK =
    "Unable to submit request because it has a topK value of 100 but the supported range is from 1 "
    "(inclusive) to 65 (exclusive). Update the value and try again.";

// Callers of one instance, one after the other.
class Instance {
 public:
  test::Outcome ask(const std::string& fields, const std::vector<test::Reply>& replies,
                    const std::string& headers = "authorization: Bearer k\n") {
    test::Play play{"POST\nhttps://llmproxy.test/v2/gemini/chat/completions\n" + headers,
                    R"({"model":"gemini-2.0-flash","messages":[{"role":"user","content":"x"}])" +
                        (fields.empty() ? "" : "," + fields) + "}"};
    play.reply = replies.front();
    play.more_replies.assign(replies.begin() + 1, replies.end());
    play.keeps_learned = used_;
    used_ = true;
    return test::play(play);
  }

  // Another caller's request goes as it is.
  void check_unchanged(const std::string& fields, const std::string& sent) {
    const test::Outcome outcome = ask(fields, {answer()}, "authorization: Bearer other\n");
    REQUIRE(outcome.upstreams.size() == 1);
    CHECK(has(outcome.upstreams[0].body, sent));
    CHECK_FALSE(has(outcome.headers, "x-llmproxy-changes"));
  }

 private:
  bool used_ = false;
};

}  // namespace

TEST_CASE("a value out of its range is moved into it, and nobody else's changes") {
  Instance instance;
  const test::Outcome outcome =
      instance.ask(R"("top_k":100,"temperature":0.1)", {refusal(kTopK), answer()});
  CHECK(outcome.status == 200);
  REQUIRE(outcome.upstreams.size() == 2);
  CHECK(has(outcome.upstreams[1].body, R"("generationConfig":{"temperature":0.1,"topK":64})"));
  CHECK(has(outcome.headers, "x-llmproxy-changes: top_k=clamped\n"));
  instance.check_unchanged(R"("temperature":0.1,"top_p":0.5,"top_k":100)",
                           R"("generationConfig":{"temperature":0.1,"topP":0.5,"topK":100})");
}

TEST_CASE("the topK of users of top_logprobs is moved as well") {
  Instance instance;
  const test::Outcome outcome = instance.ask(R"("top_logprobs":100)", {refusal(kTopK), answer()});
  REQUIRE(outcome.upstreams.size() == 2);
  CHECK(has(outcome.upstreams[1].body, R"("topK":64)"));
  CHECK(has(outcome.headers, "x-llmproxy-changes: top_logprobs=clamped\n"));
}

TEST_CASE("an invalid budget is one caller's") {
  const std::string budget =
      R"("extra_body":{"google":{"thinking_config":{"thinking_budget":99999,)"
      R"("include_thoughts":true}}})";
  const std::string model = R"("model":"gemini-2.5-flash",)";
  Instance instance;
  SECTION("with bounds") {
    const test::Outcome outcome = instance.ask(
        model + budget,
        {refusal("The thinking budget 99999 is invalid. Please choose a value between 0 and "
                 "24576."),
         answer()});
    REQUIRE(outcome.upstreams.size() == 2);
    CHECK(has(outcome.upstreams[1].body,
              R"("thinkingConfig":{"thinkingBudget":24576,"includeThoughts":true})"));
    CHECK(has(outcome.headers, "x-llmproxy-changes: extra_body.google.thinking_config=clamped\n"));
  }
  SECTION("without") {
    const test::Outcome outcome = instance.ask(
        model + budget, {refusal("The thinking budget (99999) is invalid."), answer()});
    REQUIRE(outcome.upstreams.size() == 2);
    CHECK(has(outcome.upstreams[1].body, R"("thinkingConfig":{"includeThoughts":true})"));
    CHECK(has(outcome.headers, "x-llmproxy-changes: extra_body.google.thinking_config=dropped\n"));
  }
  instance.check_unchanged(model + R"("reasoning_effort":"high")",
                           R"("thinkingConfig":{"thinkingBudget":24576,"includeThoughts":true})");
}

TEST_CASE("a level that is not taken leaves the thoughts") {
  Instance instance;
  const std::string model = R"("model":"gemini-3-flash-preview",)";
  const test::Outcome outcome =
      instance.ask(model + R"("reasoning_effort":"medium")",
                   {refusal("Thinking level MEDIUM is not supported for this model."), answer()});
  REQUIRE(outcome.upstreams.size() == 2);
  CHECK(has(outcome.upstreams[1].body, R"("thinkingConfig":{"includeThoughts":true})"));
  CHECK(has(outcome.headers, "x-llmproxy-changes: reasoning_effort=dropped\n"));
  instance.check_unchanged(model + R"("reasoning_effort":"high")", R"("thinkingLevel":"HIGH")");
}

TEST_CASE("what was refused has to be in the request") {
  Instance instance;
  for (const char* message :
       {"temperature is not supported by this model", "Penalty is not enabled for models/x",
        "JSON mode is not enabled for models/x", "Corrupted thought signature.",
        "Request contains an invalid argument.", "Cannot fetch content from the provided URL.",
        "Developer instruction is not enabled for models/x"}) {
    INFO(message);
    const test::Outcome outcome = instance.ask("", {refusal(message), answer()});
    CHECK(outcome.status == 400);
    CHECK(has(outcome.body, message));
    CHECK(outcome.upstreams.size() == 1);
  }
  instance.check_unchanged(R"("temperature":0.1,"presence_penalty":1)",
                           R"({"temperature":0.1,"presencePenalty":1})");
}

TEST_CASE("a name of the caller's is no refusal") {
  Instance instance;
  const std::string tool =
      R"("tools":[{"type":"function","function":{"name":"HassClimateSetTemperature"}}],)"
      R"("temperature":0.5)";
  const test::Outcome outcome = instance.ask(
      tool, {refusal("Duplicate function declaration found: HassClimateSetTemperature")});
  CHECK(outcome.status == 400);
  CHECK(outcome.upstreams.size() == 1);
  instance.check_unchanged(R"("temperature":0.1)", R"("temperature":0.1)");
}

TEST_CASE("nothing is learned before the smaller request was answered") {
  const test::Reply no = refusal("temperature is not supported by this model");
  Instance instance;
  SECTION("refused again") {
    CHECK(instance.ask(R"("temperature":0.5)", {no}).upstreams.size() == 2);
  }
  SECTION("refused for another reason") {
    const test::Outcome outcome = instance.ask(
        R"("temperature":0.5)", {no, refusal("API key not valid. Please pass a valid API key.")});
    CHECK(outcome.status == 401);
  }
  SECTION("not available") {
    test::Reply overloaded;
    overloaded.status = 503;
    CHECK(instance.ask(R"("temperature":0.5)", {no, overloaded}).status == 503);
  }
  SECTION("cut off") {
    test::Reply cut = answer();
    cut.cut = 20;
    CHECK(instance.ask(R"("temperature":0.5)", {no, cut}).status == 502);
  }
  SECTION("a stream that fails") {
    test::Reply failing;
    failing.headers = "content-type: text/event-stream\n";
    failing.body = "data: {\"error\":{\"code\":400,\"message\":\"no\"}}\n\n";
    CHECK(instance.ask(R"("stream":true,"temperature":0.5)", {no, failing}).upstreams.size() == 2);
  }
  instance.check_unchanged(R"("temperature":0.1)", R"("temperature":0.1)");
}

TEST_CASE("strict callers are neither answered with less nor taught from, nor changed by others") {
  const std::string strict = "authorization: Bearer s\nx-llmproxy-strict: 1\n";
  const test::Reply no = refusal("temperature is not supported by this model");
  Instance instance;
  test::Outcome outcome = instance.ask(R"("temperature":0.5)", {no, answer()}, strict);
  CHECK(outcome.status == 400);
  CHECK(outcome.upstreams.size() == 1);
  CHECK(has(outcome.body, "temperature is not supported by this model"));
  instance.check_unchanged(R"("temperature":0.1)", R"("temperature":0.1)");

  CHECK(instance.ask(R"("temperature":0.5)", {no, answer()}).upstreams.size() == 2);
  outcome = instance.ask(R"("temperature":0.5)", {answer()}, strict);
  CHECK(outcome.status == 200);
  CHECK(has(outcome.upstreams[0].body, R"("temperature":0.5)"));
}

TEST_CASE("what nothing is lost by is done for strict callers, too, and nothing learned of it") {
  const std::string strict = "authorization: Bearer s\nx-llmproxy-strict: 1\n";
  const std::string picture =
      R"("model":"gemini-2.5-flash","messages":[{"role":"user","content":[{"type":"image_url",)"
      R"("image_url":{"url":"https://a.example/x.png"}}]}])";
  Instance instance;
  test::Reply image;
  image.headers = "content-type: image/png\n";
  image.body = "\x89PNG\r\n";
  const test::Outcome outcome = instance.ask(
      picture, {refusal("Cannot fetch content from the provided URL."), image, answer()}, strict);
  CHECK(outcome.status == 200);
  CHECK(outcome.upstreams.size() == 3);
  const test::Outcome next = instance.ask(picture, {answer()}, "authorization: Bearer s\n");
  REQUIRE(next.upstreams.size() == 1);
  CHECK(has(next.upstreams[0].body, "fileData"));
}

TEST_CASE("strict callers hear of it when the model would be told something else") {
  const std::string strict = "authorization: Bearer s\nx-llmproxy-strict: 1\n";
  const std::string call =
      R"({"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"})"
      R"(,"extra_content":{"google":{"thought_signature":"QUFB"}}}]},{"role":"tool","tool_call_id":"a","content":"1"})";
  const auto ask = [&](const std::string& model, const std::string& messages,
                       const std::vector<test::Reply>& replies, const std::string& headers) {
    Instance instance;
    return instance.ask(R"("model":")" + model + R"(","messages":[)" + messages + "]", replies,
                        headers);
  };
  const auto check_named = [&](const std::string& model, const std::string& messages,
                               const std::string& name) {
    INFO(messages);
    const test::Outcome refused = ask(model, messages, {answer()}, strict);
    CHECK(refused.status == 400);
    CHECK(refused.upstreams.empty());
    CHECK(has(refused.body, R"("param":")" + name + "\""));
    const test::Outcome told = ask(model, messages, {answer()}, "authorization: Bearer k\n");
    CHECK(told.status == 200);
    CHECK(has(told.headers, "x-llmproxy-changes: " + name + "="));
  };
  SECTION("who says it") {
    const std::string system = R"({"role":"system","content":"s"})";
    check_named("gemma-3-27b-it", system + R"(,{"role":"user","content":"x"})", "messages[0].role");
    check_named("gemini-2.5-flash", system, "messages[0].role");
    check_named(
        "gemini-2.5-flash",
        R"({"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"a",)"
        R"("function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"a",)"
        R"("content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,QUFB"}}]})",
        "messages[2].content");
  }
  SECTION("what nobody said") {
    check_named("gemini-3.8-flash",
                R"({"role":"user","content":"x"},{"role":"assistant","content":"y"})",
                "messages[1]");
  }
  SECTION("a signature that was refused") {
    const test::Reply no = refusal("Corrupted thought signature.");
    const test::Outcome refused = ask("gemini-3-flash-preview", call, {no, answer()}, strict);
    CHECK(refused.status == 400);
    CHECK(refused.upstreams.size() == 1);
    CHECK(has(refused.body, "Corrupted thought signature."));
    const test::Outcome told =
        ask("gemini-3-flash-preview", call, {no, answer()}, "authorization: Bearer k\n");
    CHECK(told.status == 200);
    CHECK(has(told.headers,
              "x-llmproxy-changes: "
              "messages[1].tool_calls[].extra_content.google.thought_signature=dropped\n"));
  }
  SECTION("what is only form") {
    for (const std::string& messages : {
             call,
             std::string(R"({"role":"assistant","content":"x"},{"role":"user","content":"y"})"),
             std::string(R"({"role":"user","content":"x"},{"role":"assistant","content":"y"},)"
                         R"({"role":"user","content":""},{"role":"assistant","content":"y"},)"
                         R"({"role":"user","content":"a"},{"role":"user","content":"b"},)"
                         R"({"role":"system","content":"s"},{"role":"developer","content":"t"})"),
             std::string(R"({"role":"user","content":"x"},{"role":"assistant","tool_calls":[)"
                         R"({"id":"a","function":{"name":"f","arguments":"{}"}}]},)"
                         R"({"role":"tool","tool_call_id":"a","content":"1"})"),
         }) {
      INFO(messages);
      const test::Outcome outcome = ask("gemini-3-flash-preview", messages, {answer()}, strict);
      CHECK(outcome.status == 200);
      CHECK_FALSE(has(outcome.headers, "x-llmproxy-changes"));
    }
  }
}

TEST_CASE("several refusals are answered one after the other, each once") {
  const std::string all =
      R"("temperature":0.5,"top_p":0.5,"presence_penalty":1,"seed":1,"logprobs":true)";
  const std::string no = " is not supported by this model.";
  Instance instance;
  SECTION("each") {
    const test::Outcome outcome =
        instance.ask(all, {refusal("temperature" + no), refusal("Penalty" + no),
                           refusal("seed" + no), refusal("logprobs" + no), answer()});
    CHECK(outcome.status == 200);
    REQUIRE(outcome.upstreams.size() == 5);
    CHECK(has(outcome.upstreams[4].body, R"("generationConfig":{"topP":0.5})"));
    // All four were true.
    const test::Outcome next = instance.ask(all, {answer()});
    CHECK(has(next.upstreams[0].body, R"("generationConfig":{"topP":0.5})"));
    CHECK(has(next.headers,
              "x-llmproxy-changes: temperature=dropped, presence_penalty=dropped, "
              "logprobs=dropped, seed=dropped\n"));
  }
  SECTION("up to four") {
    const test::Outcome outcome = instance.ask(
        all, {refusal("temperature" + no), refusal("Penalty" + no), refusal("seed" + no),
              refusal("logprobs" + no), refusal("top_p" + no), answer()});
    CHECK(outcome.status == 400);
    CHECK(outcome.upstreams.size() == 5);
    CHECK(has(outcome.body, "top_p is not supported"));
  }
  SECTION("once") {
    const test::Outcome outcome = instance.ask(
        all, {refusal("temperature" + no), refusal("Penalty" + no), refusal("temperature" + no)});
    CHECK(outcome.status == 400);
    CHECK(outcome.upstreams.size() == 3);
  }
}

TEST_CASE("a refused schema is remembered for its caller alone") {
  const std::string schema =
      R"("model":"gemini-2.5-flash","tools":[{"type":"function","function":{"name":"f",)"
      R"("parameters":{"type":"object","properties":{"a":{"type":"string"}}}}}])";
  Instance instance;
  CHECK(instance.ask(schema, {refusal("Request contains an invalid argument."), answer()})
            .upstreams.size() == 2);
  const test::Outcome again = instance.ask(schema, {answer()});
  CHECK(has(again.upstreams[0].body, "\"parameters\""));
  instance.check_unchanged(schema, "\"parametersJsonSchema\"");
}

TEST_CASE("a model without JSON mode is asked in words from then on") {
  const std::string json = R"("model":"gemma-3-27b-it","response_format":{"type":"json_object"})";
  const test::Reply no = refusal("JSON mode is not enabled for models/gemma-3-27b-it");
  Instance instance;
  const test::Outcome strict =
      instance.ask(json, {no, answer()}, "authorization: Bearer s\nx-llmproxy-strict: 1\n");
  CHECK(strict.status == 400);
  CHECK(has(strict.body, "JSON mode is not enabled"));
  CHECK(instance.ask(json, {no, answer()}).upstreams.size() == 2);
  const test::Outcome next = instance.ask(json, {answer()});
  REQUIRE(next.upstreams.size() == 1);
  CHECK_FALSE(has(next.upstreams[0].body, "responseMimeType"));
  CHECK(has(next.upstreams[0].body, "Answer with one JSON value"));
  CHECK(has(next.headers, "x-llmproxy-changes: response_format=rewritten\n"));
}

TEST_CASE("what is held back of a stream that breaks is not lost") {
  Instance instance;
  test::Reply broken;
  broken.headers = "content-type: text/event-stream\n";
  broken.body =
      "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"```json\\n{}\\n``\"}]}}]}\n\n";
  const test::Outcome outcome =
      instance.ask(R"("stream":true,"response_format":{"type":"json_object"},)"
                   R"("tools":[{"type":"function","function":{"name":"f"}}])",
                   {broken});
  CHECK(has(outcome.body, R"("content":"{}")"));
  CHECK(has(outcome.body, R"("content":"\n``")"));
}

TEST_CASE("where a signature is missing, those that are there stay") {
  const std::string history =
      R"("model":"gemini-3-flash-preview","messages":[{"role":"user","content":"x"},)"
      R"({"role":"assistant","content":"words","tool_calls":[)"
      R"({"id":"a","type":"function","function":{"name":"f","arguments":"{}"},)"
      R"("extra_content":{"google":{"thought_signature":"QUFB"}}},)"
      R"({"id":"b","type":"function","function":{"name":"f","arguments":"{}"}}]},)"
      R"({"role":"tool","tool_call_id":"a","content":"1"},)"
      R"({"role":"tool","tool_call_id":"b","content":"2"}])";
  Instance instance;
  const test::Outcome outcome = instance.ask(
      history,
      {refusal("Function call is missing a thought_signature in functionCall parts."), answer()});
  REQUIRE(outcome.upstreams.size() == 2);
  const std::string& body = outcome.upstreams[1].body;
  CHECK(has(body, R"({"text":"words","thoughtSignature":"skip_thought_signature_validator"})"));
  CHECK(has(body, R"("thoughtSignature":"QUFB")"));
  CHECK(has(body, R"("id":"b","name":"f","args":{}},)"
                  R"("thoughtSignature":"skip_thought_signature_validator"})"));
  CHECK_FALSE(has(outcome.upstreams[0].body, "skip_thought_signature_validator"));
}

namespace {

// What the model may refuse: 1 is a trait of it, 2 is about something in the request.
constexpr std::uint32_t kTrait = 1;
constexpr std::uint32_t kOfRequest = 2;

// A model of no dialect, which notes what it is told to do without.
class FakeModel final : public dialects::SupplierModel {
 public:
  explicit FakeModel(std::string name) : name_(std::move(name)) {}

  std::string_view name() const override { return name_; }
  std::vector<chat::MediaLink> find_links(const chat::CompleteRequest&) const override {
    return {};
  }
  std::unique_ptr<dialects::SupplierRequest> make_request(
      const chat::CompleteRequest&) const override {
    return nullptr;
  }
  std::optional<dialects::Downgrade> find_downgrade(int, std::string_view) const override {
    return std::nullopt;
  }
  void adapt_to(const dialects::Downgrade& refused) override { without.push_back(refused.what); }
  bool is_of_request(std::uint32_t what) const override { return what == kOfRequest; }
  std::uint64_t subject_of(std::uint32_t what, const chat::Request& request,
                           std::string_view key) const override {
    return what == kOfRequest ? request.tools.size() * key.size() : 0;
  }

  std::vector<std::uint32_t> without;

 private:
  std::string name_;
};

}  // namespace

TEST_CASE("what was learned holds for an hour") {
  const chat::Request request;
  const auto limitation = policy::limitation_of(FakeModel("a"), {kTrait, true}, request, "k", 1000);
  REQUIRE(limitation);
  policy::CapabilityCache capabilities;
  CHECK(capabilities.empty());
  capabilities.learn(*limitation, 1000);
  const auto takes = [&](const std::string& name, std::int64_t now) {
    FakeModel other(name);
    capabilities.apply(other, request, "other", now);
    return other.without.empty();
  };
  CHECK_FALSE(takes("a", 1000));
  CHECK_FALSE(takes("a", 1000 + 3599));
  CHECK(takes("a", 1000 + 3600));
  CHECK(takes("b", 1000));
}

TEST_CASE("of a value there is no limitation, and of a request that holds no such part") {
  const FakeModel model("a");
  const chat::Request request;
  CHECK_FALSE(policy::limitation_of(model, {kTrait}, request, "k", 0));
  CHECK_FALSE(policy::limitation_of(model, {kOfRequest}, request, "k", 0));
  const FakeModel long_name(std::string(1000, 'a'));
  CHECK_FALSE(policy::limitation_of(long_name, {kTrait, true}, request, "k", 0));
}

TEST_CASE("what is learned of a request is for the caller that sent it") {
  chat::Request request;
  request.tools.emplace_back();
  policy::CapabilityCache capabilities;
  capabilities.learn(*policy::limitation_of(FakeModel("a"), {kOfRequest}, request, "key", 0), 0);
  const auto knows = [&](std::string_view key) {
    FakeModel model("a");
    capabilities.apply(model, request, key, 0);
    return model.without == std::vector<std::uint32_t>{kOfRequest};
  };
  CHECK(knows("key"));
  CHECK_FALSE(knows("another"));
}

TEST_CASE("what one caller's schemas teach does not push out what is known of models") {
  const chat::Request request;
  policy::CapabilityCache capabilities;
  FakeModel model("a");
  capabilities.learn(*policy::limitation_of(model, {kTrait, true}, request, "k", 0), 0);
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    capabilities.learn({"a", kOfRequest, i, 3600}, 0);
  }
  capabilities.apply(model, request, "k", 0);
  CHECK(model.without == std::vector<std::uint32_t>{kTrait});
}

TEST_CASE("a history without a signature that was lost has no fingerprint") {
  const chat::Request request;
  CHECK(gemini::subject_of(Feature::json_schema, request, "k") == 0);
  CHECK(gemini::subject_of(Feature::missing_signature, request, "k") == 0);
}

TEST_CASE("a fingerprint is of the caller and of all that was said") {
  chat::Request request;
  request.tools.emplace_back().parameters = "{}";
  const auto of = [&](std::string_view key) {
    return gemini::subject_of(Feature::json_schema, request, key);
  };
  const std::uint64_t first = of("a");
  CHECK(first != 0);
  CHECK(first == of("a"));
  CHECK(first != of("b"));
  request.tools.emplace_back().parameters = "";
  CHECK(first != of("a"));
  CHECK(gemini::subject_of(Feature::temperature, request, "a") == 0);
}
