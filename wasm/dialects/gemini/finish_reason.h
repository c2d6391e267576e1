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
  continues,  // there is more, for whoever asks with the token
  filtered,   // content_filter: a decision of the model or of a filter, which would be the same
              // again
  malformed,  // the model wrote a call that cannot be read
  unsigned_history,  // a call of an earlier turn came back without its signature
  other,             // stopped for a reason that Google does not tell: what there is, is not all
  unknown,           // whatever the text says, if there is any
};

// A value that is not in the list is `unknown`: the list grows, and relays have words of their own.
Ending map_finish_reason(const json::String& reason);

// The name of a reason that came as a number, as clients of Google's other libraries get it.
std::string_view finish_reason_name(std::int64_t number);
// The same for `blockReason`.
std::string_view block_reason_name(std::int64_t number);

// `blockReason` that means nothing was blocked.
bool is_unspecified(const json::String& reason);

}  // namespace llmproxy::gemini
