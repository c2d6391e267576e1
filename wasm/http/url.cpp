#include "http/url.h"

#include "base/inline.h"
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

LLMPROXY_COLD std::string percent_encode(std::string_view text, bool all) {
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

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> out;
  out.reserve(kUsualSegments);
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    if (!segment.empty()) {
      out.push_back(segment);
    }
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
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
