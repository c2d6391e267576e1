// The range of values that an error message of Gemini's tells.
#pragma once

#include "dialects/gemini/model.h"

#include <optional>
#include <string_view>

namespace llmproxy::gemini {

// "range is from 1 (inclusive) to 65 (exclusive)", "between 0 and 24576", "in the range [1, 41)",
// "integers from 1 to 24576". `text` is in small letters. `whole`: of a parameter that is counted.
// Nothing when not both ends are told, or one of them is not taken and nothing next to it is known.
std::optional<Bounds> find_bounds(std::string_view text, bool whole);

}  // namespace llmproxy::gemini
