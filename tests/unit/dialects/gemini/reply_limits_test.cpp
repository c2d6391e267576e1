// What a reply may hold beside its text, and what it is beyond that.
#include "base/limits.h"
#include "chat/event.h"
#include "dialects/gemini/lists.h"
#include "dialects/gemini/read_reply.h"
#include "native/catch.h"

#include <functional>
#include <string>

using namespace llmproxy;

namespace {

// Counts events, and keeps what texts and sources say.
class Count final : public chat::EventSink {
 public:
  void take(const chat::Event& event) override {
    if (const auto* delta = std::get_if<chat::TextDelta>(&event)) {
      text += delta->text.decode();
      choice = delta->choice;
    } else if (const auto* logprobs = std::get_if<chat::Logprobs>(&event)) {
      for (const chat::TokenChoice& token : logprobs->tokens) {
        tokens += token.chosen.token.decode();
        alternatives += token.alternatives.size();
      }
    } else {
      citations += std::holds_alternative<chat::Citation>(event) ? 1U : 0U;
      calls += std::holds_alternative<chat::ToolCall>(event) ? 1U : 0U;
    }
  }
  std::string text;
  std::string tokens;
  std::uint32_t choice = 0;
  std::size_t alternatives = 0;
  std::size_t citations = 0;
  std::size_t calls = 0;
};

// Empty: it was read to its end. Otherwise the message of the error.
std::string read(const std::string& payload, Count& count) {
  const gemini::ReplyContext context;
  gemini::ReplyReader reader(gemini::Framing::whole, context);
  Status status = reader.read(payload, count);
  if (status) {
    status = reader.at_end(count);
  }
  return status ? "" : status.error().message;
}

std::string repeated(std::size_t times, const std::function<std::string(std::size_t)>& make) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) {
    out += (i == 0 ? "" : ",") + make(i);
  }
  return out;
}
std::string repeated(std::size_t times, const std::string& text) {
  return repeated(times, [&](std::size_t) { return text; });
}

std::string candidate(const std::string& members) {
  return R"({"candidates":[{)" + members + R"(,"finishReason":"STOP"}]})";
}
std::string beside(const std::string& members) {
  return candidate(R"("content":{"parts":[{"text":"hello"}]},)" + members);
}
std::string grounding(const std::string& chunks, const std::string& supports) {
  return beside(R"("groundingMetadata":{"groundingSupports":[)" + supports +
                R"(],"groundingChunks":[)" + chunks + "]}");
}

const std::string kSource = R"({"web":{"uri":"https://e.com","title":"t"}})";

}  // namespace

TEST_CASE("parts that are too many to be held are told all the same, in their order") {
  const std::size_t size = 3 * kMaxHeldParts + 7;
  std::string expected;
  const std::string list = repeated(size, [&](std::size_t i) {
    expected += std::to_string(i) + ";";
    return R"({"text":")" + std::to_string(i) + ";\"}";
  });
  // The index comes last.
  Count count;
  CHECK(read(candidate(R"("content":{"parts":[)" + list + R"(]},"index":3)"), count).empty());
  CHECK(count.text == expected);
  CHECK(count.choice == 3);
  // And what is no JSON behind them fails the same.
  Count broken;
  CHECK(read(candidate(R"("content":{"parts":[)" + list + ",}]}"), broken).find("not JSON") !=
        std::string::npos);
  CHECK(broken.text.empty());
}

TEST_CASE("sources have an end, and so have citations of them") {
  Count count;
  const std::string support =
      R"({"segment":{"startIndex":0,"endIndex":2},"groundingChunkIndices":)";
  const auto source = [](std::size_t i) {
    return R"({"web":{"uri":"https://e.com/)" + std::to_string(i) + "\"}}";
  };
  const auto two_of = [&](std::size_t i) {
    return support + "[" + std::to_string(2 * i) + "," + std::to_string(2 * i + 1) + ",200,-1]}";
  };
  CHECK(read(grounding(repeated(200, source), repeated(100, two_of)), count).empty());
  CHECK(count.citations == 200);
  // None is told twice.
  Count same;
  CHECK(read(grounding(repeated(100, kSource), repeated(100, support + "[1,2,100,-1]}")), same)
            .empty());
  CHECK(same.citations == 1);
  const auto too_many = [](const std::string& payload) {
    Count seen;
    const std::string message = read(payload, seen);
    return seen.citations <= kMaxSources ? message : "told too many";
  };
  const std::string error = "Gemini sent more sources than can be held.";
  CHECK(too_many(grounding(repeated(kMaxSources + 1, "{}"), "")) == error);
  CHECK(too_many(grounding(kSource, repeated(kMaxSources + 1, "{}"))) == error);
  CHECK(too_many(grounding(kSource, support + "[" + repeated(kMaxSources + 1, "0") + "]}")) ==
        error);
  CHECK(too_many(beside(R"("citationMetadata":{"citationSources":[)" +
                        repeated(kMaxSources + 1,
                                 [](std::size_t i) {
                                   return R"({"uri":"u","endIndex":)" + std::to_string(i) + "}";
                                 }) +
                        "]}")) == error);
}

TEST_CASE("sources of many events have an end together, and those that come again take no room") {
  const gemini::ReplyContext context;
  const auto event = [](std::size_t begin, std::size_t count) {
    return grounding(repeated(count,
                              [&](std::size_t i) {
                                return R"({"web":{"uri":"https://e.com/)" +
                                       std::to_string(begin + i) + "\"}}";
                              }),
                     "");
  };
  Count count;
  gemini::ReplyReader again(gemini::Framing::stream, context);
  // Each event tells all sources until then, which are 25 MB together.
  for (std::size_t i = 1; i <= 1000; ++i) {
    REQUIRE(again.read(event(0, i), count));
  }
  REQUIRE(again.at_end(count));
  CHECK(count.citations == 1000);

  gemini::ReplyReader more(gemini::Framing::stream, context);
  std::string error;
  for (std::size_t i = 0; i < 5 && error.empty(); ++i) {
    Status status = more.read(event(i * 5000, 5000), count);
    error = status ? "" : status.error().message;
  }
  CHECK(error == "Gemini sent more sources than can be held.");
}

TEST_CASE("what is kept until the end has one") {
  const std::string large(kMaxKeptOfReply + 1, 'x');
  const std::string error = "Gemini sent more beside the text of its answer than can be held.";
  const std::string members[] = {R"("groundingMetadata":{"a":")" + large + "\"}",
                                 R"("citationMetadata":{"a":")" + large + "\"}",
                                 R"("urlContextMetadata":{"a":")" + large + "\"}",
                                 R"("continuationToken":")" + large + "\""};
  for (const std::string& member : members) {
    Count count;
    CHECK(read(beside(member), count) == error);
  }
  const std::string parts[] = {
      R"({"toolCall":{"a":")" + large + "\"}}",
      R"({"audioTranscription":{"text":")" + large + "\"}}",
      R"({"inlineData":{"mimeType":"image/png","data":"AAAA"},"thoughtSignature":")" + large +
          "\"}",
      R"({"functionCall":{"name":"f","partialArgs":[{"jsonPath":"$.a","stringValue":")" + large +
          "\"}]}}",
      repeated(200, R"({"toolCall":{"a":")" + std::string(100'000, 'x') + "\"}}")};
  for (const std::string& part : parts) {
    Count count;
    CHECK(read(candidate(R"("content":{"parts":[)" + part + "]}"), count) == error);
    CHECK(count.calls == 0);
  }
}

TEST_CASE("log probabilities are told in pieces, up to a number") {
  const auto logprobs = [](const std::string& chosen, const std::string& top) {
    return beside(R"("logprobsResult":{"topCandidates":[)" + top + R"(],"chosenCandidates":[)" +
                  chosen + "]}");
  };
  const std::string token = R"({"token":"a","logProbability":-1})";
  Count count;
  CHECK(read(logprobs(repeated(10'000, token),
                      repeated(9'000, R"({"candidates":[)" + token + "," + token + "]}")),
             count)
            .empty());
  CHECK(count.tokens == std::string(10'000, 'a'));
  CHECK(count.alternatives == 18'000);
  const std::string error = "Gemini sent more log probabilities than an answer has tokens.";
  CHECK(read(logprobs(repeated(kMaxLogprobs + 1, "{}"), ""), count) == error);
  CHECK(read(logprobs(token, R"({"candidates":[)" + repeated(1000, token) + "]}"), count) == error);
}

TEST_CASE("embeddings and models have a number, too") {
  const auto embeddings = [](const std::string& list) {
    auto reply = gemini::read_embeddings(R"({"embeddings":[)" + list + "]}");
    return reply ? std::to_string(reply->vectors.size()) : reply.error().message;
  };
  CHECK(embeddings(repeated(kMaxInputs, "{}")) == std::to_string(kMaxInputs));
  CHECK(embeddings(repeated(kMaxInputs + 1, "{}")) ==
        "Gemini sent more embeddings than can be held.");
  CHECK(embeddings(R"({"values":[)" + repeated(kMaxEmbeddingValues, "0") + "]}") ==
        "Gemini sent more embeddings than can be held.");
  const auto models = [](const std::string& rest) {
    auto reply = gemini::read_models("{" + rest + "}");
    return reply ? std::to_string(reply->models.size()) : reply.error().message;
  };
  CHECK(models(R"("models":[)" + repeated(kMaxModels, R"({"name":"models/a"})") + "]") == "10000");
  CHECK(models(R"("models":[)" + repeated(kMaxModels + 1, R"({"name":"models/a"})") + "]") ==
        "Gemini sent more models than can be held.");
  CHECK(models(R"("models":[{"name":"models/)" + std::string(kMaxName + 1, 'a') + "\"}]") == "0");
  CHECK(models(R"("nextPageToken":")" + std::string(kMaxLink + 1, 'a') + "\"") ==
        "Gemini sent more models than can be held.");
}

TEST_CASE("an answer may have so many calls, and no more") {
  const std::string call = R"({"functionCall":{"name":"f","args":{}}})";
  const auto calls = [&](std::size_t count) {
    return candidate(R"("content":{"parts":[)" + repeated(count, call) + "]}");
  };
  Count most;
  CHECK(read(calls(kMaxCallsOfReply), most).empty());
  CHECK(most.calls == kMaxCallsOfReply);
  Count more;
  CHECK(read(calls(kMaxCallsOfReply + 100), more) ==
        "Gemini sent more calls than an answer may have.");
  CHECK(more.calls == kMaxCallsOfReply);
}
