#include "dialects/gemini/answer_text.h"

#include "native/catch.h"

using namespace llmproxy;

namespace {
json::String text(std::string_view raw) {
  return {raw, true};
}
}  // namespace

TEST_CASE("bytes of a part become characters of the whole") {
  gemini::AnswerText answer;
  answer.add(0, text("你好"));   // 6 bytes, 2 characters
  answer.add(0, text(" a\\n"));  // goes on with the same part
  answer.add(2, text("😀 end"));  // part 1 was a thought
  auto range = answer.find(0, 3, 8, "");
  CHECK(range.begin == 1);
  CHECK(range.end == 4);
  range = answer.find(2, 5, 8, "end");
  CHECK(range.begin == 7);
  CHECK(range.end == 10);
  CHECK(answer.size() == 10);
}

TEST_CASE("where the numbers disagree with the text, the text decides") {
  gemini::AnswerText answer;
  answer.add(0, text("one two three"));
  const auto range = answer.find(0, 0, 3, "two");
  CHECK(range.begin == 4);
  CHECK(range.end == 7);
}

TEST_CASE("a continued answer counts its parts anew") {
  gemini::AnswerText answer;
  answer.add(0, text("first "));
  answer.begin_call();
  answer.add(0, text("second"));
  const auto range = answer.find(0, 0, 6, "second");
  CHECK(range.begin == 6);
  CHECK(range.end == 12);
}

TEST_CASE("numbers beyond the text are its end") {
  gemini::AnswerText answer;
  answer.add(0, text("abc"));
  const auto range = answer.find(5, 90, 100, "");
  CHECK(range.begin == 3);
  CHECK(range.end == 3);
}

TEST_CASE("thousands of sources of a long answer take work in proportion") {
  gemini::AnswerText answer;
  std::string part;
  for (int i = 0; i < 500'000; ++i) {
    part += "\xC3\xA4x";
  }
  answer.add(0, text(part));
  for (std::int64_t i = 0; i < 20'000; ++i) {
    const std::int64_t at = 3 * (i * 25);
    const auto range = answer.find(0, at, at + 3, "nowhere");
    REQUIRE(range.begin == 2 * (i * 25));
    REQUIRE(range.end == range.begin + 2);
  }
  answer.add(0, text("y"));
  CHECK(answer.size() == 1'000'001);
}
