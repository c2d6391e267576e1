// Which refusals of Gemini's can be mended by asking for less. The texts are those that users of
// Gemini report; each is a 400.
#pragma once

#include "dialects/gemini/model.h"

#include <optional>
#include <string_view>

namespace llmproxy::gemini {

// `body`: of a reply with this status. Nothing when it is no such refusal.
std::optional<Refusal> find_refusal(int status, std::string_view body);

}  // namespace llmproxy::gemini
