#include "gateway/redaction.h"

#include "base/limits.h"
#include "base/percent.h"
#include "base/text.h"
#include "json/cursor.h"
#include "json/string.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace llmproxy::gateway {
namespace {

// A key of fewer characters may be a word of a message.
constexpr std::size_t kShortest = 8;
constexpr std::string_view kStars = "***";

// One character, and how many bytes of a text spell it.
struct Unit {
  char character;
  std::size_t size;
};

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f');
  });
}

// The character at the front of `text`, out of every escape that JSON or a URL may put it in, once
// or several times: "/", "%2f", "%252F", "\/", "\u002f" and "\\u002F" are all a slash. A run of
// backslashes that escapes nothing counts as one.
Unit read_unit(std::string_view text) {
  if (text.front() == '%') {
    std::size_t at = 0;
    while (text.substr(at + 1, 2) == "25" && text.size() >= at + 5 &&
           is_hex(text.substr(at + 3, 2))) {
      at += 2;
    }
    const std::string escape = concat({"%", text.substr(at + 1, 2)});
    const std::optional<char> decoded = read_percent_escape(escape);
    return decoded ? Unit{*decoded, at + 3} : Unit{'%', 1};
  }
  if (text.front() != '\\') {
    return {text.front(), 1};
  }
  const std::size_t run = std::min(text.find_first_not_of('\\'), text.size());
  const std::string_view behind = text.substr(run);
  if (behind.starts_with('/') || behind.starts_with('"')) {
    return {behind.front(), run + 1};
  }
  // Keys are ASCII: \u00XX.
  if (behind.size() >= 5 && behind.starts_with("u00") && is_hex(behind.substr(3, 2))) {
    const std::string escape = concat({"%", behind.substr(3, 2)});
    return {read_percent_escape(escape).value_or(' '), run + 5};
  }
  return {'\\', run};
}

constexpr std::size_t kLongestEscape = 12;

// How much of an escape is left at the front of `rest` when a text was cut off there; nothing when
// it was not.
std::optional<std::size_t> find_cut(std::string_view rest) {
  std::size_t size = 0;
  if (rest.starts_with('%') || rest.starts_with('\\')) {
    const std::string_view escape = rest.substr(0, kLongestEscape);
    size = std::min(escape.find_first_not_of("%\\u0123456789abcdefABCDEF"), escape.size());
  }
  rest.remove_prefix(size);
  const bool cut = rest.empty() || rest.starts_with("…") || rest.starts_with("...");
  return cut ? std::optional(size) : std::nullopt;
}

// Looks for a key in texts, in time that grows with the text alone (Knuth, Morris and Pratt).
class KeyFinder {
 public:
  explicit KeyFinder(std::string_view key) {
    while (!key.empty() && size_ < key_.size()) {
      const Unit unit = read_unit(key);
      key_[size_++] = unit.character;
      key.remove_prefix(unit.size);
    }
    rest_ = key;
    for (std::size_t i = 1; i < size_; ++i) {
      next_[i] = advance(next_[i - 1], key_[i]);
    }
  }

  bool is_long_enough() const { return size_ >= kShortest; }
  std::string mask(std::string_view text) const;

 private:
  // How much of the key's beginning ends with `c`, when `matched` characters stood before it.
  std::uint16_t advance(std::size_t matched, char c) const {
    while (matched > 0 && key_[matched] != c) {
      matched = next_[matched - 1];
    }
    return static_cast<std::uint16_t>(matched + (key_[matched] == c ? 1 : 0));
  }
  // How much of `text` goes on with what the key has beyond key_.
  std::size_t rest_at(std::string_view text) const;

  // The beginning of a key; what is longer is compared behind it.
  static constexpr std::size_t kMost = 256;
  std::array<char, kMost> key_{};
  std::array<std::uint16_t, kMost> next_{};
  std::size_t size_ = 0;
  std::string_view rest_;
};

std::size_t KeyFinder::rest_at(std::string_view text) const {
  std::size_t at = 0;
  for (std::string_view rest = rest_; !rest.empty() && at < text.size();) {
    const Unit wanted = read_unit(rest);
    const Unit found = read_unit(text.substr(at));
    if (wanted.character != found.character) {
      break;
    }
    rest.remove_prefix(wanted.size);
    at += found.size;
  }
  return at;
}

std::string KeyFinder::mask(std::string_view text) const {
  std::string out;
  std::size_t copied = 0;                   // of the text
  std::array<std::size_t, kMost> begins{};  // of the last units, in a ring
  std::size_t units = 0;
  std::size_t matched = 0;
  const auto put_stars = [&](std::size_t end) {
    const std::size_t begin = begins[(units - matched) % kMost];
    out.append(text.substr(copied, begin - copied)).append(kStars);
    copied = end;
    matched = 0;
  };
  for (std::size_t at = 0; at < text.size();) {
    const Unit unit = read_unit(text.substr(at));
    if (matched >= kShortest && key_[matched] != unit.character) {
      if (const std::optional<std::size_t> escape = find_cut(text.substr(at))) {
        at += *escape;
        put_stars(at);
        continue;
      }
    }
    matched = advance(matched, unit.character);
    begins[units++ % kMost] = at;
    at += unit.size;
    if (matched == size_) {
      at += rest_at(text.substr(at));
      put_stars(at);
    }
  }
  if (matched >= kShortest) {
    put_stars(text.size());
  }
  return out.append(text.substr(copied));
}

// Text that stands for a number, or the beginning of one, at the front of `json`.
std::size_t number_size(std::string_view json) {
  const std::size_t size = json.find_first_not_of("0123456789+-.eE");
  return is_digit(json.front()) || json.front() == '-' ? std::min(size, json.size()) : 0;
}

// The size of the string at the front of `json`, which is valid, with its quotes.
std::size_t string_size(std::string_view json) {
  std::size_t size = 1;
  while (json[size] != '"') {
    size += json[size] == '\\' ? 2U : 1U;
  }
  return size + 1;
}

bool is_json(std::string_view text) {
  json::Cursor cursor(text);
  return cursor.skip_value() && !cursor.failed() && cursor.at_end();
}

// Google's numbers of projects, and what looks like a key of somebody else's.
std::size_t secret_size(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits > 0) {
    return digits >= 10 ? digits : 0;
  }
  const bool key = text.starts_with("AIza") || text.starts_with("key=");
  return key ? std::min(text.find_first_of(" \t\r\n\"'&"), text.size()) : 0;
}

}  // namespace

std::string without_key(std::string_view text, std::string_view key) {
  const KeyFinder finder(key);
  return finder.is_long_enough() ? finder.mask(text) : std::string(text);
}

std::string without_key_in_json(std::string_view body, std::string_view key) {
  const KeyFinder finder(key);
  if (!finder.is_long_enough() || !is_json(body)) {
    return without_key(body, key);
  }
  std::string out;
  while (!body.empty()) {
    const bool is_string = body.front() == '"';
    const std::size_t size = is_string ? string_size(body) : number_size(body);
    if (size == 0) {
      out.push_back(body.front());
      body.remove_prefix(1);
      continue;
    }
    const std::string_view token = body.substr(0, size);
    const std::string_view raw = is_string ? token.substr(1, size - 2) : token;
    const std::string text = json::String{raw, contains(raw, "\\")}.decode();
    const std::string masked = finder.mask(text);
    masked == text ? out.append(token) : out.append("\"").append(json::escape(masked)).append("\"");
    body.remove_prefix(size);
  }
  return out;
}

std::string redact(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t size = secret_size(text);
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (size > 0) {
      out.append(digits > 0 ? "…" : "[key]");
      text.remove_prefix(size);
    } else {
      out.append(text.substr(0, std::max<std::size_t>(digits, 1)));
      text.remove_prefix(std::max<std::size_t>(digits, 1));
    }
  }
  return shorten(out, kMaxErrorMessage);
}

}  // namespace llmproxy::gateway
