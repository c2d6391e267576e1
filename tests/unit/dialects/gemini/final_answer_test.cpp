#include "dialects/gemini/final_answer.h"

#include "native/catch.h"

#include <string>
#include <vector>

using namespace llmproxy;

namespace {

struct Through final : chat::EventSink {
  void take(const chat::Event& event) override {
    if (const auto* delta = std::get_if<chat::TextDelta>(&event)) {
      said += delta->text.raw;
    } else if (std::holds_alternative<chat::ToolCall>(event)) {
      said += "<call>";
    } else if (std::holds_alternative<chat::Finish>(event)) {
      said += "<end>";
    }
  }
  std::string said;
};

chat::TextDelta text(std::string_view raw) {
  return {0, {raw, true}};
}
chat::TextDelta answer(std::string_view raw) {
  return {0, {raw, true}, true};
}
chat::ToolCall call() {
  return {0, {}, {"f", false}, "{}", {}};
}

std::string play(const std::vector<chat::Event>& events) {
  Through through;
  gemini::FinalAnswer filter(through);
  for (const chat::Event& event : events) {
    filter.take(event);
  }
  filter.flush();
  return through.said;
}

}  // namespace

TEST_CASE("what is said beside the final answer is no part of it") {
  CHECK(play({text("Sure: "), answer("{}"), chat::Finish{}}) == "{}<end>");
  CHECK(play({text("Sure"), text(": "), answer("{}"), text("Bye."), answer("[]"),
              chat::Finish{}}) == "{}<end>");
  CHECK(play({answer("{}"), call(), chat::Finish{}}) == "{}<call><end>");
}

TEST_CASE("without a final answer the text is the answer, and its code fence goes") {
  CHECK(play({text("```json\\n{"), text("}\\n```\\nBye."), chat::Finish{}}) == "{}<end>");
  CHECK(play({text("Hello"), chat::Finish{}}) == "Hello<end>");
  CHECK(play({text("Hello")}) == "Hello");
  CHECK(play({text("I look."), call(), text(" So."), chat::Finish{}}) == "I look.<call> So.<end>");
}
