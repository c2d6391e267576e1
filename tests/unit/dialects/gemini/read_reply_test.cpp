#include "dialects/gemini/read_reply.h"

#include "base/text.h"
#include "dialects/gemini/usage.h"
#include "native/catch.h"

#include <string>
#include <vector>

using namespace llmproxy;

namespace {

// Events as short text: "T0:hello", "C0:name(args)#id", "F0:stop", "U:1/2/3".
class Log final : public chat::EventSink {
 public:
  void take(const chat::Event& event) override { std::visit(*this, event); }
  void operator()(const chat::ServiceTier&) {}
  void operator()(const chat::TextDelta& e) { add("T", e.choice, e.text.decode()); }
  void operator()(const chat::ThoughtDelta& e) { add("H", e.choice, e.text.decode()); }
  void operator()(const chat::ToolCall& e) {
    add("C", e.choice,
        e.name.decode() + "(" + std::string(e.arguments) + ")#" + e.id.decode() + "~" +
            e.signature.decode());
  }
  void operator()(const chat::Media& e) { add("M", e.choice, e.mime_type.decode()); }
  void operator()(const chat::Citation& e) {
    add("A", e.choice,
        e.url.decode() + "@" + std::to_string(e.begin) + "-" + std::to_string(e.end));
  }
  void operator()(const chat::Transcript& e) { add("S", e.choice, std::string(e.text.raw)); }
  void operator()(const chat::Logprobs& e) {
    std::string text;
    for (const chat::TokenChoice& token : e.tokens) {
      text += token.chosen.token.decode() + "=" + std::string(token.chosen.logprob) + "/" +
              std::to_string(token.alternatives.size()) + " ";
    }
    add("L", e.choice, text);
  }
  void operator()(const chat::VendorNote& e) {
    add("N", e.choice, std::string(e.name) + "=" + std::string(e.value));
  }
  void operator()(const chat::Refusal& e) { add("R", e.choice, std::string(e.reason)); }
  void operator()(const chat::Finish& e) {
    constexpr const char* kNames[] = {"stop", "length", "tool_calls", "content_filter"};
    add("F", e.choice, kNames[static_cast<int>(e.reason)]);
  }
  void operator()(const chat::Usage& e) {
    lines.push_back("U:" + std::to_string(e.prompt) + "/" + std::to_string(e.completion) + "/" +
                    std::to_string(e.total));
  }
  std::vector<std::string> lines;

 private:
  void add(const char* kind, std::uint32_t choice, const std::string& text) {
    lines.push_back(kind + std::to_string(choice) + ":" + text);
  }
};

using Lines = std::vector<std::string>;

Lines read(const std::vector<std::string>& payloads,
           gemini::Framing framing = gemini::Framing::stream) {
  Log log;
  const gemini::ReplyContext context;
  gemini::ReplyReader reader(framing, context);
  for (const std::string& payload : payloads) {
    if (Status status = reader.read(payload, log); !status) {
      log.lines.push_back("E:" + std::string(error_kind(status.error().code).code));
      return log.lines;
    }
  }
  if (Status status = reader.at_end(log); !status) {
    log.lines.push_back("E:" + std::string(error_kind(status.error().code).code));
  }
  return log.lines;
}

std::string parts(const std::string& list, const std::string& rest = "") {
  return R"({"candidates":[{"content":{"parts":[)" + list + R"(],"role":"model"})" + rest + "}]}";
}
std::string say(const std::string& text, const std::string& finish = "") {
  return parts(R"({"text":")" + text + "\"}",
               finish.empty() ? "" : R"(,"finishReason":")" + finish + "\"");
}

}  // namespace

TEST_CASE("text, then one finish, then the last usage") {
  CHECK(
      read(
          {say("a", "STOP"), say("b", "STOP"),
           R"({"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2,"thoughtsTokenCount":3,"toolUsePromptTokenCount":4,"totalTokenCount":10}})",
           R"({"usageMetadata":{"trafficType":"ON_DEMAND"}})"}) ==
      Lines{"T0:a", "T0:b", "F0:stop", "U:5/5/10"});
}

TEST_CASE("calls: ids, missing arguments, signatures, and STOP in a later event") {
  CHECK(
      read(
          {parts(
               R"({"functionCall":{"name":"f","args":{"x":1},"id":"i"},"thoughtSignature":"s"},{"functionCall":{"name":"g"}})"),
           parts(R"({"text":""})", R"(,"finishReason":"STOP")")}) ==
      Lines{"C0:f({\"x\":1})#i~s", "C0:g({})#~", "F0:tool_calls"});
}

TEST_CASE("arguments in pieces") {
  CHECK(
      read(
          {parts(R"({"functionCall":{"name":"f","willContinue":true}})"),
           parts(
               R"({"functionCall":{"partialArgs":[{"jsonPath":"$.a.b[1]","numberValue":5},{"jsonPath":"$.c","stringValue":"x","willContinue":true}],"willContinue":true}})"),
           parts(
               R"({"functionCall":{"partialArgs":[{"jsonPath":"$.c","stringValue":"y"},{"jsonPath":"$['d e']","boolValue":true},{"jsonPath":"$.n","nullValue":null}],"willContinue":true}})"),
           parts(R"({"functionCall":{}})", R"(,"finishReason":"STOP")")}) ==
      Lines{R"(C0:f({"a":{"b":[null,5]},"c":"xy","d e":true,"n":null})#~)", "F0:tool_calls"});
  // The closing empty call may be missing.
  CHECK(read({parts(R"({"functionCall":{"name":"f","willContinue":true}})"), say("", "STOP")}) ==
        Lines{"C0:f({})#~", "F0:tool_calls"});
}

TEST_CASE("what tokens were of comes as a name or as its number") {
  for (const char* const audio : {R"("AUDIO")", "4"}) {
    for (const char* const image : {R"("IMAGE")", "2"}) {
      const std::string counts = concat(
          {R"({"promptTokenCount":9,"promptTokensDetails":[{"modality":1,"tokenCount":1},)",
           R"({"modality":)", image, R"(,"tokenCount":5},{"modality":99,"tokenCount":7},)",
           R"({"modality":)", audio, R"(,"tokenCount":3}],"candidatesTokensDetails":[{"modality":)",
           audio, R"(,"tokenCount":2}]})"});
      json::Cursor cursor(counts);
      std::string_view tier;
      const std::optional<chat::Usage> usage = gemini::read_usage(cursor, tier);
      REQUIRE(usage);
      CHECK(usage->image_prompt == 5);
      CHECK(usage->audio_prompt == 3);
      CHECK(usage->audio_completion == 2);
    }
  }
}

TEST_CASE("thoughts are not text") {
  CHECK(read({parts(R"({"text":"hm","thought":true},{"text":"x"},{"thought":true,"text":"hm"})",
                    R"(,"finishReason":"STOP")")}) == Lines{"H0:hm", "T0:x", "H0:hm", "F0:stop"});
}

TEST_CASE("all ends") {
  const auto end = [](const std::string& reason) { return read({say("x", reason)}).back(); };
  CHECK(end("MAX_TOKENS") == "F0:length");
  CHECK(end("SAFETY") == "F0:content_filter");
  CHECK(end("RECITATION") == "F0:content_filter");
  CHECK(end("SOMETHING_NEW") == "F0:stop");
  CHECK(end("LANGUAGE") == "F0:content_filter");
  CHECK(end("FINISH_REASON_UNSPECIFIED") == "E:upstream_cut");
  CHECK(end("") == "E:upstream_cut");
  CHECK(read({say("", "OTHER")}) == Lines{"E:upstream_empty"});
  CHECK(
      read(
          {R"({"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL","finishMessage":"print("}]})"}) ==
      Lines{"E:malformed_function_call"});
  CHECK(read({R"({"candidates":[{"content":{"role":"model"},"finishReason":"MAX_TOKENS"}]})"}) ==
        Lines{"F0:length"});
  CHECK(read({R"({"candidates":[{"content":{},"finishReason":"SAFETY"}]})"}) ==
        Lines{"R0:Blocked by Gemini: SAFETY", "F0:content_filter"});
}

TEST_CASE("a text that was not finished does not end as a complete one") {
  CHECK(read({say("x", "OTHER")}) ==
        Lines{"T0:x", "R0:Stopped by Gemini: OTHER", "F0:content_filter"});
  for (const char* reason : {"MALFORMED_FUNCTION_CALL", "MALFORMED_RESPONSE",
                             "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS"}) {
    CAPTURE(reason);
    CHECK(read({say("x", reason)}) == Lines{"T0:x", "E:malformed_function_call"});
    CHECK(read({say("x", reason)}, gemini::Framing::whole) ==
          Lines{"T0:x", "E:malformed_function_call"});
  }
  CHECK(read({say("x", "MISSING_THOUGHT_SIGNATURE")}).back() == "E:invalid_thought_signature");
  // The calls that there are can be carried out.
  const std::string call = R"({"functionCall":{"name":"f"}})";
  for (const char* reason : {"OTHER", "MALFORMED_FUNCTION_CALL", "TOO_MANY_TOOL_CALLS"}) {
    CAPTURE(reason);
    CHECK(read({parts(call, R"(,"finishReason":")" + std::string(reason) + "\"")}).back() ==
          "F0:tool_calls");
  }
}

TEST_CASE("a document that is complete was not cut off") {
  CHECK(read({say("x")}, gemini::Framing::whole) == Lines{"T0:x", "F0:stop"});
  CHECK(read({say("")}, gemini::Framing::whole) == Lines{"E:upstream_cut"});
}

TEST_CASE("blocked prompts, and ratings that are no block") {
  CHECK(
      read(
          {R"({"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":3,"totalTokenCount":3}})"}) ==
      Lines{"R0:Blocked by Gemini: SAFETY", "F0:content_filter", "U:3/0/3"});
  CHECK(read({R"({"promptFeedback":{"safetyRatings":[]},)" + say("x", "STOP").substr(1)}) ==
        Lines{"T0:x", "F0:stop"});
  CHECK(read({R"({"promptFeedback":{"blockReason":"BLOCK_REASON_UNSPECIFIED"}})"}) ==
        Lines{"E:upstream_empty"});
  CHECK(read({"{}"}) == Lines{"E:upstream_empty"});
}

TEST_CASE("several choices, the index behind the content") {
  CHECK(
      read(
          {R"({"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP","index":1},{"content":{"parts":[{"text":"b"}]},"finishReason":"MAX_TOKENS","index":0}]})"}) ==
      Lines{"T1:a", "T0:b", "F0:length", "F1:stop"});
}

TEST_CASE("images, and code that ran") {
  CHECK(
      read({parts(
          R"({"inlineData":{"mimeType":"image/png","data":"AA"}},{"executableCode":{"language":"PYTHON","code":"1"}},{"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"1\n"}})",
          R"(,"finishReason":"STOP")")}) == Lines{"M0:image/png", "T0:\n\n```", "T0:python",
                                                  "T0:\n", "T0:1", "T0:\n```\n\n", "T0:```\n",
                                                  "T0:1\n", "T0:\n```\n\n", "F0:stop"});
}

TEST_CASE("failures inside a reply") {
  CHECK(read({say("a"), R"({"error":{"code":503,"message":"x"}})"}) ==
        Lines{"T0:a", "E:server_is_overloaded"});
  CHECK(read({say("a"), "{\"candidates\":["}) == Lines{"T0:a", "E:upstream_malformed"});
  CHECK(read({"[1]"}) == Lines{"E:upstream_malformed"});
  // An event of a stream may be empty, and OpenAI's mark of the end says nothing.
  CHECK(read({"", "[DONE]"}) == Lines{"E:upstream_empty"});
  CHECK(read({say("a", "STOP"), " ", "[DONE]\n"}) == Lines{"T0:a", "F0:stop"});
  CHECK(read({"[DONE"}) == Lines{"E:upstream_malformed"});
  // Odd types are passed over.
  CHECK(
      read(
          {R"({"candidates":[{"content":[],"finishReason":"STOP"},5],"usageMetadata":[],"promptFeedback":1})"}) ==
      Lines{"F0:stop"});
}

TEST_CASE("several responses in one payload, or a list of them") {
  CHECK(read({say("a") + "\n" + say("b", "STOP")}) == Lines{"T0:a", "T0:b", "F0:stop"});
  CHECK(read({"[" + say("a") + ",\r\n" + say("b", "STOP") + "\n]"}) ==
        Lines{"T0:a", "T0:b", "F0:stop"});
}
