#include "http/url.h"

#include "base/percent.h"
#include "base/text.h"

#include <algorithm>

namespace llmproxy::http {
namespace {

// "/v2/gemini/v1/chat/completions" has them.
constexpr std::size_t kUsualSegments = 5;

// In a path as it is.
bool is_kept(char c) {
  const char letter = to_lower(c);
  return (letter >= 'a' && letter <= 'z') || is_digit(c) || c == '-' || c == '.' || c == '_' ||
         c == '~' || c == ':' || c == '@';
}

std::string percent_encode(std::string_view text, bool all) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (!all && is_kept(c)) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(kHex[byte >> 4U]);
    out.push_back(kHex[byte & 0x0FU]);
  }
  return out;
}

// How many bytes the UTF-8 sequence at the front of `text` has; 0: it is none.
// https://www.unicode.org/versions/Unicode15.0.0/ch03.pdf, table 3-7
std::size_t sequence_size(std::string_view text) {
  const auto at = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto continues = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80; };
  const unsigned first = at(0);
  if (first < 0x80) {
    return 1;
  }
  if (first >= 0xC2 && first <= 0xDF) {
    return continues(1) ? 2 : 0;
  }
  if (first >= 0xE0 && first <= 0xEF) {
    const bool fits = !(first == 0xE0 && at(1) < 0xA0) && !(first == 0xED && at(1) > 0x9F);
    return fits && continues(1) && continues(2) ? 3 : 0;
  }
  const bool fits = first >= 0xF0 && first <= 0xF4 && !(first == 0xF0 && at(1) < 0x90) &&
                    !(first == 0xF4 && at(1) > 0x8F);
  return fits && continues(1) && continues(2) && continues(3) ? 4 : 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = sequence_size(text);
    if (size == 0) {
      return false;
    }
    text.remove_prefix(size);
  }
  return true;
}

// Is one of the names in `segment`, which may hold slashes, a step to another folder? Some servers
// drop what stands behind a semicolon.
bool has_steps(std::string_view segment) {
  while (!segment.empty()) {
    const std::string_view name = segment.substr(0, segment.find('/'));
    const std::string_view plain = name.substr(0, name.find(';'));
    if (plain == "." || plain == "..") {
      return true;
    }
    segment.remove_prefix(std::min(segment.size(), name.size() + 1));
  }
  return false;
}

bool has_escapes(std::string_view text) {
  for (; !text.empty(); text.remove_prefix(1)) {
    if (read_percent_escape(text)) {
      return true;
    }
  }
  return false;
}

// `segment` is decoded, and plain ASCII in nearly every request.
bool is_safe(std::string_view segment) {
  const bool plain =
      std::all_of(segment.begin(), segment.end(), [](char c) { return is_kept(c) && c != '.'; });
  const auto is_bad = [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == '\x7F' || c == '\\';
  };
  return plain || (std::none_of(segment.begin(), segment.end(), is_bad) && !has_steps(segment) &&
                   !has_escapes(segment) && is_utf8(segment));
}

}  // namespace

std::string_view path_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  url.remove_prefix(scheme == std::string_view::npos ? 0 : scheme + 3);
  const auto ends_path = [](char c) { return c == '?' || c == '#'; };
  const auto begin =
      std::find_if(url.begin(), url.end(), [&](char c) { return c == '/' || ends_path(c); });
  if (begin == url.end() || *begin != '/') {
    return "/";
  }
  return {begin, static_cast<std::size_t>(std::find_if(begin, url.end(), ends_path) - begin)};
}

std::optional<std::vector<std::string_view>> segments_of(std::string_view path,
                                                         std::string& storage) {
  std::vector<std::string_view> out;
  out.reserve(kUsualSegments);
  storage.clear();
  storage.reserve(contains(path, "%") ? path.size() : 0);  // so that no slice of it moves
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    std::string_view segment = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (segment.empty()) {
      continue;
    }
    if (contains(segment, "%")) {
      const std::size_t begin = storage.size();
      percent_decode(segment, storage);
      segment = std::string_view(storage).substr(begin);
    }
    if (!is_safe(segment)) {
      return std::nullopt;
    }
    out.push_back(segment);
  }
  return out;
}

std::string encode_segment(std::string_view text) {
  // "." and ".." are steps, not names, even when they are escaped: no model is called so.
  const bool dots = text == "." || text == "..";
  return !dots && std::all_of(text.begin(), text.end(), is_kept) ? std::string(text)
                                                                 : percent_encode(text, dots);
}

}  // namespace llmproxy::http
