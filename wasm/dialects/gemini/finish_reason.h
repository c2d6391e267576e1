// Gemini's finish reasons. https://ai.google.dev/api/generate-content#FinishReason
#pragma once

#include "json/string.h"

#include <cstdint>
#include <string_view>

namespace llmproxy::gemini {

enum class Ending : std::uint8_t {
  none,  // not said yet
  stop,
  length,
  filtered,   // content_filter
  malformed,  // the model wrote a call that cannot be read
  other,      // whatever the text says, if there is any
};

// A value that is not known is `other`: the list grows.
Ending map_finish_reason(const json::String& reason);

// `blockReason` that means nothing was blocked.
bool is_unspecified(const json::String& reason);

}  // namespace llmproxy::gemini
