// Media as OpenAI's clients send it: data URLs and bare base64.
#pragma once

#include "json/string.h"

#include <optional>
#include <string>
#include <string_view>

namespace llmproxy::openai_chat {

struct DataUrl {
  std::string mime_type;  // in its registered form; of the bytes themselves when it says nothing
  json::String base64;    // a slice of the URL: megabytes, never copied
};

// Nothing when `url` is no data URL in base64. https://www.rfc-editor.org/rfc/rfc2397
std::optional<DataUrl> parse_data_url(const json::String& url);

// Is it one at all?
bool is_data_url(const json::String& url);

// Does it begin with "http://" or "https://"?
bool is_web_url(const json::String& url);

// `stated`, or what the first bytes are when that says nothing.
std::string media_type_of(std::string_view stated, const json::String& base64);

}  // namespace llmproxy::openai_chat
