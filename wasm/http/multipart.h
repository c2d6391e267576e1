// Forms with files in them. https://www.rfc-editor.org/rfc/rfc7578
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::http {

struct FormPart {
  std::string name;
  std::string file_name;
  std::string content_type;  // empty: not said
  std::string_view body;     // a slice of the form
};

// The parts of the form; none when `content_type` names no boundary, or the form does not follow
// it. An error when the boundary, the number of parts or the head of one is beyond what is read.
Result<std::vector<FormPart>> parse_multipart(std::string_view content_type, std::string_view form);

// The text of the first field of that name; empty when there is none.
std::string_view find_field(const std::vector<FormPart>& parts, std::string_view name);

}  // namespace llmproxy::http
