#include "dialects/gemini/final_answer.h"

namespace llmproxy::gemini {

void FinalAnswer::take(const chat::Event& event) {
  if (const auto* delta = std::get_if<chat::TextDelta>(&event)) {
    take_text(*delta);
    return;
  }
  if (const auto* call = std::get_if<chat::ToolCall>(&event)) {
    pass(call->choice, choices_[call->choice]);
  } else if (const auto* citation = std::get_if<chat::Citation>(&event)) {
    pass(citation->choice, choices_[citation->choice]);
  } else if (const auto* refusal = std::get_if<chat::Refusal>(&event)) {
    pass(refusal->choice, choices_[refusal->choice]);
  } else if (const auto* finish = std::get_if<chat::Finish>(&event)) {
    pass(finish->choice, choices_[finish->choice]);
  }
  fence_.take(event);
}

void FinalAnswer::take_text(const chat::TextDelta& delta) {
  Choice& choice = choices_[delta.choice];
  if (choice.place == Place::answered) {
    return;
  }
  if (delta.is_final) {
    choice.held.release();
    choice.place = Place::answered;
    next_.take(delta);
    return;
  }
  if (choice.place == Place::waiting) {
    choice.held.append(delta.text.raw);
    if (!choice.held.failed()) {
      return;
    }
    pass(delta.choice, choice);  // no more can be held
  }
  fence_.take(delta);
}

void FinalAnswer::pass(std::uint32_t index, Choice& choice) {
  if (choice.place != Place::waiting) {
    return;
  }
  choice.place = Place::passing;
  if (choice.held.size() > 0) {
    fence_.take(chat::TextDelta{index, {choice.held.view(), true}});
  }
  choice.held.release();
}

void FinalAnswer::flush() {
  for (auto& [index, choice] : choices_) {
    pass(index, choice);
  }
  fence_.flush();
}

}  // namespace llmproxy::gemini
