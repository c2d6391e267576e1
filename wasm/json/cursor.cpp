#include "json/cursor.h"

#include "base/text.h"
#include "json/string_scan.h"

#include <algorithm>
#include <array>

namespace llmproxy::json {
namespace {

const char* describe(StringFault fault) {
  switch (fault) {
    case StringFault::unterminated:
      return "a string does not end";
    case StringFault::control_character:
      return "a control character in a string is not escaped";
    case StringFault::bad_escape:
      return "an escape in a string is not one that JSON has";
    case StringFault::lone_surrogate:
      return "half of a surrogate pair stands alone in a string";
    case StringFault::bad_utf8:
      return "a string is not valid UTF-8";
    case StringFault::none:
      break;
  }
  return "a string is malformed";
}

// By the first byte.
constexpr std::array<Kind, 256> kKinds = [] {
  std::array<Kind, 256> kinds{};
  for (const char digit : std::string_view("-0123456789")) {
    kinds[static_cast<unsigned char>(digit)] = Kind::number;
  }
  kinds['{'] = Kind::object;
  kinds['['] = Kind::array;
  kinds['"'] = Kind::string;
  kinds['t'] = Kind::boolean;
  kinds['f'] = Kind::boolean;
  kinds['n'] = Kind::null;
  return kinds;
}();

// End of the run of digits at `p`.
const char* skip_digits(const char* p, const char* end) {
  while (p < end && is_digit(*p)) {
    ++p;
  }
  return p;
}

// End of the number at `p`, or nullptr. https://www.rfc-editor.org/rfc/rfc8259#section-6
const char* skip_number(const char* p, const char* end) {
  if (p < end && *p == '-') {
    ++p;
  }
  const char* whole = p;
  p = skip_digits(p, end);
  if (p == whole || (*whole == '0' && p - whole > 1)) {
    return nullptr;
  }
  if (p < end && *p == '.') {
    const char* fraction = p + 1;
    p = skip_digits(fraction, end);
    if (p == fraction) {
      return nullptr;
    }
  }
  if (p < end && (*p == 'e' || *p == 'E')) {
    ++p;
    if (p < end && (*p == '+' || *p == '-')) {
      ++p;
    }
    const char* exponent = p;
    p = skip_digits(p, end);
    if (p == exponent) {
      return nullptr;
    }
  }
  return p;
}

}  // namespace

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "a boolean";
    case Kind::number:
      return "a number";
    case Kind::string:
      return "a string";
    case Kind::array:
      return "an array";
    case Kind::object:
      return "an object";
    case Kind::none:
      break;
  }
  return "nothing";
}

Cursor::Cursor(std::string_view text)
    : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()) {
  // Parsers may ignore a byte order mark (RFC 8259, section 8.1); Windows tools write one.
  if (text.substr(0, 3) == "\xEF\xBB\xBF") {
    at_ += 3;
  }
}

bool Cursor::fail(const char* what) {
  if (fault_ == nullptr) {
    fault_ = what;
  }
  return false;
}

std::string Cursor::fault() const {
  if (fault_ == nullptr) {
    return {};
  }
  return concat({fault_, " (at byte ", std::to_string(offset()), ")"});
}

inline char Cursor::peek() {
  const char next = at_ < end_ ? *at_ : '\0';
  return next > ' ' ? next : peek_behind_space();
}

char Cursor::peek_behind_space() {
  const char* at = at_;
  while (at < end_ && is_space(*at)) {
    ++at;
  }
  at_ = at;
  return at < end_ ? *at : '\0';
}

Kind Cursor::kind() {
  if (failed()) {
    return Kind::none;
  }
  return kKinds[static_cast<unsigned char>(peek())];
}

bool Cursor::open(char bracket) {
  if (failed()) {
    return false;
  }
  if (peek() != bracket) {
    return fail(bracket == '{' ? "an object is missing" : "an array is missing");
  }
  if (depth_ == kMaxJsonDepth) {
    return fail("values are nested more than 128 deep");
  }
  ++at_;
  ++depth_;
  fresh_ = true;
  return true;
}

bool Cursor::enter_object() {
  return open('{');
}

bool Cursor::enter_array() {
  return open('[');
}

bool Cursor::try_enter_object() {
  return !failed() && peek() == '{' && open('{');
}

bool Cursor::try_enter_array() {
  return !failed() && peek() == '[' && open('[');
}

bool Cursor::next_member(String& key) {
  if (failed()) {
    return false;
  }
  char next = peek();
  if (next == '}') {
    ++at_;
    --depth_;
    fresh_ = false;
    return false;
  }
  if (!fresh_) {
    if (next != ',') {
      return fail("a comma or the end of the object is missing");
    }
    ++at_;
    next = peek();
  }
  fresh_ = false;
  if (next != '"') {
    return fail("a member name in quotes is missing");
  }
  if (!scan_string_here(key)) {
    return false;
  }
  if (peek() != ':') {
    return fail("a colon is missing");
  }
  ++at_;
  return true;
}

bool Cursor::next_element() {
  if (failed()) {
    return false;
  }
  const char next = peek();
  if (next == ']') {
    ++at_;
    --depth_;
    fresh_ = false;
    return false;
  }
  if (!fresh_) {
    if (next != ',') {
      return fail("a comma or the end of the array is missing");
    }
    ++at_;
  }
  fresh_ = false;
  return true;
}

bool Cursor::scan_string_here(String& out) {
  const char* begin = at_ + 1;
  const StringScan scan = scan_string(begin, end_);
  at_ = scan.stop;
  if (scan.fault != StringFault::none) {
    return fail(describe(scan.fault));
  }
  out.raw = std::string_view(begin, static_cast<std::size_t>(scan.stop - begin));
  out.has_escapes = scan.has_escapes;
  ++at_;
  return true;
}

bool Cursor::read_string(String& out) {
  return try_read_string(out) || fail("a string is missing");
}

bool Cursor::try_read_string(String& out) {
  return !failed() && peek() == '"' && scan_string_here(out);
}

bool Cursor::read_number(std::string_view& out) {
  if (kind() != Kind::number) {
    return fail("a number is missing");
  }
  const char* stop = skip_number(at_, end_);
  if (stop == nullptr) {
    return fail("a number is malformed");
  }
  out = std::string_view(at_, static_cast<std::size_t>(stop - at_));
  at_ = stop;
  return true;
}

bool Cursor::literal(std::string_view word) {
  const auto left = static_cast<std::size_t>(end_ - at_);
  if (std::string_view(at_, std::min(left, word.size())) != word) {
    return fail("a value is not JSON");
  }
  at_ += word.size();
  return true;
}

bool Cursor::read_bool(bool& out) {
  if (kind() != Kind::boolean) {
    return fail("a boolean is missing");
  }
  out = *at_ == 't';
  return literal(out ? "true" : "false");
}

bool Cursor::skip_null() {
  return kind() == Kind::null && literal("null");
}

bool Cursor::scan_scalar(Kind kind) {
  String string;
  std::string_view number;
  bool boolean = false;
  switch (kind) {
    case Kind::string:
      return scan_string_here(string);
    case Kind::number:
      return read_number(number);
    case Kind::boolean:
      return read_bool(boolean);
    case Kind::null:
      return literal("null");
    default:
      return fail(at_ == end_ ? "a value is missing" : "a value is not JSON");
  }
}

bool Cursor::skip_value() {
  const std::uint32_t floor = depth_;
  Brackets is_object;
  do {
    const Kind next = kind();
    if (next == Kind::object || next == Kind::array) {
      if (!open(next == Kind::object ? '{' : '[')) {
        return false;
      }
      is_object[depth_] = next == Kind::object;
    } else if (!scan_scalar(next)) {
      return false;
    }
  } while (find_next(is_object, floor));
  return !failed();
}

// Leaves the brackets that are over, down to `floor`; true at a value that is still to be read.
bool Cursor::find_next(const Brackets& is_object, std::uint32_t floor) {
  String key;
  while (depth_ > floor && !failed()) {
    if (is_object[depth_] ? next_member(key) : next_element()) {
      return true;
    }
  }
  return false;
}

bool Cursor::skip_value(std::string_view& raw) {
  if (failed()) {
    return false;
  }
  peek();
  const char* begin = at_;
  if (!skip_value()) {
    return false;
  }
  raw = std::string_view(begin, static_cast<std::size_t>(at_ - begin));
  return true;
}

bool Cursor::at_end() {
  peek();
  return at_ == end_;
}

namespace {

// The power of ten behind "e", within bounds that no double has.
std::int64_t parse_exponent(std::string_view text) {
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
  }
  const std::int64_t huge = !text.empty() && text.front() == '-' ? -400 : 400;
  return std::clamp<std::int64_t>(parse_integer(text).value_or(huge), -400, 400);
}

}  // namespace

double approximate(std::string_view number) {
  const bool negative = !number.empty() && number.front() == '-';
  double value = 0;
  std::int64_t exponent = 0;
  std::size_t i = negative ? 1 : 0;
  bool fraction = false;
  for (; i < number.size() && (is_digit(number[i]) || number[i] == '.'); ++i) {
    if (number[i] == '.') {
      fraction = true;
      continue;
    }
    value = value * 10 + (number[i] - '0');
    exponent -= fraction ? 1 : 0;
  }
  exponent += i < number.size() ? parse_exponent(number.substr(i + 1)) : 0;
  for (; exponent > 0 && value != 0; --exponent) {
    value *= 10;
  }
  for (; exponent < 0 && value != 0; ++exponent) {
    value /= 10;
  }
  return negative ? -value : value;
}

}  // namespace llmproxy::json
