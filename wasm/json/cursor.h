// Reads JSON in one pass over the raw bytes, building nothing. It proves what it passes over:
// structure, string syntax, UTF-8, number syntax, depth. https://www.rfc-editor.org/rfc/rfc8259
//
// The caller walks:    if (cursor.enter_object()) {
//                        while (cursor.next_member(key)) { … read or skip the value … }
//                      }
// Every call that fails leaves the cursor failed, and then every further call fails as well, so the
// check may wait until the end. Slices are into the text and live as long as it does.
#pragma once

#include "base/limits.h"
#include "json/string.h"

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>

namespace llmproxy::json {

enum class Kind : std::uint8_t { none, null, boolean, number, string, array, object };

// "a string", "an array", …: for error messages.
std::string_view kind_name(Kind kind);

class Cursor {
 public:
  explicit Cursor(std::string_view text);

  // Of the next value, which is not consumed; `none` when there is no value here.
  Kind kind();

  bool enter_object();
  // The same if there is an object here; if not, nothing has failed.
  bool try_enter_object();
  // Moves to the next member's value; false when the object is over (and left) or on failure.
  bool next_member(String& key);
  bool enter_array();
  bool try_enter_array();
  // Moves to the next element; false when the array is over (and left) or on failure.
  bool next_element();

  bool read_string(String& out);
  // The same if there is a string here; if not, nothing has failed.
  bool try_read_string(String& out);
  // The source text of the number, as it stands there.
  bool read_number(std::string_view& out);
  bool read_bool(bool& out);
  // Consumes a null if there is one.
  bool skip_null();
  // Passes over any value, proving it.
  bool skip_value();
  bool skip_value(std::string_view& raw);

  // Only white space is left, or a failure. Does not fail the cursor when there is more.
  bool at_end();

  bool failed() const { return fault_ != nullptr; }
  // What is wrong and at which byte, for the client to read; empty when nothing is.
  std::string fault() const;
  std::size_t offset() const { return static_cast<std::size_t>(at_ - begin_); }
  // How many bytes of the text are left to read.
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

 private:
  // Which of the open brackets, by depth, are objects.
  using Brackets = std::bitset<kMaxJsonDepth + 1>;

  // Always false, to be returned. The first fault stays, and nothing is left to read behind it.
  bool fail(const char* at, const char* what);
  // At the next byte that is no white space.
  bool fail(const char* what);
  // Moves `at` to the next byte that is no white space, and returns it; 0 at the end, and 0 is in
  // no JSON text.
  char peek(const char*& at) const;
  char peek() { return peek(at_); }
  const char* skip_space(const char* at) const;
  bool try_enter(char bracket);
  void leave(const char* at);
  bool literal(std::string_view word);
  // The string whose quote is at `at`; where it ends, or nullptr.
  const char* scan_string_at(const char* at, String& out);
  bool scan_scalar(Kind kind);
  bool find_next(const Brackets& is_object, std::uint32_t floor);

  // What every name and every value of a request runs through keeps these in variables of its own:
  // each access to a member is one to memory, and the engine checks its bounds.
  const char* begin_;
  const char* at_;
  const char* end_;  // from a failure on, where that is
  const char* fault_ = nullptr;
  std::uint32_t depth_ = 0;
  // Just inside a bracket: no comma may come before the next member or element.
  bool fresh_ = false;
};

// Number text as an approximate double, good to about 15 digits: for range checks, never for
// output.
double approximate(std::string_view number);

}  // namespace llmproxy::json
