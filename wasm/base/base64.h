// Base64. https://www.rfc-editor.org/rfc/rfc4648#section-4
#pragma once

#include "base/buffer.h"

#include <string_view>

namespace llmproxy {

void encode_base64(std::string_view bytes, Buffer& out);

// Appends the bytes, as far as `text` is base64 (or its form for URLs): at the first other
// character it stops. False when that is not its end. White space is passed over, and what JSON
// escapes in a string counts as what it stands for.
bool decode_base64(std::string_view text, Buffer& out);

}  // namespace llmproxy
