// The cursor and nlohmann/json accept the same documents, and a string means the same to both; a
// tree read by the one means what the other reads.
#include "base/assert.h"
#include "json/cursor.h"
#include "json/tree.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace llmproxy::json;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.find('\0') != std::string_view::npos) {
    return 0;  // the end of the document to nlohmann, not to the standard
  }
  Cursor cursor(text);
  const bool accepted = cursor.skip_value() && cursor.at_end();
  const auto tree = nlohmann::json::parse(text, nullptr, false);
  // Two differences are meant: depth is limited here, and numbers beyond a double are refused
  // there.
  const bool too_deep = !accepted && cursor.fault().find("deep") != std::string::npos;
  const bool has_exponent = text.find_first_of("eE") != std::string_view::npos || size > 300;
  LLMPROXY_ASSERT(accepted == !tree.is_discarded() || too_deep || (accepted && has_exponent));
  if (accepted) {
    const std::string copy = write_tree(read_tree(text));
    LLMPROXY_ASSERT(write_tree(read_tree(copy)) == copy);
    LLMPROXY_ASSERT(tree.is_discarded() || nlohmann::json::parse(copy, nullptr, false) == tree);
  }
  if (accepted && tree.is_string()) {
    Cursor again(text);
    String string;
    LLMPROXY_ASSERT(again.read_string(string));
    LLMPROXY_ASSERT(string.decode() == tree.get_ref<const std::string&>());
    LLMPROXY_ASSERT(string.equals(tree.get_ref<const std::string&>()));
    const std::size_t prefix = prefix_length(string.raw, 12);
    const std::string part = "\"" + std::string(string.raw.substr(0, prefix)) + "\"";
    LLMPROXY_ASSERT(Cursor(part).skip_value());
  }
  return 0;
}
