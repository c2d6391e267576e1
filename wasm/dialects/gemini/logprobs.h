// Gemini's logprobsResult. https://ai.google.dev/api/generate-content#LogprobsResult
#pragma once

#include "chat/event.h"

#include <cstdint>
#include <string_view>

namespace llmproxy::gemini {

// `result`: the JSON object. False: there are more than an answer has (kMaxLogprobs).
[[nodiscard]] bool read_logprobs(std::string_view result, std::uint32_t choice,
                                 chat::EventSink& sink);

}  // namespace llmproxy::gemini
