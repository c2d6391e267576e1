#include "dialects/gemini/downgrade_bounds.h"

#include "base/text.h"

#include <algorithm>
#include <string>
#include <utility>

namespace llmproxy::gemini {
namespace {

// No parameter has a longer one.
constexpr std::size_t kMaxNumber = 12;

// One end of a range.
struct End {
  std::string number;  // empty: none stands there
  bool exclusive = false;
};

std::size_t count_digits(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) -
                                  text.begin());
}

// The number at the beginning of `text`; empty: there is none.
std::string_view find_number(std::string_view text) {
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  const std::size_t digits = count_digits(text.substr(sign));
  if (digits == 0) {
    return {};
  }
  std::size_t size = sign + digits;
  const std::size_t fraction =
      text.substr(size).starts_with('.') ? count_digits(text.substr(size + 1)) : 0;
  size += fraction > 0 ? fraction + 1 : 0;
  return size > kMaxNumber ? std::string_view() : text.substr(0, size);
}

// Takes "1 (inclusive)", "[1", "41)" off the front of `text`.
End take_end(std::string_view& text) {
  constexpr std::string_view kInclusive = " (inclusive)";
  constexpr std::string_view kExclusive = " (exclusive)";
  End end;
  end.exclusive = text.starts_with('(');
  if (text.starts_with('(') || text.starts_with('[')) {
    text.remove_prefix(1);
  }
  end.number = find_number(text);
  text.remove_prefix(end.number.size());
  if (text.starts_with(kExclusive) || text.starts_with(')')) {
    end.exclusive = true;
  }
  if (text.starts_with(kExclusive) || text.starts_with(kInclusive)) {
    text.remove_prefix(kExclusive.size());
  }
  return end;
}

// The value next to an end that is itself not taken; empty: it is not known.
std::string nearest(const End& end, bool is_high, bool whole) {
  if (!end.exclusive) {
    return end.number;
  }
  const std::size_t point = end.number.find('.');
  if (point != std::string::npos) {
    // "2.0001 (exclusive)" is how 2 is said.
    return is_high && end.number.front() != '-' ? end.number.substr(0, point) : std::string();
  }
  const std::optional<std::int64_t> number = parse_integer(end.number);
  return whole && number ? std::to_string(*number + (is_high ? -1 : 1)) : std::string();
}

std::optional<Bounds> read_range(std::string_view text, bool whole) {
  const End low = take_end(text);
  for (const std::string_view separator : {" to ", " and ", ", "}) {
    if (!low.number.empty() && text.starts_with(separator)) {
      text.remove_prefix(separator.size());
      const End high = take_end(text);
      Bounds bounds{nearest(low, false, whole), nearest(high, true, whole)};
      const bool told = !bounds.low.empty() && !bounds.high.empty();
      return told ? std::optional(std::move(bounds)) : std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Bounds> find_bounds(std::string_view text, bool whole) {
  for (const std::string_view word : {"range is from ", "between ", "in the range ", "from "}) {
    const std::size_t found = text.find(word);
    if (found != std::string_view::npos) {
      return read_range(text.substr(found + word.size()), whole);
    }
  }
  return std::nullopt;
}

}  // namespace llmproxy::gemini
