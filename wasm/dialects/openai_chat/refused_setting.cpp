#include "dialects/openai_chat/refused_setting.h"

#include "base/text.h"
#include "dialects/openai_chat/error_object.h"

#include <algorithm>
#include <array>

namespace llmproxy::openai_chat {
namespace {

// Those with which an answer comes out another way. What asks for something (tools, a format,
// sound) is not in the list: without it the answer would be the wrong one.
constexpr std::array kSettings = std::to_array<std::string_view>({
    "temperature",
    "top_p",
    "top_k",
    "presence_penalty",
    "frequency_penalty",
    "seed",
    "logprobs",
    "top_logprobs",
    "max_tokens",
    "max_completion_tokens",
    "reasoning_effort",
    "reasoning",
    "parallel_tool_calls",
    "stream_options",
    "stop",
});
static_assert(kSettings.size() <= 32, "they are bits");

std::optional<std::uint32_t> number_of(std::string_view setting) {
  const auto* found = std::find(kSettings.begin(), kSettings.end(), setting);
  return found == kSettings.end()
             ? std::nullopt
             : std::optional(static_cast<std::uint32_t>(found - kSettings.begin()));
}

// What stands between the first quotes: "Unsupported parameter: 'max_tokens' is not supported …".
std::string_view find_quoted(std::string_view message) {
  const std::size_t begin = message.find('\'');
  if (begin == std::string_view::npos) {
    return {};
  }
  const std::string_view rest = message.substr(begin + 1);
  return rest.substr(0, rest.find('\''));
}

}  // namespace

bool RefusedSettings::has(std::string_view setting) const {
  const std::optional<std::uint32_t> number = number_of(setting);
  return number && ((bits_ >> *number) & 1U) != 0;
}

// https://platform.openai.com/docs/guides/reasoning#limitations, and as OpenAI words it:
//   "Unsupported parameter: 'max_tokens' is not supported with this model. Use …"
//   "Unsupported value: 'temperature' does not support 0.8 with this model. Only the default …"
std::optional<RefusedSetting> find_refused_setting(int status, std::string_view body) {
  if (status != 400 && status != 422) {
    return std::nullopt;
  }
  const std::optional<ErrorObject> error = find_error(body);
  if (!error) {
    return std::nullopt;
  }
  const std::string message = error->message_start();
  const bool of_value =
      error->code == R"("unsupported_value")" || message.starts_with("Unsupported value");
  const bool of_name = error->code == R"("unsupported_parameter")" ||
                       error->code == R"("unknown_parameter")" ||
                       message.starts_with("Unsupported parameter") ||
                       message.starts_with("Unrecognized request argument");
  if (!of_value && !of_name) {
    return std::nullopt;
  }
  std::string_view param = error->param;
  if (param.size() > 2 && param.front() == '"') {
    param = param.substr(1, param.size() - 2);
  } else {
    param = find_quoted(message);
  }
  const std::optional<std::uint32_t> number = number_of(param);
  if (!number) {
    return std::nullopt;
  }
  // Of the effort the model takes others; a temperature it takes none of.
  return RefusedSetting{*number, of_name || param != "reasoning_effort"};
}

}  // namespace llmproxy::openai_chat
