// Writes JSON by appending to a span list or a buffer. It places commas and quotes; that brackets
// match is the caller's part.
#pragma once

#include "base/spans.h"
#include "json/string.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace llmproxy::json {

// `Out` has append(std::string_view); with append_slice() as well, large slices stay where they
// are.
template <typename Out>
class Writer {
 public:
  explicit Writer(Out& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }

  // `name` is plain ASCII that needs no escape.
  void key(std::string_view name) {
    separate();
    put("\"");
    put(name);
    put("\":");
    comma_ = false;
  }

  // A slice of a document, put between quotes as it stands.
  void string(const String& slice) {
    separate();
    put("\"");
    put_slice(slice.raw);
    put("\"");
  }
  // Text that is not JSON yet.
  void text(std::string_view utf8) {
    separate();
    put("\"");
    put(escape(utf8));
    put("\"");
  }
  // Text that is known to need no escape.
  void word(std::string_view plain) { string({plain}); }
  // The same for what will be gone before the output is.
  void copy_string(const String& slice) {
    separate();
    put("\"");
    put(slice.raw);
    put("\"");
  }
  void copy_raw(std::string_view json) {
    separate();
    put(json);
  }
  // A whole JSON value, as it stands.
  void raw(std::string_view json) {
    separate();
    put_slice(json);
  }
  void integer(std::int64_t number) {
    separate();
    std::array<char, 20> digits{};  // "-9223372036854775808"
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    put(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
  }
  void boolean(bool value) {
    separate();
    put(value ? "true" : "false");
  }
  void null() {
    separate();
    put("null");
  }

 private:
  void separate() {
    if (comma_) {
      put(",");
    }
    comma_ = true;
  }
  void open(char bracket) {
    separate();
    put(std::string_view(&bracket, 1));
    comma_ = false;
  }
  void close(char bracket) {
    put(std::string_view(&bracket, 1));
    comma_ = true;
  }
  void put(std::string_view bytes) { out_.append(bytes); }
  void put_slice(std::string_view bytes) {
    if constexpr (requires { out_.append_slice(bytes); }) {
      out_.append_slice(bytes);
    } else {
      out_.append(bytes);
    }
  }

  Out& out_;
  // The next value or key needs a comma before it.
  bool comma_ = false;
};

}  // namespace llmproxy::json
