// Takes the code fence off an answer that JSON was asked for in words: the first line, when it is
// ``` or ```json, and then the ``` at the end. An answer that begins otherwise stays as it is.
//
// Of a stream no more is held back than may be part of a fence.
#pragma once

#include "chat/by_choice.h"
#include "chat/reply.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace llmproxy::gemini {

class CodeFence final : public chat::EventSink {
 public:
  // What is left goes to `next`, which must outlive this.
  explicit CodeFence(chat::EventSink& next) : next_(next) {}

  void take(const chat::Event& event) override;
  // Nothing more will come: what is held back and is no fence goes on.
  void flush();

 private:
  enum class Place : std::uint8_t {
    beginning,  // it may still be a fence
    inside,     // of one
    plain,      // there is none
  };
  struct Choice {
    Place place = Place::beginning;
    std::string held;          // as it stands in the source
    std::int64_t removed = 0;  // characters at the beginning
  };

  void take_text(const chat::TextDelta& delta);
  void pass(std::uint32_t index, std::string_view raw);
  // Passes on what cannot be part of the fence at the end, and holds the rest.
  void pass_inside(std::uint32_t index, Choice& choice, std::string_view raw);
  void end(std::uint32_t index, Choice& choice);

  chat::EventSink& next_;
  chat::ByChoice<Choice> choices_;
};

}  // namespace llmproxy::gemini
