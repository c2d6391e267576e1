// Events do not depend on how the bytes arrive. The first byte says where the rest is cut.
#include "base/assert.h"
#include "sse/parser.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

std::vector<std::string> events(std::string_view text, std::size_t piece) {
  llmproxy::sse::Parser parser(1 << 20);
  std::vector<std::string> out;
  const auto drain = [&] {
    while (const auto event = parser.next()) {
      out.emplace_back(event->data);
    }
  };
  for (std::size_t at = 0; at < text.size(); at += piece) {
    parser.feed(text.substr(at, piece));
    drain();
  }
  parser.finish();
  drain();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = events(text, text.size() + 1);
  LLMPROXY_ASSERT(whole == events(text, 1));
  LLMPROXY_ASSERT(whole == events(text, 1 + data[0] % 64));
  return 0;
}
