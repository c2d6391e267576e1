#include "dialects/gemini/model.h"

#include "base/text.h"

#include <array>

namespace llmproxy::gemini {
namespace {

using chat::ReasoningEffort;

// The number at the front of `text`, which is removed from it; -1 when there is none.
int take_number(std::string_view& text) {
  int value = -1;
  while (!text.empty() && is_digit(text.front()) && value < 1000) {
    value = (value < 0 ? 0 : value * 10) + (text.front() - '0');
    text.remove_prefix(1);
  }
  return value;
}

// Major times 100 plus minor: "gemini-3.5-flash" is 305; 0 when the name has no version.
int version_of(std::string_view name) {
  constexpr std::string_view kPrefix = "gemini-";
  if (!name.starts_with(kPrefix)) {
    return 0;
  }
  name.remove_prefix(kPrefix.size());
  const int major = take_number(name);
  if (major < 0) {
    return 0;
  }
  int minor = 0;
  if (!name.empty() && name.front() == '.') {
    name.remove_prefix(1);
    minor = take_number(name);
  }
  return major * 100 + (minor > 0 && minor < 100 ? minor : 0);
}

// One row per effort, from none to max. The first model that the name contains decides.
// https://ai.google.dev/gemini-api/docs/thinking and
// https://ai.google.dev/gemini-api/docs/openai#thinking
struct EffortRow {
  std::string_view model;
  std::array<std::string_view, 7> values;
};

constexpr std::string_view kMinimal = "\"MINIMAL\"";
constexpr std::string_view kLow = "\"LOW\"";
constexpr std::string_view kMedium = "\"MEDIUM\"";
constexpr std::string_view kHigh = "\"HIGH\"";

constexpr std::array kEfforts = std::to_array<EffortRow>({
    {"gemini-2.5-pro", {"128", "1024", "1024", "8192", "24576", "32768", "32768"}},
    {"gemini-2.5", {"0", "1024", "1024", "8192", "24576", "24576", "24576"}},
    {"gemini-3-pro", {kLow, kLow, kLow, kHigh, kHigh, kHigh, kHigh}},
    {"flash-image", {kMinimal, kMinimal, kMinimal, kHigh, kHigh, kHigh, kHigh}},
    {"flash-lite-image", {kMinimal, kMinimal, kMinimal, kHigh, kHigh, kHigh, kHigh}},
    {"gemini-3-flash", {kMinimal, kMinimal, kLow, kMedium, kHigh, kHigh, kHigh}},
    {"gemini-3.1-flash", {kMinimal, kMinimal, kLow, kMedium, kHigh, kHigh, kHigh}},
    {"gemini-3.5-flash", {kMinimal, kMinimal, kLow, kMedium, kHigh, kHigh, kHigh}},
    {"gemini-3.6-flash", {kMinimal, kMinimal, kLow, kMedium, kHigh, kHigh, kHigh}},
    {"gemini-4-hydrogen", {kLow, kLow, kLow, kMedium, kHigh, "\"XHIGH\"", "\"XHIGH\""}},
    {"", {kLow, kLow, kLow, kMedium, kHigh, kHigh, kHigh}},
});

}  // namespace

Model parse_model(std::string_view name) {
  for (const std::string_view prefix : {"google/", "gemini/", "models/"}) {
    if (name.starts_with(prefix)) {
      name.remove_prefix(prefix.size());
    }
  }
  Model model;
  model.name = name;
  model.gemma = name.starts_with("gemma");
  const bool other_family = model.gemma || name.starts_with("learnlm");
  const int version = version_of(name);
  const bool newest = !other_family && version == 0;
  const bool lite = contains(name, "flash-lite");
  // "Deprecated and ignored" from these on, an error in models to come.
  // (Google's guides to 3.6 Flash and 3.5 Flash-Lite, 2026.)
  model.sampling = !newest && (version < 305 || (version == 305 && !lite));
  // "Penalty is not enabled for models/gemini-2.5-flash" (400).
  model.penalties = !newest && !other_family && version < 205;
  // "Multiple candidates is not enabled for this model" (400).
  model.candidates = !newest && version < 300;
  // "Requests ending with a model turn are not supported." (400) on the same models.
  model.prefill = model.sampling;
  // https://ai.google.dev/gemini-api/docs/thought-signatures
  model.signatures = newest || version >= 300;
  const bool speaks = contains(name, "-tts") || contains(name, "embedding");
  if (other_family || speaks || (version > 0 && version < 205) ||
      contains(name, "2.5-flash-image")) {
    model.thinking = Thinking::none;
  } else if (version > 0 && version < 300) {
    model.thinking = Thinking::budget;
  }
  return model;
}

std::optional<std::string_view> map_effort(const Model& model, ReasoningEffort effort) {
  if (model.thinking == Thinking::none) {
    return std::nullopt;
  }
  for (const EffortRow& row : kEfforts) {
    if (contains(model.name, row.model)) {
      return row.values[static_cast<std::size_t>(effort)];
    }
  }
  return std::nullopt;
}

}  // namespace llmproxy::gemini
