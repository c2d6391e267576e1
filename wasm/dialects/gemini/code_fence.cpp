#include "dialects/gemini/code_fence.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace llmproxy::gemini {
namespace {

// Longer runs of white space, and longer names of a language, belong to no fence. Bytes, as they
// stand in the source.
constexpr std::size_t kMaxHeld = 64;

// A character of a JSON string as it stands in the source.
struct Unit {
  std::size_t size = 0;  // 0: the source ends within it
  char character = 0;    // 0: none that matters in a fence
};

// Those of characters that matter.
constexpr std::array kEscapes = std::to_array<std::pair<std::string_view, char>>({
    {"n", '\n'},
    {"r", '\r'},
    {"t", '\t'},
    {"u000a", '\n'},
    {"u000d", '\r'},
    {"u0009", '\t'},
    {"u0020", ' '},
    {"u0060", '`'},
    {"u007e", '~'},
    {"\"", '"'},
    {"u0022", '"'},
    {"\\", '\\'},
    {"u005c", '\\'},
});

Unit read_unit(std::string_view raw) {
  if (raw.front() != '\\') {
    return {1, raw.front()};
  }
  const std::size_t size = raw.size() > 1 && raw[1] == 'u' ? 6 : 2;
  if (raw.size() < size) {
    return {};
  }
  const std::string escape = lower(raw.substr(1, size - 1));
  for (const auto& [known, character] : kEscapes) {
    if (escape == known) {
      return {size, character};
    }
  }
  return {size, '\0'};
}

constexpr bool is_of_name(char c) {
  return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || is_digit(c);
}

constexpr bool is_mark(char c) {
  return c == '`' || c == '~';
}

constexpr int kMarks = 3;

struct Opening {
  enum class Kind : std::uint8_t { none, open, fence } kind = Kind::none;
  std::size_t size = 0;  // of the fence with its line break
  char mark = 0;
};

// White space, three marks, the name of a language, and the end of the line or, where all of it
// stands on one line, the answer.
Opening find_opening(std::string_view raw) {
  enum class Step : std::uint8_t { before, marks, name, after } step = Step::before;
  int marks = 0;
  Opening out;
  while (out.size < raw.size() && out.size <= kMaxHeld) {
    const Unit unit = read_unit(raw.substr(out.size));
    if (unit.size == 0) {
      break;
    }
    const char c = unit.character;
    if (step >= Step::name && (c == '\n' || c == '{' || c == '[')) {
      out.size += c == '\n' ? unit.size : 0;
      out.kind = Opening::Kind::fence;
      return out;
    }
    out.size += unit.size;
    if (is_mark(c) && step <= Step::marks && (marks == 0 || c == out.mark)) {
      out.mark = c;
      step = ++marks == kMarks ? Step::name : Step::marks;
    } else if (is_space(c) && step >= Step::name) {
      step = Step::after;
    } else if ((!is_space(c) || step != Step::before) && (!is_of_name(c) || step != Step::name)) {
      return {};
    }
  }
  out.kind = out.size > kMaxHeld ? Opening::Kind::none : Opening::Kind::open;
  return out;
}

// Code points; of a surrogate pair the first half counts. A cut escape counts nothing.
std::int64_t count_characters(std::string_view raw) {
  std::int64_t count = 0;
  std::size_t at = 0;
  while (at < raw.size()) {
    const Unit unit = read_unit(raw.substr(at));
    if (unit.size == 0) {
      break;
    }
    const bool continues = (static_cast<unsigned char>(raw[at]) & 0xC0U) == 0x80U;
    const bool second_half =
        unit.size == 6 && to_lower(raw[at + 2]) == 'd' && to_lower(raw[at + 3]) >= 'c';
    count += continues || second_half ? 0 : 1;
    at += unit.size;
  }
  return count;
}

}  // namespace

// Follows what stands in a fence, and knows where what may be its end begins: white space, three
// marks or more, white space, and the end of the line or of the text. In a string of the answer's
// JSON it is a part of that.
class CodeFence::Ending {
 public:
  Ending(char mark, bool in_string, bool escaped)
      : mark_(mark), in_string_(in_string), escaped_(escaped) {}

  // False: the fence ended, and `unit` is the line break behind it.
  bool add(const Unit& unit, std::size_t at) {
    const char c = unit.character;
    if (follow_string(c)) {
      begin_again(kNowhere, 0);
    } else if (c == '\n' && is_fence()) {
      return false;
    } else if (is_space(c)) {
      add_space(at);
    } else if (c != mark_) {
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
  bool is_fence() const { return marks_ >= kMarks; }
  bool in_string() const { return in_string_; }
  bool escaped() const { return escaped_; }

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
  Ending ending(choice.mark, choice.in_string, choice.escaped);
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
  choice.in_string = ending.in_string();
  choice.escaped = ending.escaped();
  choice.end_begin += count_characters(raw.substr(0, begin));
  choice.at_end = ending.is_fence() && at == raw.size();
  pass(index, raw.substr(0, begin));
  if (!ended) {
    choice.held = raw.substr(begin);
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
