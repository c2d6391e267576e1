// Where a function is the answer (kAnswerFunction), what the model says beside a call of it is no
// part of that: JSON was asked for. Whether there will be a call is not known before the end, so
// text is held back until another event says that there is none: another call, or the end of the
// choice. Then it is the answer, without its code fence.
#pragma once

#include "base/buffer.h"
#include "chat/by_choice.h"
#include "chat/reply.h"
#include "dialects/gemini/code_fence.h"

#include <cstdint>

namespace llmproxy::gemini {

class FinalAnswer final : public chat::EventFilter {
 public:
  // What is left goes to `next`, which must outlive this.
  explicit FinalAnswer(chat::EventSink& next) : next_(next), fence_(next) {}

  void take(const chat::Event& event) override;
  void flush() override;

 private:
  enum class Place : std::uint8_t {
    waiting,   // for the answer
    answered,  // so nothing else is said
    passing,   // there is no such answer
  };
  struct Choice {
    Place place = Place::waiting;
    Buffer held;  // text as it stands in the source
  };

  void take_text(const chat::TextDelta& delta);
  void pass(std::uint32_t index, Choice& choice);

  chat::EventSink& next_;
  CodeFence fence_;
  chat::ByChoice<Choice> choices_;
};

}  // namespace llmproxy::gemini
