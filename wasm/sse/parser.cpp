#include "sse/parser.h"

#include "base/text.h"

#include <algorithm>
#include <cstring>

namespace llmproxy::sse {
namespace {

bool is_closing(char c) {
  return c == ']' || c == '}';
}

}  // namespace

char* Parser::reserve(std::size_t count) {
  // Bytes of the buffer are about to move: what an unfinished event holds of them is copied first.
  if (has_data_) {
    copy_data();
  }
  buffer_.consume(line_begin_);
  searched_ -= line_begin_;
  lf_ -= std::min(lf_, line_begin_);
  line_begin_ = 0;
  const std::size_t held = buffer_.size() + (has_data_ ? joined_.size() : 0);
  char* to = held > limit_ || joined_.failed() ? nullptr : buffer_.reserve(count);
  overflowed_ = overflowed_ || to == nullptr;
  return overflowed_ ? nullptr : to;
}

void Parser::commit(std::size_t count) {
  buffer_.commit(count);
}

void Parser::feed(std::string_view bytes) {
  if (bytes.empty()) {
    return;
  }
  char* to = reserve(bytes.size());
  if (to != nullptr) {
    std::memcpy(to, bytes.data(), bytes.size());
    commit(bytes.size());
  }
}

void Parser::finish() {
  finished_ = true;
}

std::optional<Event> Parser::next() {
  if (framing_ == Framing::unknown) {
    find_framing();
  }
  if (overflowed_ || framing_ == Framing::unknown) {
    return std::nullopt;
  }
  return framing_ == Framing::array ? next_element() : next_event();
}

// The first byte that is no space tells; a byte order mark may stand before it.
void Parser::find_framing() {
  const std::string_view bytes = buffer_.view();
  constexpr std::string_view kSkipped = " \t\r\n\xEF\xBB\xBF";
  searched_ = std::min(bytes.find_first_not_of(kSkipped, searched_), bytes.size());
  if (searched_ < bytes.size() && bytes[searched_] == '[') {
    framing_ = Framing::array;
    line_begin_ = searched_;
  } else if (searched_ < bytes.size() || finished_) {
    framing_ = Framing::events;
    searched_ = line_begin_;
  }
}

// The quotes around it are, too.
bool Parser::is_in_string(char c) {
  if (!in_string_) {
    in_string_ = c == '"';
    return in_string_;
  }
  in_string_ = escaped_ || c != '"';
  escaped_ = !escaped_ && c == '\\';
  return true;
}

// What stands before the outermost one is nothing.
void Parser::count_bracket(char c, std::size_t at) {
  if (c == '[' || c == '{') {
    line_begin_ = depth_ == 0 ? at + 1 : line_begin_;
    ++depth_;
  } else if (is_closing(c) && depth_ > 0) {
    --depth_;
  }
}

// Whatever is no array comes out too, for the reader to refuse.
std::optional<Event> Parser::next_element() {
  const std::string_view bytes = buffer_.view();
  while (searched_ < bytes.size()) {
    const std::size_t at = searched_++;
    const char c = bytes[at];
    if (is_in_string(c)) {
      continue;
    }
    count_bracket(c, at);
    const bool closes = is_closing(c);
    const bool is_value = closes && depth_ == 1;
    if (is_value || (depth_ == 1 && c == ',') || (depth_ == 0 && closes)) {
      if (std::optional<Event> event = take_element(is_value ? at + 1 : at, at + 1)) {
        return event;
      }
    }
  }
  return finished_ ? take_element(bytes.size(), bytes.size()) : std::nullopt;
}

// What stands from line_begin_ to `end`, unless it is nothing; what is next begins at `next`.
std::optional<Event> Parser::take_element(std::size_t end, std::size_t next) {
  const std::string_view text = trim(buffer_.view().substr(line_begin_, end - line_begin_));
  line_begin_ = next;
  return text.empty() ? std::nullopt : std::optional(Event{text});
}

std::optional<Event> Parser::next_event() {
  while (const std::optional<Line> line = find_line()) {
    line_begin_ = line->next;
    searched_ = line->next;
    if (!line->text.empty()) {
      take_line(line->text);
      continue;
    }
    if (std::optional<Event> event = dispatch()) {
      return event;
    }
  }
  return finished_ ? dispatch() : std::nullopt;
}

// The first LF behind what was searched, which is at lf_ then; nullptr when there is none.
const char* Parser::find_lf() {
  const std::string_view bytes = buffer_.view();
  lf_ = std::max(lf_, searched_);
  lf_ = std::min(bytes.find('\n', lf_), bytes.size());
  return lf_ < bytes.size() ? bytes.data() + lf_ : nullptr;
}

std::optional<Parser::Line> Parser::find_line() {
  const std::string_view bytes = buffer_.view();
  if (swallow_lf_ && line_begin_ < bytes.size()) {
    swallow_lf_ = false;
    if (bytes[line_begin_] == '\n') {
      ++line_begin_;
      searched_ = line_begin_;
    }
  }
  const char* begin = bytes.data() + line_begin_;
  const char* from = bytes.data() + searched_;
  const char* lf = find_lf();
  const std::size_t before_lf = lf_ - searched_;
  const auto* cr =
      before_lf == 0 ? nullptr : static_cast<const char*>(std::memchr(from, '\r', before_lf));
  const char* stop = cr != nullptr ? cr : lf;
  if (stop == nullptr) {
    searched_ = bytes.size();
    if (!finished_ || line_begin_ == bytes.size()) {
      return std::nullopt;
    }
    return Line{bytes.substr(line_begin_), bytes.size()};
  }
  Line line{{begin, static_cast<std::size_t>(stop - begin)},
            static_cast<std::size_t>(stop - bytes.data()) + 1};
  if (*stop == '\r') {
    if (line.next == bytes.size()) {
      swallow_lf_ = true;
    } else if (bytes[line.next] == '\n') {
      ++line.next;
    }
  }
  return line;
}

void Parser::take_line(std::string_view line) {
  if (at_start_ && line.substr(0, 3) == "\xEF\xBB\xBF") {
    line.remove_prefix(3);
  }
  at_start_ = false;
  if (line.empty()) {
    return;
  }
  const bool first = blank_;
  blank_ = false;
  if (bare_ || (first && (line.front() == '{' || line.front() == '['))) {
    bare_ = true;
    add_data(line);
    return;
  }
  const std::size_t colon = line.find(':');
  // The names of all other fields (and comments, whose name is empty) mean nothing here.
  if (line.substr(0, colon) != "data") {
    return;
  }
  std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
  if (!value.empty() && value.front() == ' ') {
    value.remove_prefix(1);
  }
  add_data(value);
}

void Parser::copy_data() {
  if (!copied_) {
    joined_.append(buffer_.view().substr(data_begin_, data_size_));
    copied_ = true;
  }
}

void Parser::add_data(std::string_view value) {
  if (!has_data_) {
    has_data_ = true;
    copied_ = value.empty();
    joined_.clear();
    if (!value.empty()) {
      data_begin_ = static_cast<std::size_t>(value.data() - buffer_.view().data());
      data_size_ = value.size();
    }
    return;
  }
  copy_data();
  joined_.append('\n');
  joined_.append(value);
}

std::optional<Event> Parser::dispatch() {
  const bool complete = has_data_;
  has_data_ = false;
  bare_ = false;
  blank_ = true;
  // A text with a gap is none.
  overflowed_ = overflowed_ || joined_.failed();
  if (!complete || overflowed_) {
    return std::nullopt;
  }
  return Event{copied_ ? joined_.view() : buffer_.view().substr(data_begin_, data_size_)};
}

}  // namespace llmproxy::sse
