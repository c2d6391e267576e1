// Values that ask for nothing, so that nobody misses them when they do not reach a supplier.
#pragma once

#include "json/string.h"

#include <string_view>

namespace llmproxy::openai_chat {

// Of a field that is known: null, false, 0, "", [] and {}. `value` is JSON.
bool has_no_effect(std::string_view value);

// Of any field of the request. `false` and 0 ask for nothing where that is what happens anyway; of
// a field that is not OpenAI's ("enable_thinking") they may be all that it is there for.
bool asks_for_nothing(const json::String& field, std::string_view value);

}  // namespace llmproxy::openai_chat
