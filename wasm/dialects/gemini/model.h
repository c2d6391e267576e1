// What is known of Gemini's models by their names: which parameters a family takes.
// https://ai.google.dev/gemini-api/docs/models (seen 2026-11)
//
// The table of families is data, in model.cpp. A name that is in none of its rows counts as the
// newest generation, so that a new model works on the day it appears.
#pragma once

#include "chat/request.h"
#include "dialects/supplier_dialect.h"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmproxy::gemini {

enum class Thinking : std::uint8_t {
  none,    // the model has no thinkingConfig
  budget,  // thinkingBudget, in tokens
  level,   // thinkingLevel
};

// What Gemini may answer with an error, each for itself, and what is done without it.
enum class Feature : std::uint8_t {
  // Parameters that are left out, or brought within the bounds that the error tells.
  temperature,
  top_p,
  top_k,
  presence_penalty,
  frequency_penalty,
  top_logprobs,  // how many alternatives
  max_tokens,
  seed,
  stop,
  thinking_budget,
  thinking_level,
  include_thoughts,
  // Parameters that stand or fall as a whole.
  penalties,  // both
  logprobs,   // with their alternatives
  thinking,   // all of thinkingConfig
  media_resolution,
  candidates,  // candidateCount above 1: a call for each
  // Means to say something, for which there are other means.
  json_mode,          // responseMimeType: asked for in words
  schema_and_tools,   // a response schema beside functions: by a function, or in words
  json_schema,        // JSON Schema; the part of OpenAPI's may still do
  system,             // systemInstruction: the user says it
  prefill,            // the last turn is the model's
  media_url,          // Google could not fetch it: fetched here
  missing_signature,  // what is unsigned gets the stand-in
  invalid_signature,  // those of the history are not this model's
};
inline constexpr std::size_t kFeatures = 25;
static_assert(static_cast<std::size_t>(Feature::invalid_signature) + 1 == kFeatures);

using dialects::Bounds;

// A request that does without a feature, or keeps within its bounds.
struct Downgrade {
  Feature what = Feature::temperature;
  // The model never takes it. If not, the error was about the value in this request.
  bool of_model = false;
  std::optional<Bounds> bounds = {};
};

struct Model {
  std::string name;              // without "models/" and the like; for the URL
  bool system = true;            // systemInstruction is taken
  bool candidates = false;       // candidateCount above 1 is taken
  bool prefill = true;           // the last turn may be the model's
  bool signatures = true;        // function calls of the current turn must be signed
  bool keep_signatures = true;   // those of the history are sent
  bool sign_all = false;         // each part of the model must be signed
  bool json_mode = true;         // responseMimeType
  bool schema_and_tools = true;  // a response schema together with functions
  bool mixed_tools = true;       // functions together with Google's own tools
  bool tools = true;             // functions at all
  bool json_schema = true;       // parametersJsonSchema and responseJsonSchema
  bool result_media = true;      // images inside of a functionResponse
  bool media_urls = true;        // fileData with a public address
  bool media_resolution = true;  // per part
  bool prefers_stream = true;    // a whole answer is safer asked for as a stream
  bool image_out = false;
  bool audio_out = false;
  Thinking thinking = Thinking::level;
  // Row of the table of efforts.
  std::uint8_t efforts = 0;
  // Parameters that are left out.
  std::bitset<kFeatures> left_out;
  // Bounds of parameters that were out of them; few.
  std::vector<std::pair<Feature, Bounds>> bounds;

  bool takes(Feature parameter) const { return !left_out[static_cast<std::size_t>(parameter)]; }
  // Asks for less from now on: only without, or within the bounds of, this feature.
  void adapt_to(const Downgrade& downgrade);
  void leave_out(Feature parameter) { left_out.set(static_cast<std::size_t>(parameter)); }
};

// "models/gemini-2.5-flash", "google/gemini-2.5-flash" and "gemini-2.5-flash" are the same model.
Model parse_model(std::string_view name);

// The value of thinkingLevel (in quotes) or thinkingBudget (a number) for an effort, nearest to
// what the model has; nothing when the model takes none.
std::optional<std::string_view> map_effort(const Model& model, chat::ReasoningEffort effort);

}  // namespace llmproxy::gemini
