// memcmp() by words, in place of the one of Emscripten's libc, which goes byte by byte and checks
// the bounds of memory for each: names of JSON members are compared with it, several times each.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

int memcmp(const void* left, const void* right, size_t size) {
  const unsigned char* a = left;
  const unsigned char* b = right;
  for (; size >= sizeof(uint64_t); size -= sizeof(uint64_t)) {
    uint64_t x;
    uint64_t y;
    __builtin_memcpy(&x, a, sizeof x);
    __builtin_memcpy(&y, b, sizeof y);
    if (x != y) {
      break;
    }
    a += sizeof x;
    b += sizeof y;
  }
  if (size >= sizeof(uint32_t)) {
    uint32_t x;
    uint32_t y;
    __builtin_memcpy(&x, a, sizeof x);
    __builtin_memcpy(&y, b, sizeof y);
    if (x == y) {
      a += sizeof x;
      b += sizeof y;
      size -= sizeof x;
    }
  }
  for (; size > 0; --size, ++a, ++b) {
    if (*a != *b) {
      return *a - *b;
    }
  }
  return 0;
}
