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
  peek();
  return fail(at_, what);
}

bool Cursor::fail(const char* at, const char* what) {
  if (fault_ == nullptr) {
    fault_ = what;
    at_ = at;
    end_ = at;
  }
  return false;
}

std::string Cursor::fault() const {
  if (fault_ == nullptr) {
    return {};
  }
  return concat({fault_, " (at byte ", std::to_string(offset()), ")"});
}

inline char Cursor::peek(const char*& at) const {
  char next = at < end_ ? *at : '\0';
  if (next <= ' ') {
    at = skip_space(at);
    next = at < end_ ? *at : '\0';
  }
  return next;
}

const char* Cursor::skip_space(const char* at) const {
  while (at < end_ && is_space(*at)) {
    ++at;
  }
  return at;
}

Kind Cursor::kind() {
  return kKinds[static_cast<unsigned char>(peek())];
}

inline bool Cursor::try_enter(char bracket) {
  const char* at = at_;
  if (peek(at) != bracket) {
    return false;
  }
  if (depth_ == kMaxJsonDepth) {
    return fail(at, "values are nested more than 128 deep");
  }
  at_ = at + 1;
  ++depth_;
  fresh_ = true;
  return true;
}

// `at` is behind its end.
inline void Cursor::leave(const char* at) {
  at_ = at;
  --depth_;
  fresh_ = false;
}

bool Cursor::enter_object() {
  return try_enter_object() || fail("an object is missing");
}

bool Cursor::enter_array() {
  return try_enter_array() || fail("an array is missing");
}

bool Cursor::try_enter_object() {
  return try_enter('{');
}

bool Cursor::try_enter_array() {
  return try_enter('[');
}

bool Cursor::next_member(String& key) {
  const char* at = at_;
  char next = peek(at);
  if (next == '}') {
    leave(at + 1);
    return false;
  }
  if (!fresh_) {
    if (next != ',') {
      return fail(at, "a comma or the end of the object is missing");
    }
    next = peek(++at);
  }
  fresh_ = false;
  if (next != '"') {
    return fail(at, "a member name in quotes is missing");
  }
  at = scan_string_at(at, key);
  if (at == nullptr) {
    return false;
  }
  if (peek(at) != ':') {
    return fail(at, "a colon is missing");
  }
  at_ = at + 1;
  return true;
}

bool Cursor::next_element() {
  const char* at = at_;
  const char next = peek(at);
  if (next == ']') {
    leave(at + 1);
    return false;
  }
  if (!fresh_) {
    if (next != ',') {
      return fail(at, "a comma or the end of the array is missing");
    }
    at_ = at + 1;
  }
  fresh_ = false;
  return true;
}

const char* Cursor::scan_string_at(const char* at, String& out) {
  const char* begin = at + 1;
  const StringScan scan = scan_string(begin, end_);
  if (scan.fault != StringFault::none) {
    fail(scan.stop, describe(scan.fault));
    return nullptr;
  }
  out.raw = std::string_view(begin, static_cast<std::size_t>(scan.stop - begin));
  out.has_escapes = scan.has_escapes;
  return scan.stop + 1;
}

bool Cursor::read_string(String& out) {
  return try_read_string(out) || fail("a string is missing");
}

bool Cursor::try_read_string(String& out) {
  const char* at = at_;
  if (peek(at) != '"') {
    return false;
  }
  at = scan_string_at(at, out);
  if (at == nullptr) {
    return false;
  }
  at_ = at;
  return true;
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
      return read_string(string);
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
      if (!try_enter(next == Kind::object ? '{' : '[')) {
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
