// Where an answer comes from: groundingMetadata and citationMetadata, as citations.
// https://ai.google.dev/api/generate-content#GroundingMetadata
#pragma once

#include "chat/event.h"
#include "dialects/gemini/answer_text.h"

#include <cstdint>
#include <string_view>

namespace llmproxy::gemini {

// `metadata`: the JSON object. One citation per support and source. False: there are more than an
// answer may have (kMaxSources).
[[nodiscard]] bool read_grounding(std::string_view metadata, std::uint32_t choice, AnswerText& text,
                                  chat::EventSink& sink);
// The same for texts that the model knew by heart.
[[nodiscard]] bool read_citations(std::string_view metadata, std::uint32_t choice, AnswerText& text,
                                  chat::EventSink& sink);

}  // namespace llmproxy::gemini
