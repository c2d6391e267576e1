#include "dialects/gemini/usage.h"

#include "json/lenient.h"

#include <array>
#include <string_view>
#include <utility>

namespace llmproxy::gemini {
namespace {

// Tokens of what is no text.
struct MediaTokens {
  std::int64_t audio = 0;
  std::int64_t image = 0;
};

// Some libraries and relays send it as its number: enum Modality in
// https://github.com/googleapis/googleapis/blob/master/google/ai/generativelanguage/v1beta/content.proto
json::String read_modality(json::Cursor& cursor) {
  constexpr std::array kNames = std::to_array<std::string_view>(
      {"MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "VIDEO", "AUDIO", "DOCUMENT"});
  json::String name;
  if (cursor.kind() != json::Kind::number) {
    read_text(cursor, name);
    return name;
  }
  const std::int64_t number = read_integer(cursor, 0);
  const bool is_known = number >= 0 && number < std::ssize(kNames);
  return {is_known ? kNames[static_cast<std::size_t>(number)] : kNames[0], false};
}

// [{"modality": "AUDIO", "tokenCount": 12}, …]
MediaTokens read_details(json::Cursor& cursor) {
  MediaTokens tokens;
  each_element(cursor, [&] {
    json::String modality;
    std::int64_t count = 0;
    each_member(cursor, [&](const json::String& key) {
      if (key.equals("modality")) {
        modality = read_modality(cursor);
      } else if (key.equals("tokenCount")) {
        count = read_integer(cursor, 0);
      } else {
        cursor.skip_value();
      }
    });
    tokens.audio += modality.equals("AUDIO") ? count : 0;
    tokens.image += modality.equals("IMAGE") ? count : 0;
  });
  return tokens;
}

// What OpenAI calls the same.
std::string_view map_tier(const json::String& tier) {
  constexpr std::array kTiers = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"standard", "default"}, {"flex", "flex"}, {"priority", "priority"}});
  for (const auto& [theirs, ours] : kTiers) {
    if (tier.equals(theirs)) {
      return ours;
    }
  }
  return {};
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

std::optional<chat::Usage> read_usage(json::Cursor& cursor, std::string_view& tier) {
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
  each_member(cursor, [&](const json::String& key) {
    std::int64_t* target = nullptr;
    for (const auto& [name, count] : fields) {
      if (key.equals(name)) {
        target = count;
      }
    }
    if (target != nullptr) {
      *target = read_integer(cursor, 0);
      counts.any = counts.any || target == &counts.prompt || target == &counts.total;
    } else if (key.equals("promptTokensDetails")) {
      const MediaTokens tokens = read_details(cursor);
      usage.audio_prompt = tokens.audio;
      usage.image_prompt = tokens.image;
    } else if (key.equals("candidatesTokensDetails")) {
      usage.audio_completion = read_details(cursor).audio;
    } else if (key.equals("serviceTier")) {
      json::String name;
      read_text(cursor, name);
      tier = map_tier(name);
    } else {
      cursor.skip_value();
    }
  });
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
