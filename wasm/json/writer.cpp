#include "json/writer.h"

#include "base/bytes.h"

#include <charconv>

namespace llmproxy::json {

char* Writer::begin(std::size_t size) {
  char* to = out_.reserve(size + 1);
  if (to != nullptr && comma_) {
    *to++ = ',';
  }
  comma_ = true;
  return to;
}

void Writer::end(const char* to) {
  const std::string_view before = out_.view();
  out_.commit(static_cast<std::size_t>(to - (before.data() + before.size())));
}

char* Writer::put(char* to, std::string_view bytes) {
  copy_bytes(to, bytes.data(), bytes.size());
  return to + bytes.size();
}

char* Writer::put_quoted(char* to, std::string_view plain) {
  *to++ = '"';
  to = put(to, plain);
  *to++ = '"';
  return to;
}

void Writer::key(std::string_view name) {
  char* to = begin(name.size() + 3);
  if (to != nullptr) {
    to = put_quoted(to, name);
    *to++ = ':';
    end(to);
  }
  comma_ = false;
}

void Writer::word(std::string_view plain) {
  if (char* to = begin(plain.size() + 2)) {
    end(put_quoted(to, plain));
  }
}

void Writer::string(const String& slice) {
  if (spans_ == nullptr || !spans_->refers_to(slice.raw)) {
    word(slice.raw);
    return;
  }
  separate();
  out_.append('"');
  spans_->append_slice(slice.raw);
  out_.append('"');
}

void Writer::string(std::string_view before, const String& slice, std::string_view behind) {
  if (spans_ != nullptr && spans_->refers_to(slice.raw)) {
    open(before);
    string(slice);
    close(behind);
  } else if (char* to = begin(before.size() + slice.raw.size() + behind.size() + 2)) {
    end(put(put_quoted(put(to, before), slice.raw), behind));
  }
}

void Writer::text(std::string_view utf8) {
  separate();
  out_.append('"');
  escape(utf8, out_);
  out_.append('"');
}

void Writer::text_key(std::string_view name) {
  text(name);
  out_.append(':');
  comma_ = false;
}

void Writer::copy_raw(std::string_view json) {
  if (char* to = begin(json.size())) {
    end(put(to, json));
  }
}

void Writer::raw(std::string_view json) {
  if (spans_ == nullptr || !spans_->refers_to(json)) {
    copy_raw(json);
    return;
  }
  separate();
  spans_->append_slice(json);
}

void Writer::integer(std::int64_t number) {
  constexpr std::size_t kMaxDigits = 20;  // "-9223372036854775808"
  if (char* to = begin(kMaxDigits)) {
    end(std::to_chars(to, to + kMaxDigits, number).ptr);
  }
}

void Writer::open(std::string_view json) {
  copy_raw(json);
  comma_ = false;
}

void Writer::close(std::string_view json) {
  out_.append(json);
  comma_ = true;
}

void Writer::separate() {
  if (comma_) {
    out_.append(',');
  }
  comma_ = true;
}

}  // namespace llmproxy::json
