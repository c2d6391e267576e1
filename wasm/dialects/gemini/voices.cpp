#include "dialects/gemini/voices.h"

#include "base/text.h"

#include <array>
#include <utility>

namespace llmproxy::gemini {

std::string map_voice(std::string_view name) {
  // By how they sound; the rest of OpenAI's have no counterpart anybody agreed on.
  constexpr std::array kVoices = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"", "Kore"},
      {"alloy", "Kore"},
      {"ash", "Algenib"},
      {"ballad", "Achird"},
      {"cedar", "Alnilam"},
      {"coral", "Laomedeia"},
      {"echo", "Charon"},
      {"fable", "Puck"},
      {"marin", "Aoede"},
      {"nova", "Aoede"},
      {"onyx", "Orus"},
      {"sage", "Callirrhoe"},
      {"shimmer", "Leda"},
      {"verse", "Zephyr"},
  });
  for (const auto& [theirs, ours] : kVoices) {
    if (equals_ignoring_case(name, theirs)) {
      return std::string(ours);
    }
  }
  return std::string(name);
}

}  // namespace llmproxy::gemini
