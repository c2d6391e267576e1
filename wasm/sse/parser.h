// Server-sent events, bytes to events. Knows nothing of "[DONE]".
// https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
//
// One departure from the standard: a block that begins with "{" is no field at all, and the
// standard would drop it line by line. Gemini reports a failure in mid-stream that way, as a bare
// JSON object over several lines, so such a block comes out as an event whose data is its text.
//
// A stream whose first byte is "[" is no event stream but a JSON array, as Gemini sends it without
// "alt=sse": each element comes out as an event, when it is complete.
// https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
#pragma once

#include "base/buffer.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace llmproxy::sse {

struct Event {
  // Lines of `data`, joined by LF, or an element of an array. Valid until the next call that is not
  // const.
  std::string_view data;
};

class Parser {
 public:
  // `limit`: most bytes of one event that are held while it is incomplete.
  explicit Parser(std::size_t limit) : limit_(limit) {}

  // Feeding without a copy: room for `count` bytes to be filled by the caller, then committed.
  // nullptr when there is no memory.
  [[nodiscard]] char* reserve(std::size_t count);
  void commit(std::size_t count);

  void feed(std::string_view bytes);
  // No more bytes will come: an event that lacks its blank line is complete now.
  void finish();

  // The next complete event that has data.
  std::optional<Event> next();

  // One event was larger than the limit, or there was no memory for it; nothing comes out any more.
  bool overflowed() const { return overflowed_; }

 private:
  struct Line {
    std::string_view text;
    std::size_t next;  // where the line after it begins
  };
  enum class Framing : std::uint8_t { unknown, events, array };

  void find_framing();
  std::optional<Event> next_element();
  bool is_in_string(char c);
  void count_bracket(char c, std::size_t at);
  std::optional<Event> take_element(std::size_t end, std::size_t next);
  std::optional<Event> next_event();
  const char* find_lf();
  std::optional<Line> find_line();
  void take_line(std::string_view line);
  void add_data(std::string_view value);
  void copy_data();
  std::optional<Event> dispatch();

  Buffer buffer_;
  std::size_t limit_;
  // Everything before is dealt with, and goes when the next bytes come.
  std::size_t line_begin_ = 0;
  // The line that begins at line_begin_ has no end before this. Keeps a long line that arrives in
  // many pieces from being searched again for each.
  std::size_t searched_ = 0;
  // No LF stands in the bytes from searched_ to this. Keeps it from being looked for again in each
  // of many lines that end with CR.
  std::size_t lf_ = 0;
  // The last line ended with CR as the very last byte fed. If the next byte is LF it belongs to
  // that CR; treating it as a blank line would dispatch half an event.
  bool swallow_lf_ = false;
  // No line was seen yet: a byte order mark may stand here, and only here.
  bool at_start_ = true;
  bool finished_ = false;
  bool overflowed_ = false;

  Framing framing_ = Framing::unknown;
  // Of an array, as far as it was searched.
  std::size_t depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;

  // The event being collected. One line of data stays where it is in the buffer (at data_begin_);
  // only a second one, or bytes that move, make a copy in joined_.
  bool has_data_ = false;
  bool bare_ = false;
  bool blank_ = true;  // no line of this block was seen yet
  bool copied_ = false;
  std::size_t data_begin_ = 0;
  std::size_t data_size_ = 0;
  Buffer joined_;
};

}  // namespace llmproxy::sse
