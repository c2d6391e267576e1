// The text of suppliers.json without its notes and sources, as the build puts it into the module
// (cmake/embed_json.cmake).
#pragma once

#include <string_view>

namespace llmproxy::suppliers {

std::string_view document();

}  // namespace llmproxy::suppliers
