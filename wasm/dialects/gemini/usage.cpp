#include "dialects/gemini/usage.h"

#include "base/text.h"

#include <array>
#include <string_view>
#include <utility>

namespace llmproxy::gemini {
namespace {

using json::Kind;

std::int64_t read_count(json::Cursor& cursor) {
  std::string_view number;
  if (cursor.kind() != Kind::number) {
    cursor.skip_value();
    return 0;
  }
  cursor.read_number(number);
  return parse_integer(number).value_or(0);
}

// [{"modality": "AUDIO", "tokenCount": 12}, …]: the tokens of sound.
std::int64_t read_audio_tokens(json::Cursor& cursor) {
  std::int64_t tokens = 0;
  if (cursor.kind() != Kind::array) {
    cursor.skip_value();
    return tokens;
  }
  cursor.enter_array();
  while (cursor.next_element()) {
    json::String modality;
    std::int64_t count = 0;
    json::String key;
    if (!cursor.enter_object()) {
      return tokens;
    }
    while (cursor.next_member(key)) {
      if (key.equals("modality") && cursor.kind() == Kind::string) {
        cursor.read_string(modality);
      } else if (key.equals("tokenCount")) {
        count = read_count(cursor);
      } else {
        cursor.skip_value();
      }
    }
    tokens += modality.equals("AUDIO") ? count : 0;
  }
  return tokens;
}

// As Gemini counts: four numbers that do not overlap, and their sum.
struct Counts {
  std::int64_t prompt = 0;
  std::int64_t tool_prompt = 0;
  std::int64_t candidates = 0;
  std::int64_t thoughts = 0;
  std::int64_t total = -1;
  bool any = false;
};

}  // namespace

std::optional<chat::Usage> read_usage(json::Cursor& cursor) {
  if (cursor.kind() != Kind::object) {
    cursor.skip_value();
    return std::nullopt;
  }
  Counts counts;
  chat::Usage usage;
  const std::array fields = std::to_array<std::pair<std::string_view, std::int64_t*>>({
      {"promptTokenCount", &counts.prompt},
      {"candidatesTokenCount", &counts.candidates},
      {"totalTokenCount", &counts.total},
      {"thoughtsTokenCount", &counts.thoughts},
      {"toolUsePromptTokenCount", &counts.tool_prompt},
      {"cachedContentTokenCount", &usage.cached_prompt},
  });
  json::String key;
  cursor.enter_object();
  while (cursor.next_member(key)) {
    std::int64_t* target = nullptr;
    for (const auto& [name, count] : fields) {
      if (key.equals(name)) {
        target = count;
      }
    }
    if (target != nullptr) {
      *target = read_count(cursor);
      counts.any = counts.any || target == &counts.prompt || target == &counts.total;
    } else if (key.equals("promptTokensDetails")) {
      usage.audio_prompt = read_audio_tokens(cursor);
    } else if (key.equals("candidatesTokensDetails")) {
      usage.audio_completion = read_audio_tokens(cursor);
    } else {
      cursor.skip_value();
    }
  }
  if (!counts.any) {
    return std::nullopt;
  }
  usage.prompt = counts.prompt + counts.tool_prompt;
  usage.completion = counts.candidates + counts.thoughts;
  usage.reasoning = counts.thoughts;
  usage.total = counts.total >= 0 ? counts.total : usage.prompt + usage.completion;
  return usage;
}

}  // namespace llmproxy::gemini
