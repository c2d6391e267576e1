#include "native/catch.h"

#include <cstring>
#include <vector>

// Those of wasm/exports/libc.c, under names of their own.
extern "C" int wasm_memcmp(const void* left, const void* right, std::size_t size);
extern "C" void* wasm_memchr(const void* bytes, int wanted, std::size_t size);

namespace {

// In memory of their own, so that a byte beyond either end is an error.
using Bytes = std::vector<unsigned char>;

int sign(int number) {
  return (number > 0) - (number < 0);
}

}  // namespace

TEST_CASE("memcmp says what memcmp says") {
  for (std::size_t size = 0; size <= 40; ++size) {
    const Bytes left(size, 0x7F);
    REQUIRE(wasm_memcmp(left.data(), Bytes(left).data(), size) == 0);
    for (std::size_t at = 0; at < size; ++at) {
      for (const int other : {0x00, 0x7E, 0x80, 0xFF}) {
        Bytes right(left);
        right[at] = static_cast<unsigned char>(other);
        right[size - 1] = static_cast<unsigned char>(right[size - 1] ^ 0x80);  // comes too late
        CHECK(sign(wasm_memcmp(left.data(), right.data(), size)) ==
              sign(std::memcmp(left.data(), right.data(), size)));
      }
    }
  }
}

TEST_CASE("memchr finds the first one, and none behind the end") {
  for (std::size_t size = 0; size <= 70; ++size) {
    const Bytes none(size, 'x');
    REQUIRE(wasm_memchr(none.data(), '\n', size) == nullptr);
    for (std::size_t at = 0; at < size; ++at) {
      Bytes bytes(none);
      bytes[at] = 0xFF;
      bytes[size - 1] = 0xFF;
      CHECK(wasm_memchr(bytes.data(), 0xFF, size) == bytes.data() + at);
      CHECK(wasm_memchr(bytes.data(), -1, size) == bytes.data() + at);  // it counts as a byte
      CHECK(wasm_memchr(bytes.data(), 0xFF, at) == nullptr);
    }
  }
}
