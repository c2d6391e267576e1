// What is known of Gemini's models by their names: which parameters a generation takes.
// https://ai.google.dev/gemini-api/docs/models (seen 2026-11)
//
// A name that is not known to be old counts as the newest generation, so that a new model works on
// the day it appears.
#pragma once

#include "chat/request.h"

#include <optional>
#include <string>
#include <string_view>

namespace llmproxy::gemini {

enum class Thinking : std::uint8_t {
  none,    // the model has no thinkingConfig
  budget,  // thinkingBudget, in tokens
  level,   // thinkingLevel
};

struct Model {
  std::string name;        // without "models/" and the like; for the URL
  bool gemma = false;      // no systemInstruction
  bool sampling = true;    // temperature, topP, topK are taken
  bool penalties = true;   // presencePenalty, frequencyPenalty are taken
  bool candidates = true;  // candidateCount above 1 is taken
  bool prefill = true;     // the last turn may be the model's
  bool signatures = true;  // function calls of the current turn must be signed
  Thinking thinking = Thinking::level;
};

// "models/gemini-2.5-flash", "google/gemini-2.5-flash" and "gemini-2.5-flash" are the same model.
Model parse_model(std::string_view name);

// The value of thinkingLevel (in quotes) or thinkingBudget (a number) for an effort, nearest to
// what the model has; nothing when the model takes none.
std::optional<std::string_view> map_effort(const Model& model, chat::ReasoningEffort effort);

}  // namespace llmproxy::gemini
