// The text that a custom tool is called with. Towards Gemini such a tool is a function with one
// text, `input` (tools.cpp); but nothing makes a model keep to the schema of a function.
#pragma once

#include "base/buffer.h"
#include "json/string.h"

#include <string_view>

namespace llmproxy::gemini {

// From the arguments of the call, a JSON object: the text `input`; where that is no text, its JSON;
// where there is no `input`, the same of the only member there is; else all of the arguments as
// JSON. Empty: there are none. The text is a slice of `arguments` or of `storage`.
json::String read_custom_input(std::string_view arguments, Buffer& storage);

}  // namespace llmproxy::gemini
