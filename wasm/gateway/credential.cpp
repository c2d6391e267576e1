#include "gateway/credential.h"

#include "base/inline.h"
#include "base/text.h"
#include "http/url.h"

#include <algorithm>

namespace llmproxy::gateway {
namespace {

// "Bearer x" in any case and with any space, or the key alone.
std::string_view key_of_authorization(std::string_view value) {
  value = trim(value);
  const std::size_t space = std::min(value.find_first_of(" \t"), value.size());
  if (equals_ignoring_case(value.substr(0, space), "bearer")) {
    value = trim(value.substr(space));
  }
  return value;
}

bool is_visible_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7F'; });
}

LLMPROXY_COLD Error missing_key() {
  return {ErrorCode::missing_key,
          "You didn't provide an API key. Send the supplier's key in the header "
          "'Authorization: Bearer YOUR_KEY' ('x-api-key', 'api-key' and 'x-goog-api-key' do "
          "as well).",
          ""};
}

LLMPROXY_COLD Error invalid_key() {
  return {ErrorCode::invalid_key,
          "The API key holds a space or a character that no key has. Was it pasted with "
          "something else?",
          ""};
}

// With stars where `secret` stands.
std::string mask(std::string_view text, std::string_view secret) {
  std::string out;
  std::size_t begin = 0;
  for (std::size_t at = text.find(secret); at != std::string_view::npos;
       at = text.find(secret, begin)) {
    out.append(text.substr(begin, at - begin)).append("***");
    begin = at + secret.size();
  }
  return out.append(text.substr(begin));
}

}  // namespace

Result<std::string_view> find_key(const http::Headers& headers) {
  std::string_view key = key_of_authorization(headers.find("authorization").value_or(""));
  for (const std::string_view name : {"x-api-key", "api-key", "x-goog-api-key"}) {
    if (key.empty()) {
      key = trim(headers.find(name).value_or(""));
    }
  }
  if (key.empty()) {
    return missing_key();
  }
  if (!is_visible_ascii(key)) {
    return invalid_key();
  }
  return key;
}

std::string without_key(std::string_view text, std::string_view key) {
  constexpr std::size_t kShortest = 8;
  std::string out(text);
  if (key.size() < kShortest) {
    return out;
  }
  std::string as_json;
  std::string with_slashes;
  for (const char c : key) {
    const bool escaped = c == '"' || c == '\\';
    as_json.append(escaped ? "\\" : "").push_back(c);
    with_slashes.append(escaped || c == '/' ? "\\" : "").push_back(c);
  }
  const std::string in_url = http::encode_segment(key);
  for (const std::string_view form :
       {key, std::string_view(as_json), std::string_view(with_slashes), std::string_view(in_url)}) {
    out = mask(out, form);
  }
  return out;
}

}  // namespace llmproxy::gateway
