// Media as OpenAI's clients send it: data URLs and bare base64.
#pragma once

#include "json/string.h"

#include <optional>
#include <string>
#include <string_view>

namespace llmproxy::openai_chat {

struct DataUrl {
  std::string mime_type;
  json::String base64;  // a slice of the URL: megabytes, never copied
};

// Nothing when `url` is no data URL in base64. https://www.rfc-editor.org/rfc/rfc2397
std::optional<DataUrl> parse_data_url(const json::String& url);

// Is it one at all?
bool is_data_url(const json::String& url);

// The registered name for what clients write ("image/jpg", "png", "IMAGE/PNG").
std::string normal_mime_type(std::string_view mime_type);

// By the extension of a file name; "application/pdf", which is what OpenAI takes, for an unknown
// one.
std::string mime_type_of_file(std::string_view name);

}  // namespace llmproxy::openai_chat
