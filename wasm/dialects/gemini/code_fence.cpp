#include "dialects/gemini/code_fence.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace llmproxy::gemini {
namespace {

// Longer runs of white space, and longer names of a language, belong to no fence.
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

struct Opening {
  enum class Kind : std::uint8_t { none, open, fence } kind = Kind::none;
  std::size_t size = 0;         // of the fence with its line break
  std::int64_t characters = 0;  // of it
};

// White space, three backticks, the name of a language, and the end of the line.
Opening find_opening(std::string_view raw) {
  enum class Step : std::uint8_t { before, ticks, name, after } step = Step::before;
  int ticks = 0;
  Opening out;
  while (out.size < raw.size()) {
    const Unit unit = read_unit(raw.substr(out.size));
    if (unit.size == 0) {
      break;
    }
    const char c = unit.character;
    out.size += unit.size;
    ++out.characters;
    if (c == '`' && ticks < 3 && step <= Step::ticks) {
      step = ++ticks == 3 ? Step::name : Step::ticks;
    } else if (c == '\n' && step >= Step::name) {
      out.kind = Opening::Kind::fence;
      return out;
    } else if (is_space(c) && step >= Step::name) {
      step = Step::after;
    } else if ((!is_space(c) || step != Step::before) && (!is_of_name(c) || step != Step::name)) {
      return {};
    }
  }
  out.kind = raw.size() > kMaxHeld ? Opening::Kind::none : Opening::Kind::open;
  return out;
}

// Follows a text, and knows where what may be the fence at its end begins.
class Ending {
 public:
  void add(const Unit& unit, std::size_t at) {
    const char c = unit.character;
    if (is_space(c)) {
      // White space before the fence, or behind it.
      if (ticks_ == 0 || ticks_ == 3) {
        begin_ = std::min(begin_, at);
        behind_ = ticks_ == 3;
      } else {
        begin_again(at, 0);
      }
    } else if (c != '`') {
      begin_again(kNowhere, 0);
    } else if (behind_) {
      begin_again(at, 1);
    } else {
      begin_ = std::min(begin_, at);
      ticks_ = std::min(ticks_ + 1, 4);  // more than three are no fence
    }
  }
  // At or behind the end of the text: nowhere.
  std::size_t begin() const { return begin_; }
  bool is_fence() const { return ticks_ == 3; }

 private:
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
  void begin_again(std::size_t at, int ticks) {
    begin_ = at;
    ticks_ = ticks;
    behind_ = false;
  }

  std::size_t begin_ = kNowhere;
  int ticks_ = 0;
  bool behind_ = false;
};

// `begin`: where what may be a fence begins, at most the size of `raw`.
bool ends_in_fence(std::string_view raw, std::size_t& begin) {
  Ending ending;
  std::size_t at = 0;
  while (at < raw.size()) {
    const Unit unit = read_unit(raw.substr(at));
    if (unit.size == 0) {
      break;
    }
    ending.add(unit, at);
    at += unit.size;
  }
  begin = std::min(ending.begin(), at);
  return ending.is_fence() && at == raw.size();
}

}  // namespace

void CodeFence::take(const chat::Event& event) {
  if (const auto* delta = std::get_if<chat::TextDelta>(&event)) {
    take_text(*delta);
    return;
  }
  if (const auto* finish = std::get_if<chat::Finish>(&event)) {
    end(finish->choice, choices_[finish->choice]);
  }
  if (const auto* citation = std::get_if<chat::Citation>(&event)) {
    const std::int64_t removed = choices_[citation->choice].removed;
    chat::Citation moved = *citation;
    moved.begin = std::max<std::int64_t>(0, moved.begin - removed);
    moved.end = std::max<std::int64_t>(0, moved.end - removed);
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
  if (choice.place == Place::inside) {
    pass_inside(delta.choice, choice, raw);
    return;
  }
  const Opening opening = find_opening(raw);
  if (opening.kind == Opening::Kind::open) {
    choice.held = raw;
  } else if (opening.kind == Opening::Kind::none) {
    choice.place = Place::plain;
    pass(delta.choice, raw);
  } else {
    choice.place = Place::inside;
    choice.removed = opening.characters;
    pass_inside(delta.choice, choice, raw.substr(opening.size));
  }
}

void CodeFence::pass(std::uint32_t index, std::string_view raw) {
  if (!raw.empty()) {
    next_.take(chat::TextDelta{index, {raw, true}});
  }
}

void CodeFence::pass_inside(std::uint32_t index, Choice& choice, std::string_view raw) {
  std::size_t begin = 0;
  ends_in_fence(raw, begin);
  if (raw.size() - begin > kMaxHeld) {
    begin = raw.size();
  }
  pass(index, raw.substr(0, begin));
  choice.held = raw.substr(begin);
}

void CodeFence::end(std::uint32_t index, Choice& choice) {
  std::size_t begin = 0;
  const bool fence = choice.place == Place::inside && ends_in_fence(choice.held, begin);
  pass(index, std::string_view(choice.held).substr(0, fence ? begin : choice.held.size()));
  choice.held.clear();
}

void CodeFence::flush() {
  for (auto& [index, choice] : choices_) {
    end(index, choice);
  }
}

}  // namespace llmproxy::gemini
