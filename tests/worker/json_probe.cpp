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

extern "C" __attribute__((export_name("probe_accepts"))) int probe_accepts(std::size_t size) {
  input().commit(size);
  llmproxy::json::Cursor cursor(input().view());
  return cursor.skip_value() && cursor.at_end() ? 1 : 0;
}
