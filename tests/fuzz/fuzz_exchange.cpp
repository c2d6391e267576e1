// See exchange_input.h.
#include "fuzz/exchange_input.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  llmproxy::test::run_exchange({reinterpret_cast<const char*>(data), size});
  return 0;
}
