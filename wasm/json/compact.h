// JSON without what stands between its tokens.
#pragma once

#include "base/buffer.h"

#include <string_view>

namespace llmproxy::json {

// Appends `json`, a value that a Cursor took for good, without white space outside of its strings.
void compact(std::string_view json, Buffer& out);

}  // namespace llmproxy::json
