// Base64. https://www.rfc-editor.org/rfc/rfc4648#section-4
#pragma once

#include "base/buffer.h"

#include <string_view>

namespace llmproxy {

void encode_base64(std::string_view bytes, Buffer& out);

// Appends the bytes, as far as `text` is base64 (or its form for URLs): at the first other
// character it stops. White space and backslashes (JSON may escape a slash) are passed over.
void decode_base64(std::string_view text, Buffer& out);

}  // namespace llmproxy
