// Percent escapes. https://www.rfc-editor.org/rfc/rfc3986#section-2.1
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace llmproxy {

// The byte that an escape of three characters at the front of `text` stands for; nothing when there
// is none.
std::optional<char> read_percent_escape(std::string_view text);

// Appends `text` with its escapes decoded, once. What is no escape stays.
void percent_decode(std::string_view text, std::string& out);

}  // namespace llmproxy
