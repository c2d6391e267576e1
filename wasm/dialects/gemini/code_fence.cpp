#include "dialects/gemini/code_fence.h"

#include "base/text.h"
#include "dialects/gemini/fence_text.h"

#include <algorithm>

namespace llmproxy::gemini {
namespace {

// More than an answer has.
constexpr std::int64_t kAllCharacters = INT64_MAX / 2;

}  // namespace

// Follows what stands in a fence, and knows where what may be its end begins: white space, as many
// marks as at its beginning or more, white space, and the end of the line or of the text. In a
// string of the answer's JSON it is a part of that; outside of one, marks are no JSON, so they end
// the fence whatever follows.
class CodeFence::Ending {
 public:
  explicit Ending(const Choice& choice)
      : mark_(choice.mark),
        min_marks_(choice.marks),
        content_(choice.content),
        in_string_(choice.in_string),
        escaped_(choice.escaped) {}

  // False: the fence ended before `unit`.
  bool add(const Unit& unit, std::size_t at) {
    const char c = unit.character;
    if (is_fence() && (c == '\n' || (content_ == Content::json && c != mark_))) {
      return false;
    }
    if (content_ == Content::none && !is_space(c) && c != mark_) {
      content_ = c == '{' || c == '[' || c == '"' ? Content::json : Content::other;
    }
    const bool in_string = follow_string(c);
    if (!in_string && is_space(c)) {
      add_space(at);
    } else if (in_string || c != mark_) {
      begin_again(kNowhere, 0);
    } else if (behind_) {
      begin_again(at, 1);
    } else {
      begin_ = std::min(begin_, at);
      ++marks_;
    }
    if (begin_ != kNowhere && at + unit.size - begin_ > kMaxHeld) {
      begin_again(kNowhere, 0);
    }
    return true;
  }
  // kNowhere: it would be at or behind the end of the text.
  std::size_t begin() const { return begin_; }
  bool is_fence() const { return marks_ >= min_marks_; }
  void keep(Choice& choice) const {
    choice.content = content_;
    choice.in_string = in_string_;
    choice.escaped = escaped_;
  }

  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

 private:
  // Its quotes are a part of it.
  bool follow_string(char c) {
    const bool inside = in_string_;
    if (!escaped_ && c == '"') {
      in_string_ = !in_string_;
    }
    escaped_ = inside && !escaped_ && c == '\\';
    return inside || in_string_;
  }
  void add_space(std::size_t at) {
    if (marks_ == 0 || is_fence()) {
      begin_ = std::min(begin_, at);
      behind_ = is_fence();
    } else {
      begin_again(at, 0);
    }
  }
  void begin_again(std::size_t at, int marks) {
    begin_ = at;
    marks_ = marks;
    behind_ = false;
  }

  char mark_;
  int min_marks_;
  Content content_;
  bool in_string_;
  bool escaped_;
  std::size_t begin_ = kNowhere;
  int marks_ = 0;
  bool behind_ = false;
};

// Where a place in the text as it came is in the text that goes on.
std::int64_t CodeFence::Choice::moved(std::int64_t character) const {
  const auto behind = [character](std::int64_t begin, std::int64_t size) {
    return std::clamp<std::int64_t>(character - begin, 0, size);
  };
  return character - behind(0, opening) - behind(end_begin, end_size);
}

void CodeFence::take(const chat::Event& event) {
  if (const auto* delta = std::get_if<chat::TextDelta>(&event)) {
    take_text(*delta);
    return;
  }
  if (const auto* finish = std::get_if<chat::Finish>(&event)) {
    end(finish->choice, choices_[finish->choice]);
  }
  if (const auto* citation = std::get_if<chat::Citation>(&event)) {
    const Choice& choice = choices_[citation->choice];
    chat::Citation moved = *citation;
    moved.begin = choice.moved(moved.begin);
    moved.end = choice.moved(moved.end);
    next_.take(moved);
    return;
  }
  next_.take(event);
}

void CodeFence::take_text(const chat::TextDelta& delta) {
  Choice& choice = choices_[delta.choice];
  if (choice.place == Place::plain) {
    next_.take(delta);
  }
  if (choice.place == Place::plain || choice.place == Place::over) {
    return;
  }
  std::string joined;
  std::string_view raw = delta.text.raw;
  if (!choice.held.empty()) {
    joined = concat({choice.held, raw});
    raw = joined;
    choice.held.clear();
  }
  if (choice.place == Place::beginning) {
    raw = take_opening(delta.choice, choice, raw);
  }
  if (choice.place == Place::inside) {
    raw = pass_inside(delta.choice, choice, raw);
  }
  if (choice.place == Place::behind) {
    pass_behind(delta.choice, choice, raw);
  }
}

std::string_view CodeFence::take_opening(std::uint32_t index, Choice& choice,
                                         std::string_view raw) {
  const Opening opening = find_opening(raw);
  if (opening.kind == Opening::Kind::open) {
    choice.held = raw;
  } else if (opening.kind == Opening::Kind::none) {
    choice.place = Place::plain;
    pass(index, raw);
  } else {
    choice.place = Place::inside;
    choice.mark = opening.mark;
    choice.marks = opening.marks;
    choice.opening = count_characters(raw.substr(0, opening.size));
    choice.end_begin = choice.opening;
    return raw.substr(opening.size);
  }
  return {};
}

void CodeFence::pass(std::uint32_t index, std::string_view raw) {
  if (!raw.empty()) {
    next_.take(chat::TextDelta{index, {raw, true}});
  }
}

std::string_view CodeFence::pass_inside(std::uint32_t index, Choice& choice, std::string_view raw) {
  Ending ending(choice);
  std::size_t at = 0;
  bool ended = false;
  while (at < raw.size() && !ended) {
    const Unit unit = read_unit(raw.substr(at));
    if (unit.size == 0) {
      break;
    }
    ended = !ending.add(unit, at);
    at += ended ? 0 : unit.size;
  }
  const std::size_t begin = std::min(ending.begin(), at);
  ending.keep(choice);
  choice.end_begin += count_characters(raw.substr(0, begin));
  choice.at_end = ending.is_fence() && at == raw.size();
  pass(index, raw.substr(0, begin));
  if (!ended) {
    choice.held = raw.substr(begin);
    return {};
  }
  if (choice.content == Content::json) {
    choice.place = Place::over;
    choice.end_size = kAllCharacters;
    return {};
  }
  choice.place = Place::behind;
  choice.end_size = count_characters(raw.substr(begin, at - begin));
  return raw.substr(at);
}

// White space behind the fence goes with it when nothing follows.
void CodeFence::pass_behind(std::uint32_t index, Choice& choice, std::string_view raw) {
  std::size_t at = 0;
  Unit unit{1, ' '};
  while (at < raw.size() && unit.size != 0 && is_space(unit.character)) {
    unit = read_unit(raw.substr(at));
    at += unit.size;
  }
  if (is_space(unit.character) || unit.size == 0) {
    if (raw.size() <= kMaxHeld) {
      choice.held = raw;
      return;
    }
  }
  choice.place = Place::plain;
  pass(index, raw);
}

void CodeFence::end(std::uint32_t index, Choice& choice) {
  const bool dropped =
      choice.place == Place::behind || (choice.place == Place::inside && choice.at_end);
  if (dropped) {
    choice.end_size += count_characters(choice.held);
  } else {
    pass(index, choice.held);
  }
  choice.held.clear();
  choice.at_end = false;
}

void CodeFence::flush() {
  for (auto& [index, choice] : choices_) {
    end(index, choice);
  }
}

}  // namespace llmproxy::gemini
