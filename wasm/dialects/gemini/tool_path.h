// Where a tool stands in the client's request: "tools[2].function.name", or "functions[2].name" in
// the older form.
#pragma once

#include "chat/request.h"

#include <string>
#include <string_view>

namespace llmproxy::gemini {

std::string path_of(const chat::Tool& tool);
// A member of its function, or of the custom tool.
std::string path_of(const chat::Tool& tool, std::string_view member);

}  // namespace llmproxy::gemini
