// JSON pointers as they stand in a URI fragment: "#/$defs/a~1b%20c".
#pragma once

#include <string>
#include <string_view>

namespace llmproxy::json {

// One step of a pointer, what stands between two slashes: percent signs first, then the pointer's
// own escapes. https://www.rfc-editor.org/rfc/rfc6901#section-6
std::string decode_step(std::string_view step);

}  // namespace llmproxy::json
