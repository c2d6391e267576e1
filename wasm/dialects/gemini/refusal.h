// Which refusals of Gemini's can be mended by asking for less. The texts are those that users of
// Gemini report; each is a 400.
#pragma once

#include "chat/request.h"
#include "dialects/gemini/model.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace llmproxy::gemini {

// `body`: of a reply with this status. Nothing when it is no such refusal.
std::optional<Refusal> find_refusal(int status, std::string_view body);

// What the refusal is about, beside the model: a fingerprint of the schemas, or of the first
// signature or address in the history, which stays the first as the conversation grows. 0: nothing
// but the model.
std::uint64_t subject_of(Refusal refusal, const chat::Request& request);

}  // namespace llmproxy::gemini
