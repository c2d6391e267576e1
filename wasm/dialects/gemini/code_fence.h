// Takes the code fence off an answer that JSON was asked for in words: the first line, when it is
// ``` or ```json (or ~~~, with whatever else such a line says), and then the line that ends it, or
// both on the line of the answer. Where JSON is in it, that is the answer, and what stands behind
// the fence is no part of it; words behind another text stay. An answer that begins otherwise stays
// as it is.
//
// Of a stream no more is held back than may be part of a fence.
#pragma once

#include "chat/by_choice.h"
#include "chat/reply.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace llmproxy::gemini {

class CodeFence final : public chat::EventFilter {
 public:
  // What is left goes to `next`, which must outlive this.
  explicit CodeFence(chat::EventSink& next) : next_(next) {}

  void take(const chat::Event& event) override;
  void flush() override;

 private:
  enum class Place : std::uint8_t {
    beginning,  // it may still be a fence
    inside,     // of one
    behind,     // it has ended, and so may the text have
    over,       // the answer has ended, and nothing goes on
    plain,      // nothing more is looked for
  };
  // What stands in the fence, by its first character.
  enum class Content : std::uint8_t { none, json, other };
  class Ending;
  struct Choice {
    Place place = Place::beginning;
    std::string held;  // as it stands in the source
    char mark = 0;     // what the fence is made of, and of how many at its beginning
    int marks = 0;
    Content content = Content::none;
    // Where what is held begins: in a string of the answer's JSON, and behind a backslash there.
    bool in_string = false;
    bool escaped = false;
    bool at_end = false;  // what is held is the end of the fence if nothing more comes
    // Characters of the fence: at the beginning, and from end_begin on at its end.
    std::int64_t opening = 0;
    std::int64_t end_begin = 0;
    std::int64_t end_size = 0;

    std::int64_t moved(std::int64_t character) const;
  };

  void take_text(const chat::TextDelta& delta);
  void pass(std::uint32_t index, std::string_view raw);
  // Each passes on what it can, holds what may be part of a fence, and returns what stands behind
  // the fence's beginning or end.
  std::string_view take_opening(std::uint32_t index, Choice& choice, std::string_view raw);
  std::string_view pass_inside(std::uint32_t index, Choice& choice, std::string_view raw);
  void pass_behind(std::uint32_t index, Choice& choice, std::string_view raw);
  void end(std::uint32_t index, Choice& choice);

  chat::EventSink& next_;
  chat::ByChoice<Choice> choices_;
};

}  // namespace llmproxy::gemini
