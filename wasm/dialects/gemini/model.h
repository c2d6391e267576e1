// What is known of Gemini's models by their names: which parameters a family takes.
// https://ai.google.dev/gemini-api/docs/models (seen 2026-11)
//
// The table of families is data, in model.cpp. A name that is in none of its rows counts as the
// newest generation, so that a new model works on the day it appears.
#pragma once

#include "chat/request.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace llmproxy::gemini {

enum class Thinking : std::uint8_t {
  none,    // the model has no thinkingConfig
  budget,  // thinkingBudget, in tokens
  level,   // thinkingLevel
};

// The kinds of "not with this model" that can be mended by asking for less, once.
enum class Refusal : std::uint8_t {
  penalties,
  logprobs,
  thinking,
  sampling,
  signatures,   // those of the history are not this model's
  json_schema,  // JSON Schema; the part of OpenAPI's may still do
  media_url,    // Google could not fetch it
  system,       // systemInstruction
};
inline constexpr std::size_t kRefusals = 8;
static_assert(static_cast<std::size_t>(Refusal::system) + 1 == kRefusals);

struct Model {
  std::string name;              // without "models/" and the like; for the URL
  bool system = true;            // systemInstruction is taken
  bool sampling = true;          // temperature, topP, topK are taken
  bool penalties = false;        // presencePenalty, frequencyPenalty are taken
  bool logprobs = true;          // responseLogprobs, as far as known
  bool candidates = false;       // candidateCount above 1 is taken
  bool prefill = true;           // the last turn may be the model's
  bool signatures = true;        // function calls of the current turn must be signed
  bool keep_signatures = true;   // those of the history are sent
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

  // Asks for less from now on.
  void adapt_to(Refusal refusal);
};

// "models/gemini-2.5-flash", "google/gemini-2.5-flash" and "gemini-2.5-flash" are the same model.
Model parse_model(std::string_view name);

// The value of thinkingLevel (in quotes) or thinkingBudget (a number) for an effort, nearest to
// what the model has; nothing when the model takes none.
std::optional<std::string_view> map_effort(const Model& model, chat::ReasoningEffort effort);

}  // namespace llmproxy::gemini
