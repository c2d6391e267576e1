#include "dialects/gemini/code_fence.h"

#include "native/catch.h"

#include <string>
#include <vector>

using namespace llmproxy;

namespace {

// What comes through, in order.
struct Through final : chat::EventSink {
  std::string text;  // of choice 0, decoded at the end
  std::string other_text;
  std::size_t pieces = 0;
  int finishes = 0;
  std::vector<chat::Citation> citations;

  void take(const chat::Event& event) override {
    if (const auto* delta = std::get_if<chat::TextDelta>(&event)) {
      CHECK(finishes == 0);
      CHECK_FALSE(delta->text.empty());
      (delta->choice == 0 ? text : other_text).append(delta->text.raw);
      ++pieces;
    } else if (const auto* citation = std::get_if<chat::Citation>(&event)) {
      citations.push_back(*citation);
    } else if (std::holds_alternative<chat::Finish>(event)) {
      ++finishes;
    }
  }
};

std::string play(const std::vector<std::string_view>& pieces) {
  Through through;
  gemini::CodeFence fence(through);
  for (const std::string_view piece : pieces) {
    if (!piece.empty()) {
      fence.take(chat::TextDelta{0, {piece, true}});
    }
  }
  fence.take(chat::Finish{});
  CHECK(through.finishes == 1);
  return through.text;
}

// However the text comes, it is the same.
std::string strip(std::string_view raw) {
  const std::string whole = play({raw});
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    bytes.push_back(raw.substr(i, 1));
    INFO(raw << " cut at " << i);
    CHECK(play({raw.substr(0, i), raw.substr(i)}) == whole);
    for (std::size_t j = i; j < raw.size(); ++j) {
      CHECK(play({raw.substr(0, i), raw.substr(i, j - i), raw.substr(j)}) == whole);
    }
  }
  CHECK(play(bytes) == whole);
  return whole;
}

}  // namespace

TEST_CASE("a code fence around an answer goes") {
  const std::string json = R"({\"a\":1})";
  CHECK(strip(R"(```json\n{\"a\":1}\n```)") == json);
  CHECK(strip(R"(```\n{\"a\":1}\n```)") == json);
  CHECK(strip(R"(```JSON\n{\"a\":1}\n```\n)") == json);
  CHECK(strip(R"(```json\r\n{\"a\":1}\r\n```\r\n\n)") == json);
  CHECK(strip(R"( \n```json  \n{\"a\":1}\n\n  ``` )") == json);
  CHECK(strip(R"(\u0060``json\u000A{\"a\":1}\u000a`\u0060`)") == json);
  CHECK(strip(R"(```json\n{\"a\":1}```)") == json);
  // The answer was cut off at its limit.
  CHECK(strip(R"(```json\n{\"a\":)") == R"({\"a\":)");
  CHECK(strip(R"(```json\n```)").empty());
  // All of it on one line, and of the other mark.
  CHECK(strip(R"(```json {\"a\":1} ```)") == json);
  CHECK(strip(R"(```json{\"a\":1}```)") == json);
  CHECK(strip(R"(```[1, 2]```)") == "[1, 2]");
  CHECK(strip(R"(~~~json\n{\"a\":1}\n~~~)") == json);
  CHECK(strip(R"(\u007e~~ {\"a\":1} ~~\u007E\n)") == json);
  // A fence ends with as many marks as it began with, or more.
  // https://spec.commonmark.org/0.31.2/#fenced-code-blocks
  CHECK(strip(R"(```json\n{}\n````)") == "{}");
  CHECK(strip(R"(```json\n{}\n```````)") == "{}");
}

TEST_CASE("a fence may have more marks, and say more than a language") {
  CHECK(strip(R"(````\n{}\n````)") == "{}");
  CHECK(strip(R"(`````json\n{\"a\":\"b\"}\n`````)") == R"({\"a\":\"b\"})");
  CHECK(strip(R"(````json\n[1]\n``````)") == "[1]");
  // One that is shorter than at the beginning is no end of it.
  CHECK(strip(R"(````\nx\n```\ny\n````)") == R"(x\n```\ny)");
  CHECK(strip(R"(```json title=\"x\"\n{}\n```)") == "{}");
  CHECK(strip(R"(``` json\n{}\n```)") == "{}");
  CHECK(strip(R"(``` json {} ```)") == "{}");
  CHECK(strip(R"(```application/json; v=1\n{}\n```)") == "{}");
  CHECK(strip(R"(~~~json `a` \u00e9\n{}\n~~~)") == "{}");
}

TEST_CASE("words behind a fence with JSON in it are no part of the answer") {
  CHECK(strip(R"(```json\n{}\n```\nHope this helps!)") == "{}");
  CHECK(strip(R"(```json\n{}\n``` \"It\" helps.\n)") == "{}");
  CHECK(strip(R"(```json\n{}\n```  \n\nThat ``` is it.\n)") == "{}");
  CHECK(strip(R"(``` [1] ```\n```\n)") == "[1]");
  CHECK(strip(R"(```json\n\"a```\"\n```\nSo.)") == R"(\"a```\")");
  CHECK(strip(R"(```json\n{}\n```\nOr:\n```json\n[]\n```)") == "{}");
  CHECK(strip(R"(```json\n{}\n``` ```)") == "{}");
}

TEST_CASE("words behind a fence with another text in it stay without it") {
  CHECK(strip(R"(```\na\n```\nThat is it.)") == R"(a\nThat is it.)");
  CHECK(strip(R"(```\na\n```  \n\nThat ``` is it.\n)") == R"(a\n\nThat ``` is it.\n)");
  CHECK(strip(R"(```\na\n``` ```)") == R"(a\n``` )");
}

TEST_CASE("what is in a fence stays as it is") {
  CHECK(strip(R"(```json\n{\"a\":\"\n```\nx\n``\n```` \\n```\"}\n```)") ==
        R"({\"a\":\"\n```\nx\n``\n```` \\n```\"})");
  CHECK(strip(R"(```json\n{\"a\":\"\u00e9é\ud83d\ude00\"}\n```)") ==
        R"({\"a\":\"\u00e9é\ud83d\ude00\"})");
  CHECK(strip(R"(```json\n{\"a\":\"\\\"\n```\n\\\\\"}\n```)") == R"({\"a\":\"\\\"\n```\n\\\\\"})");
  CHECK(strip(R"(``` {\"a\":\"``` \"} ```)") == R"({\"a\":\"``` \"})");
  CHECK(strip(R"(```json\n{}\n~~~)") == R"({}\n~~~)");
  CHECK(strip(R"(```json\n{}\n``)") == R"({}\n``)");
}

TEST_CASE("an answer without a fence stays as it is") {
  for (const char* raw : {
           R"({\"a\":1})",
           R"( {\"a\":1}\n)",
           R"({\"a\":1}\n```)",
           R"(Here it is:\n```json\n{}\n```)",
           R"(````json)",
           R"(``json\n{}\n``)",
           R"(``)",
           R"(```)",
           R"(```json)",
           R"(```json words {\"a\":1}```)",
           R"(```json `x`\n{}\n```)",
           R"(``~\n{}\n``~)",
           R"(` ``\n{})",
           R"(\n\n)",
           R"(\"text\")",
       }) {
    INFO(raw);
    CHECK(strip(raw) == raw);
  }
  CHECK(play({}).empty());
}

TEST_CASE("no more is held back than may be a fence") {
  Through through;
  gemini::CodeFence fence(through);
  const auto take = [&](std::string_view raw) {
    fence.take(chat::TextDelta{0, {raw, true}});
    return through.text;
  };
  CHECK(take("```js").empty());
  CHECK(take(R"(on\n[1,)") == "[1,");
  CHECK(take(R"( 2])") == "[1, 2]");
  CHECK(take(R"(\n``)") == "[1, 2]");
  CHECK(take("x") == R"([1, 2]\n``x)");
  // Some answers end in white space without end.
  const std::string space(1000, ' ');
  CHECK(take(space + space).size() > 1000);

  Through plain;
  gemini::CodeFence other(plain);
  other.take(chat::TextDelta{0, {space, true}});
  CHECK(plain.text == space);
}

TEST_CASE("choices have fences of their own, and sources move with the text") {
  Through through;
  gemini::CodeFence fence(through);
  fence.take(chat::TextDelta{0, {R"(```json\n{)", true}});
  fence.take(chat::TextDelta{1, {R"({)", true}});
  fence.take(chat::TextDelta{0, {R"(}\n```)", true}});
  fence.take(chat::TextDelta{1, {R"(}\n```)", true}});
  fence.take(chat::Citation{0, {}, {}, 8, 10});
  fence.take(chat::Citation{0, {}, {}, 2, 4});
  fence.take(chat::Citation{1, {}, {}, 1, 2});
  fence.flush();
  CHECK(through.text == "{}");
  CHECK(through.other_text == R"({}\n```)");
  REQUIRE(through.citations.size() == 3);
  CHECK(through.citations[0].begin == 0);
  CHECK(through.citations[0].end == 2);
  CHECK(through.citations[1].begin == 0);
  CHECK(through.citations[2].begin == 1);
}

TEST_CASE("sources behind a fence move by all of it") {
  // "+é😀+" and "So: x", in pieces that cut the fences and an escape.
  const std::string_view raw = R"(```\n+\u00e9\ud83d\ude00+\n```\nSo: x)";
  for (std::size_t cut = 0; cut <= raw.size(); ++cut) {
    Through through;
    gemini::CodeFence fence(through);
    for (const std::string_view piece : {raw.substr(0, cut), raw.substr(cut)}) {
      if (!piece.empty()) {
        fence.take(chat::TextDelta{0, {piece, true}});
      }
    }
    fence.take(chat::Citation{0, {}, {}, 5, 7});
    fence.take(chat::Citation{0, {}, {}, 17, 18});
    INFO(cut);
    CHECK(through.text == R"(+\u00e9\ud83d\ude00+\nSo: x)");
    CHECK(through.citations[0].begin == 1);
    CHECK(through.citations[0].end == 3);
    CHECK(through.citations[1].begin == 9);
    CHECK(through.citations[1].end == 10);
  }
}

TEST_CASE("sources of words that are no part of the answer stay at its end") {
  Through through;
  gemini::CodeFence fence(through);
  fence.take(chat::TextDelta{0, {R"(```\n[1]\n```\nSo)", true}});
  fence.take(chat::TextDelta{0, {R"(: x)", true}});
  fence.take(chat::Citation{0, {}, {}, 4, 20});
  CHECK(through.text == "[1]");
  CHECK(through.citations[0].begin == 0);
  CHECK(through.citations[0].end == 3);
}
