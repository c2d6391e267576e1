#include "dialects/gemini/model.h"

#include "base/text.h"

#include <array>

namespace llmproxy::gemini {
namespace {

using chat::ReasoningEffort;

// What a family takes; what no row says is "no".
using Traits = std::uint32_t;
constexpr Traits kSystem = 1U << 0U;
constexpr Traits kSampling = 1U << 1U;
constexpr Traits kPenalties = 1U << 2U;
constexpr Traits kLogprobs = 1U << 3U;
constexpr Traits kCandidates = 1U << 4U;
constexpr Traits kPrefill = 1U << 5U;
constexpr Traits kSignatures = 1U << 6U;
constexpr Traits kSchemaAndTools = 1U << 7U;
constexpr Traits kMixedTools = 1U << 8U;
constexpr Traits kTools = 1U << 9U;
constexpr Traits kJsonSchema = 1U << 10U;
constexpr Traits kResultMedia = 1U << 11U;
constexpr Traits kMediaUrls = 1U << 12U;
constexpr Traits kMediaResolution = 1U << 13U;
constexpr Traits kPrefersStream = 1U << 14U;
constexpr Traits kImageOut = 1U << 15U;
constexpr Traits kAudioOut = 1U << 16U;

// "Penalty is not enabled for models/gemini-2.5-flash" (400), and of the newest as well.
// "Multiple candidates is not enabled for this model" (400) from 3 on.
// Sampling is "deprecated and ignored" from 3.5 Flash-Lite and 3.6 on, an error in models to come,
// and there "Requests ending with a model turn are not supported." (Google's guides to these
// models, 2026.) Signatures: https://ai.google.dev/gemini-api/docs/thought-signatures Addresses:
// https://ai.google.dev/gemini-api/docs/file-input-methods Long answers need a stream from 4 on:
// https://ai.google.dev/gemini-api/docs/long-decode
constexpr Traits kFirst =
    kSystem | kSampling | kPenalties | kLogprobs | kCandidates | kPrefill | kTools;
constexpr Traits k20 = kFirst | kJsonSchema;
constexpr Traits k25 = (k20 & ~kPenalties) | kMediaUrls;
constexpr Traits k3 = (k25 & ~kCandidates) | kSignatures | kSchemaAndTools | kMixedTools |
                      kResultMedia | kMediaResolution;
constexpr Traits k35Lite = k3 & ~(kSampling | kPrefill);
constexpr Traits k4 = k35Lite | kPrefersStream;
constexpr Traits kImage = kImageOut;
constexpr Traits kSpeech = kSampling | kAudioOut;
constexpr Traits kGemma = kSampling | kCandidates | kPrefill | kTools;

// One row per effort, from none to max. https://ai.google.dev/gemini-api/docs/thinking and
// https://ai.google.dev/gemini-api/docs/openai#thinking
using Efforts = std::array<std::string_view, 7>;
constexpr std::string_view kMinimal = "\"MINIMAL\"";
constexpr std::string_view kLow = "\"LOW\"";
constexpr std::string_view kMedium = "\"MEDIUM\"";
constexpr std::string_view kHigh = "\"HIGH\"";

// Their numbers.
constexpr std::uint8_t kNone = 0;
constexpr std::uint8_t kBudgetPro = 1;
constexpr std::uint8_t kBudget = 2;
constexpr std::uint8_t kTwoLevels = 3;
constexpr std::uint8_t kImageLevels = 4;
constexpr std::uint8_t kFromMinimal = 5;
constexpr std::uint8_t kFromLow = 6;
constexpr std::uint8_t kToXhigh = 7;
constexpr std::array<Efforts, 8> kEfforts = {{
    {},
    {"128", "1024", "1024", "8192", "24576", "32768", "32768"},
    {"0", "1024", "1024", "8192", "24576", "24576", "24576"},
    {kLow, kLow, kLow, kHigh, kHigh, kHigh, kHigh},
    {kMinimal, kMinimal, kMinimal, kHigh, kHigh, kHigh, kHigh},
    {kMinimal, kMinimal, kLow, kMedium, kHigh, kHigh, kHigh},
    {kLow, kLow, kLow, kMedium, kHigh, kHigh, kHigh},
    {kLow, kLow, kLow, kMedium, kHigh, "\"XHIGH\"", "\"XHIGH\""},
}};

struct Family {
  std::string_view prefix;
  std::string_view part;  // somewhere behind it; empty: anything
  Traits traits;
  std::uint8_t efforts;
};

// The first row that fits decides.
constexpr std::array kFamilies = std::to_array<Family>({
    {"gemini-embedding", "", 0, kNone},
    {"gemini-", "-tts", kSpeech, kNone},
    {"gemini-", "native-audio", k25 | kAudioOut, kBudget},
    {"gemini-1", "", kFirst, kNone},
    {"gemini-2.0", "image", (k20 & ~kCandidates) | kImage, kNone},
    {"gemini-2.0", "", k20, kNone},
    {"gemini-2.5-flash-image", "", (k25 & ~kCandidates) | kImage, kNone},
    {"gemini-2.5-pro", "", k25, kBudgetPro},
    {"gemini-2.5", "", k25, kBudget},
    {"gemini-2", "", k20, kNone},
    {"gemini-3-pro-image", "", k3 | kImage, kNone},
    {"gemini-3", "flash-image", k3 | kImage, kImageLevels},
    {"gemini-3", "flash-lite-image", k3 | kImage, kImageLevels},
    {"gemini-3-pro", "", k3, kTwoLevels},
    {"gemini-3-flash", "", k3, kFromMinimal},
    {"gemini-3.1-flash", "", k3, kFromMinimal},
    {"gemini-3.5-flash-lite", "", k35Lite, kFromMinimal},
    {"gemini-3.5-flash", "", k3, kFromMinimal},
    {"gemini-3.6-flash", "", k35Lite, kFromMinimal},
    {"gemini-3-", "", k3, kFromLow},
    {"gemini-3.0", "", k3, kFromLow},
    {"gemini-3.1", "", k3, kFromLow},
    {"gemini-3.2", "", k3, kFromLow},
    {"gemini-3.3", "", k3, kFromLow},
    {"gemini-3.4", "", k3, kFromLow},
    {"gemini-3.5", "", k3, kFromLow},
    {"gemini-3", "", k35Lite, kFromLow},
    {"gemini-4-hydrogen", "", k4, kToXhigh},
    {"gemini-nano-banana", "", k35Lite | kImage, kImageLevels},
    {"gemma", "", kGemma, kNone},
    {"learnlm", "", kFirst, kNone},
    {"", "image", k4 | kImage, kNone},
    {"", "", k4, kFromLow},
});

}  // namespace

Model parse_model(std::string_view name) {
  for (const std::string_view prefix : {"google/", "gemini/", "models/"}) {
    if (name.starts_with(prefix)) {
      name.remove_prefix(prefix.size());
    }
  }
  const Family* family = kFamilies.data();
  while (!name.starts_with(family->prefix) || !contains(name, family->part)) {
    ++family;
  }
  const auto has = [&](Traits trait) { return (family->traits & trait) != 0; };
  Model model;
  model.name = name;
  model.system = has(kSystem);
  if (!has(kSampling)) {
    model.leave_out(Feature::temperature);
    model.leave_out(Feature::top_p);
    model.leave_out(Feature::top_k);
  }
  if (!has(kPenalties)) {
    model.leave_out(Feature::presence_penalty);
    model.leave_out(Feature::frequency_penalty);
  }
  if (!has(kLogprobs)) {
    model.leave_out(Feature::logprobs);
  }
  model.candidates = has(kCandidates);
  model.prefill = has(kPrefill);
  model.signatures = has(kSignatures);
  model.schema_and_tools = has(kSchemaAndTools);
  model.mixed_tools = has(kMixedTools);
  model.tools = has(kTools);
  model.json_schema = has(kJsonSchema);
  model.result_media = has(kResultMedia);
  model.media_urls = has(kMediaUrls);
  model.media_resolution = has(kMediaResolution);
  model.prefers_stream = has(kPrefersStream);
  model.image_out = has(kImageOut);
  model.audio_out = has(kAudioOut);
  model.efforts = family->efforts;
  model.thinking = family->efforts == kNone     ? Thinking::none
                   : family->efforts <= kBudget ? Thinking::budget
                                                : Thinking::level;
  return model;
}

void Model::adapt_to(const Downgrade& downgrade) {
  switch (downgrade.what) {
    case Feature::penalties:
      leave_out(Feature::presence_penalty);
      leave_out(Feature::frequency_penalty);
      break;
    case Feature::thinking:
      thinking = Thinking::none;
      break;
    case Feature::candidates:
      candidates = false;
      break;
    case Feature::media_resolution:
      media_resolution = false;
      break;
    case Feature::json_mode:
      json_mode = false;
      break;
    case Feature::schema_and_tools:
      schema_and_tools = false;
      break;
    case Feature::json_schema:
      json_schema = false;
      break;
    case Feature::system:
      system = false;
      break;
    case Feature::prefill:
      prefill = false;
      break;
    case Feature::media_url:
      media_urls = false;
      break;
    case Feature::invalid_signature:
      keep_signatures = false;
      signatures = true;
      break;
    case Feature::missing_signature:
      sign_all = true;
      signatures = true;
      break;
    default:
      if (downgrade.bounds) {
        bounds.emplace_back(downgrade.what, *downgrade.bounds);
      } else {
        leave_out(downgrade.what);
      }
      break;
  }
}

std::optional<std::string_view> map_effort(const Model& model, ReasoningEffort effort) {
  if (model.thinking == Thinking::none) {
    return std::nullopt;
  }
  return kEfforts[model.efforts][static_cast<std::size_t>(effort)];
}

}  // namespace llmproxy::gemini
