#include "http/head.h"

#include "base/text.h"
#include "http/url.h"

#include <algorithm>
#include <iterator>

namespace llmproxy::http {
namespace {

bool breaks_line(char c) {
  return c == '\n' || c == '\r' || c == '\0';
}

// The line at the front of `text`, which is removed from it.
std::string_view take_line(std::string_view& text) {
  const std::size_t stop = text.find('\n');
  const std::string_view line = text.substr(0, stop);
  text.remove_prefix(stop == std::string_view::npos ? text.size() : stop + 1);
  return line;
}

}  // namespace

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

RequestHead RequestHead::parse(std::string_view text) {
  RequestHead head;
  head.method = take_line(text);
  head.url = take_line(text);
  head.path = path_of(head.url);
  head.headers = Headers::parse(text);
  return head;
}

void write_header(std::string_view name, std::string_view value, std::string& block) {
  block.append(name);
  block.append(": ");
  if (std::none_of(value.begin(), value.end(), breaks_line)) {
    block.append(value);
  } else {
    std::remove_copy_if(value.begin(), value.end(), std::back_inserter(block), breaks_line);
  }
  block.push_back('\n');
}

}  // namespace llmproxy::http
