#include "json/writer.h"

#include "base/copy.h"

#include <array>
#include <charconv>

namespace llmproxy::json {

void Writer::key(std::string_view name) {
  char* to = out_.reserve(name.size() + 4);
  if (to == nullptr) {
    return;
  }
  char* const begin = to;
  if (comma_) {
    *to++ = ',';
  }
  *to++ = '"';
  copy_bytes(to, name.data(), name.size());
  to += name.size();
  *to++ = '"';
  *to++ = ':';
  out_.commit(static_cast<std::size_t>(to - begin));
  comma_ = false;
}

void Writer::string(const String& slice) {
  separate();
  out_.append('"');
  put_slice(slice.raw);
  out_.append('"');
}

void Writer::text(std::string_view utf8) {
  separate();
  out_.append('"');
  escape(utf8, out_);
  out_.append('"');
}

void Writer::word(std::string_view plain) {
  separate();
  out_.append('"');
  out_.append(plain);
  out_.append('"');
}

void Writer::copy_raw(std::string_view json) {
  separate();
  out_.append(json);
}

void Writer::raw(std::string_view json) {
  separate();
  put_slice(json);
}

void Writer::integer(std::int64_t number) {
  separate();
  std::array<char, 20> digits{};  // "-9223372036854775808"
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out_.append(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
}

void Writer::separate() {
  if (comma_) {
    out_.append(',');
  }
  comma_ = true;
}

void Writer::open(char bracket) {
  separate();
  out_.append(bracket);
  comma_ = false;
}

void Writer::close(char bracket) {
  out_.append(bracket);
  comma_ = true;
}

void Writer::put_slice(std::string_view bytes) {
  if (spans_ != nullptr) {
    spans_->append_slice(bytes);
  } else {
    out_.append(bytes);
  }
}

}  // namespace llmproxy::json
