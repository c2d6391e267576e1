// The JSON cursor as a module of its own, so that its SIMD path can be held to the vectors of
// tests/vectors.
#include "base/buffer.h"
#include "json/cursor.h"

#include <cstddef>
#include <string_view>

namespace {
llmproxy::Buffer& input() {
  static llmproxy::Buffer buffer;
  return buffer;
}
}  // namespace

extern "C" __attribute__((export_name("probe_reserve"))) char* probe_reserve(std::size_t size) {
  input().clear();
  return input().reserve(size);
}

// 0: not JSON; 1: JSON; 2: JSON, a string with escapes in it.
extern "C" __attribute__((export_name("probe_read"))) int probe_read(std::size_t size) {
  input().commit(size);
  llmproxy::json::Cursor cursor(input().view());
  llmproxy::json::String string;
  if (cursor.kind() != llmproxy::json::Kind::string) {
    return cursor.skip_value() && cursor.at_end() ? 1 : 0;
  }
  if (!cursor.read_string(string) || !cursor.at_end()) {
    return 0;
  }
  return string.has_escapes ? 2 : 1;
}
