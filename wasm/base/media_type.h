// Media types as clients write them, and what bytes look like. https://mimesniff.spec.whatwg.org/
#pragma once

#include <string>
#include <string_view>

namespace llmproxy {

// The registered name for what clients write ("image/jpg", "png", "IMAGE/PNG; charset=x").
std::string normal_media_type(std::string_view type);

// By the extension of a file name or of the path of a URL; empty when it tells nothing.
std::string_view media_type_of_name(std::string_view name);

// By the first bytes; empty when they tell nothing.
std::string_view sniff_media_type(std::string_view bytes);

}  // namespace llmproxy
