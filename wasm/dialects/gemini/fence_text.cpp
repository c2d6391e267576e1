#include "dialects/gemini/fence_text.h"

#include "base/text.h"

#include <array>
#include <string>
#include <utility>

namespace llmproxy::gemini {
namespace {

constexpr int kMinMarks = 3;
// Longer first lines are none of a fence.
constexpr std::size_t kMaxOpening = 256;

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

constexpr bool is_of_name(char c) {
  return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || is_digit(c);
}

constexpr bool is_mark(char c) {
  return c == '`' || c == '~';
}

// Reads the first line: white space, three marks or more, what it says about the code in them (a
// language, and whatever else), and the end of the line. Behind a language alone the answer may
// begin on the same line.
// https://spec.commonmark.org/0.31.2/#fenced-code-blocks
class OpeningLine {
 public:
  // False: the fence begins behind `c` or, if that is no line break, before it; or there is none.
  bool add(char c) {
    if (out_.marks < kMinMarks || (c == out_.mark && !behind_marks_)) {
      return add_mark(c);
    }
    behind_marks_ = true;
    const bool is_json = c == '{' || c == '[';
    if (c == '\n' || (is_json && words_ <= 1)) {
      return end(Opening::Kind::fence);
    }
    // A fence that ends here was none, and what is not told from the answer stays with it.
    if (c == out_.mark || is_json) {
      return end(Opening::Kind::none);
    }
    add_word(c);
    return true;
  }
  Opening& out() { return out_; }

 private:
  void add_word(char c) {
    const bool begins = !in_word_ && !is_space(c);
    in_word_ = !is_space(c);
    words_ += begins ? 1 : 0;
    words_ += in_word_ && !is_of_name(c) ? 1 : 0;
  }
  bool add_mark(char c) {
    if (out_.marks == 0 && is_space(c)) {
      return true;
    }
    if (!is_mark(c) || (out_.marks > 0 && c != out_.mark)) {
      return end(Opening::Kind::none);
    }
    out_.mark = c;
    ++out_.marks;
    return true;
  }
  bool end(Opening::Kind kind) {
    out_.kind = kind;
    return false;
  }

  Opening out_;
  bool behind_marks_ = false;
  bool in_word_ = false;
  int words_ = 0;  // what is in no name of a language counts as one more
};

}  // namespace

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

Opening find_opening(std::string_view raw) {
  OpeningLine line;
  Opening& out = line.out();
  const auto is_long = [&out] { return out.size > (out.marks == 0 ? kMaxHeld : kMaxOpening); };
  while (out.size < raw.size() && !is_long()) {
    const Unit unit = read_unit(raw.substr(out.size));
    if (unit.size == 0) {
      break;
    }
    if (!line.add(unit.character)) {
      out.size += unit.character == '\n' ? unit.size : 0;
      return out;
    }
    out.size += unit.size;
  }
  out.kind = is_long() ? Opening::Kind::none : Opening::Kind::open;
  return out;
}

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

}  // namespace llmproxy::gemini
