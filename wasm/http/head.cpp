#include "http/head.h"

#include "base/text.h"
#include "http/url.h"

#include <algorithm>

namespace llmproxy::http {
namespace {

bool is_letter_or_digit(char c) {
  const char letter = to_lower(c);
  return (letter >= 'a' && letter <= 'z') || is_digit(c);
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < ' ' || c == '\x7F';
}

// The line at the front of `text`, which is removed from it.
std::string_view take_line(std::string_view& text) {
  const std::size_t stop = text.find('\n');
  const std::string_view line = text.substr(0, stop);
  text.remove_prefix(stop == std::string_view::npos ? text.size() : stop + 1);
  return line;
}

}  // namespace

bool is_token(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_letter_or_digit(c) || c == '-' || kOthers.find(c) != std::string_view::npos;
  });
}

bool is_header_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return is_control(c) && c != '\t'; });
}

Headers Headers::parse(std::string_view block) {
  Headers out;
  out.headers_.reserve(kUsual);
  while (!block.empty()) {
    const std::string_view line = take_line(block);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) {
      out.headers_.push_back({line.substr(0, colon), trim(line.substr(colon + 1))});
    }
  }
  return out;
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const Header& header : headers_) {
    if (equals_ignoring_case(header.name, name)) {
      return header.value;
    }
  }
  return std::nullopt;
}

bool Headers::asks_to_upgrade_to(std::string_view protocol) const {
  for (const Header& header : headers_) {
    std::string_view list = equals_ignoring_case(header.name, "upgrade") ? header.value : "";
    while (!list.empty()) {
      const std::string_view item = list.substr(0, list.find(','));
      if (equals_ignoring_case(trim(item.substr(0, item.find('/'))), protocol)) {
        return true;
      }
      list.remove_prefix(std::min(list.size(), item.size() + 1));
    }
  }
  return false;
}

RequestHead RequestHead::parse(std::string_view text) {
  RequestHead head;
  head.method = take_line(text);
  head.url = take_line(text);
  head.path = path_of(head.url);
  head.headers = Headers::parse(text);
  return head;
}

bool write_header(std::string_view name, std::string_view value, std::string& block) {
  if (!is_token(name) || !is_header_value(value)) {
    return false;
  }
  block.append(name).append(": ").append(value).push_back('\n');
  return true;
}

bool write_request_line(std::string_view method, std::string_view url, std::string& head) {
  const bool good = is_token(method) && std::none_of(url.begin(), url.end(), [](char c) {
                      return is_control(c) || c == ' ';
                    });
  if (good) {
    head.append(method).append("\n").append(url).push_back('\n');
  }
  return good;
}

}  // namespace llmproxy::http
