// Writes JSON by appending to a span list or a buffer. It places commas and quotes; that brackets
// match is the caller's part.
#pragma once

#include "base/spans.h"
#include "json/string.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace llmproxy::json {

class Writer {
 public:
  explicit Writer(Buffer& out) : out_(out) {}
  // Large slices stay where they are.
  explicit Writer(SpanList& out) : out_(out.copied()), spans_(&out) {}

  void begin_object() { open("{"); }
  void end_object() { close("}"); }
  void begin_array() { open("["); }
  void end_array() { close("]"); }
  // Several of these at once, and the keys between them, as they stand: `{"role":"user","parts":[`.
  void open(std::string_view json);
  // And `]}`.
  void close(std::string_view json);

  // `name` is plain ASCII that needs no escape.
  void key(std::string_view name);

  // The same for a name that may be anything, UTF-8.
  void text_key(std::string_view name);

  // A slice of a document, put between quotes as it stands.
  void string(const String& slice);
  // open(before), string(slice), close(behind).
  void string(std::string_view before, const String& slice, std::string_view behind);
  // The same for what will be gone before the output is.
  void copy_string(const String& slice) { word(slice.raw); }
  // Text that is not JSON yet.
  void text(std::string_view utf8);
  // Text that is known to need no escape.
  void word(std::string_view plain);
  // A whole JSON value, as it stands.
  void raw(std::string_view json);
  // The same for what will be gone before the output is.
  void copy_raw(std::string_view json);
  void integer(std::int64_t number);
  void boolean(bool value) { copy_raw(value ? "true" : "false"); }
  void null() { copy_raw("null"); }

 private:
  // Where up to `size` bytes of the next value or key go, behind a comma if one is due; nullptr: no
  // memory.
  char* begin(std::size_t size);
  // They are there, up to `to`.
  void end(const char* to);
  static char* put(char* to, std::string_view bytes);
  static char* put_quoted(char* to, std::string_view plain);
  // A comma, if one is due.
  void separate();

  Buffer& out_;
  SpanList* spans_ = nullptr;
  // The next value or key needs a comma before it.
  bool comma_ = false;
};

}  // namespace llmproxy::json
