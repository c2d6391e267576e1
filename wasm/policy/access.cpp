#include "policy/access.h"

#include "base/text.h"

#include <algorithm>
#include <vector>

namespace llmproxy::policy {
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

Error missing_key(std::span<const std::string> names) {
  std::vector<std::string> quoted;
  for (const std::string& name : names) {
    quoted.push_back(concat({"'", name, "'"}));
  }
  const std::vector<std::string_view> others(quoted.begin(), quoted.end());
  return {ErrorCode::missing_key,
          {"You didn't provide an API key. Send the supplier's key in the header "
           "'Authorization: Bearer YOUR_KEY' (",
           enumerate(others), " do as well)."},
          ""};
}

Error invalid_key() {
  return {ErrorCode::invalid_key,
          "The API key holds a space or a character that no key has. Was it pasted with "
          "something else?",
          ""};
}

}  // namespace

Result<std::string_view> find_key(const http::Headers& headers,
                                  std::span<const std::string> names) {
  std::string_view key = key_of_authorization(headers.find("authorization").value_or(""));
  for (const std::string& name : names) {
    if (key.empty()) {
      key = trim(headers.find(name).value_or(""));
    }
  }
  if (key.empty()) {
    return missing_key(names);
  }
  if (!is_visible_ascii(key)) {
    return invalid_key();
  }
  return key;
}

}  // namespace llmproxy::policy
