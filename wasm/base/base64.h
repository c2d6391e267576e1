// Base64. https://www.rfc-editor.org/rfc/rfc4648#section-4
#pragma once

#include "base/buffer.h"

#include <string>
#include <string_view>

namespace llmproxy {

void encode_base64(std::string_view bytes, Buffer& out);

// The bytes, as far as `text` is base64 (or its form for URLs): at the first other character it
// stops. White space and backslashes (JSON may escape a slash) are passed over.
std::string decode_base64(std::string_view text);

}  // namespace llmproxy
