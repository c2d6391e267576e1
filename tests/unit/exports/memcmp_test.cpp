#include "native/catch.h"

#include <cstring>
#include <vector>

// wasm/exports/memcmp.c, under a name of its own.
extern "C" int word_memcmp(const void* left, const void* right, std::size_t size);

namespace {

int sign(int number) {
  return (number > 0) - (number < 0);
}

}  // namespace

TEST_CASE("memcmp by words says what memcmp says") {
  for (std::size_t size = 0; size <= 40; ++size) {
    // Vectors of their own, so that a byte beyond either end is an error.
    const std::vector<unsigned char> left(size, 0x7F);
    REQUIRE(word_memcmp(left.data(), std::vector(left).data(), size) == 0);
    for (std::size_t at = 0; at < size; ++at) {
      for (const int other : {0x00, 0x7E, 0x80, 0xFF}) {
        std::vector<unsigned char> right(left);
        right[at] = static_cast<unsigned char>(other);
        right[size - 1] = static_cast<unsigned char>(right[size - 1] ^ 0x80);  // comes too late
        CHECK(sign(word_memcmp(left.data(), right.data(), size)) ==
              sign(std::memcmp(left.data(), right.data(), size)));
      }
    }
  }
}
