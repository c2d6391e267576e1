// Tools that are declared more than once. OpenAI takes them; Gemini refuses the request ("Duplicate
// function declaration found"), and names no place.
#pragma once

#include "base/result.h"
#include "chat/changes.h"
#include "chat/request.h"

#include <string_view>
#include <vector>

namespace llmproxy::gemini {

// Puts into `out` those that stand for no tool of their own, and names in `changes` what was not
// the same word for word. Of two that mean the same the first is kept, or the one that says what it
// does. An error when two of one name are different tools.
Status find_repetitions(const chat::Request& request, chat::Changes& changes,
                        std::vector<const chat::Tool*>& out);

// Whether both are the same JSON: white space and the order of members say nothing, and neither
// does an object without members. Each is empty or an object, proven to be one.
bool are_same_json(std::string_view a, std::string_view b);

}  // namespace llmproxy::gemini
