#include "dialects/openai_chat/no_effect.h"

#include "base/text.h"
#include "json/cursor.h"

#include <algorithm>
#include <array>

namespace llmproxy::openai_chat {
namespace {

// Fields whose default is false or 0.
// https://platform.openai.com/docs/api-reference/chat/create
// https://platform.openai.com/docs/api-reference/completions/create
constexpr std::array kOffByDefault =
    std::to_array<std::string_view>({"store", "logprobs", "top_logprobs", "frequency_penalty",
                                     "presence_penalty", "echo", "stream"});

}  // namespace

bool has_no_effect(std::string_view value) {
  if (value == "null" || value == "false" || value == "\"\"") {
    return true;
  }
  const char first = value.front();
  if (first == '[' || first == '{') {
    return trim(value.substr(1, value.size() - 2)).empty();
  }
  return (first == '-' || is_digit(first)) && json::approximate(value) == 0;
}

bool asks_for_nothing(const json::String& field, std::string_view value) {
  const char first = value.front();
  const bool is_off = first == 'f' || first == '-' || is_digit(first);
  const bool is_default = std::any_of(kOffByDefault.begin(), kOffByDefault.end(),
                                      [&](std::string_view name) { return field.equals(name); });
  return has_no_effect(value) && (!is_off || is_default);
}

}  // namespace llmproxy::openai_chat
