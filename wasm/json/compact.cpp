#include "json/compact.h"

#include "base/text.h"

#include <algorithm>
#include <cstddef>

namespace llmproxy::json {
namespace {

// Behind the string whose first quote stands at `begin`.
std::size_t skip_string(std::string_view json, std::size_t begin) {
  std::size_t at = json.find_first_of("\"\\", begin + 1);
  while (at < json.size() && json[at] == '\\') {
    at = json.find_first_of("\"\\", std::min(at + 2, json.size()));
  }
  return at < json.size() ? at + 1 : json.size();
}

}  // namespace

void compact(std::string_view json, Buffer& out) {
  std::size_t begin = 0;  // of what was not appended yet
  for (std::size_t at = 0; at < json.size();) {
    if (json[at] == '"') {
      at = skip_string(json, at);
    } else if (is_space(json[at])) {
      out.append(json.substr(begin, at - begin));
      while (at < json.size() && is_space(json[at])) {
        ++at;
      }
      begin = at;
    } else {
      ++at;
    }
  }
  out.append(json.substr(begin));
}

}  // namespace llmproxy::json
