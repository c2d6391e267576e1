#include "json/pointer.h"

#include "base/percent.h"

#include <cstddef>

namespace llmproxy::json {

std::string decode_step(std::string_view step) {
  std::string text;
  percent_decode(step, text);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = text[i] == '~' && i + 1 < text.size() ? text[i + 1] : ' ';
    if (next == '0' || next == '1') {
      out.push_back(next == '0' ? '~' : '/');
      ++i;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

}  // namespace llmproxy::json
