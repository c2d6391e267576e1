#include "dialects/gemini/finish_reason.h"

#include "base/text.h"

#include <array>
#include <utility>

namespace llmproxy::gemini {

Ending map_finish_reason(const json::String& reason) {
  constexpr std::array kEndings = std::to_array<std::pair<std::string_view, Ending>>({
      {"STOP", Ending::stop},
      {"MAX_TOKENS", Ending::length},
      {"CONTINUATION", Ending::continues},
      {"SAFETY", Ending::filtered},
      {"RECITATION", Ending::filtered},
      {"LANGUAGE", Ending::filtered},
      {"BLOCKLIST", Ending::filtered},
      {"PROHIBITED_CONTENT", Ending::filtered},
      {"SPII", Ending::filtered},
      {"MODEL_ARMOR", Ending::filtered},
      {"IMAGE_SAFETY", Ending::filtered},
      {"IMAGE_PROHIBITED_CONTENT", Ending::filtered},
      {"IMAGE_RECITATION", Ending::filtered},
      {"IMAGE_OTHER", Ending::filtered},
      {"NO_IMAGE", Ending::filtered},
      {"MALFORMED_FUNCTION_CALL", Ending::malformed},
      {"UNEXPECTED_TOOL_CALL", Ending::malformed},
      {"TOO_MANY_TOOL_CALLS", Ending::malformed},
      {"MALFORMED_RESPONSE", Ending::malformed},
      {"MISSING_THOUGHT_SIGNATURE", Ending::unsigned_history},
      {"OTHER", Ending::other},
      {"FINISH_REASON_UNSPECIFIED", Ending::none},
  });
  for (const auto& [name, ending] : kEndings) {
    if (reason.equals(name)) {
      return ending;
    }
  }
  // Image models are given new reasons more often than others are, and each means that the model
  // decided against the picture.
  return reason.raw.starts_with("IMAGE_") ? Ending::filtered : Ending::unknown;
}

namespace {

template <std::size_t N>
std::string_view name_of(const std::array<std::string_view, N>& names, std::int64_t number) {
  return number >= 0 && number < std::ssize(names) ? names[static_cast<std::size_t>(number)]
                                                   : "OTHER";
}

}  // namespace

// enum FinishReason and enum BlockReason in
// https://github.com/googleapis/googleapis/blob/master/google/ai/generativelanguage/v1beta/generative_service.proto
std::string_view finish_reason_name(std::int64_t number) {
  constexpr std::array kNames = std::to_array<std::string_view>(
      {"FINISH_REASON_UNSPECIFIED", "STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "OTHER",
       "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MALFORMED_FUNCTION_CALL",
       "IMAGE_SAFETY", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "IMAGE_PROHIBITED_CONTENT",
       "IMAGE_OTHER", "NO_IMAGE", "IMAGE_RECITATION"});
  return name_of(kNames, number);
}

std::string_view block_reason_name(std::int64_t number) {
  constexpr std::array kNames =
      std::to_array<std::string_view>({"BLOCK_REASON_UNSPECIFIED", "SAFETY", "OTHER", "BLOCKLIST",
                                       "PROHIBITED_CONTENT", "IMAGE_SAFETY"});
  return name_of(kNames, number);
}

bool is_unspecified(const json::String& reason) {
  return contains(reason.raw, "UNSPECIFIED");
}

}  // namespace llmproxy::gemini
