#include "http/url.h"

#include "base/text.h"

namespace llmproxy::http {

std::string_view path_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t authority = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::size_t begin = url.find_first_of("/?#", authority);
  if (begin == std::string_view::npos || url[begin] != '/') {
    return "/";
  }
  const std::size_t stop = url.find_first_of("?#", begin);
  return url.substr(begin, stop == std::string_view::npos ? stop : stop - begin);
}

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> out;
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
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kKept = "-._~:@";
  std::string out;
  out.reserve(text.size());
  // "." and ".." are steps, not names, even when they are escaped: no model is called so.
  const bool dots = text == "." || text == "..";
  for (const char c : text) {
    const bool letter = to_lower(c) >= 'a' && to_lower(c) <= 'z';
    if (!dots && (letter || is_digit(c) || kKept.find(c) != std::string_view::npos)) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.append({'%', kHex[byte >> 4U], kHex[byte & 0x0FU]});
  }
  return out;
}

}  // namespace llmproxy::http
