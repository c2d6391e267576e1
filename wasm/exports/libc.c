// memcmp() and memchr() in place of those of Emscripten's libc, which go by bytes and by words of
// four, and check the bounds of memory for each. The one compares names of models, paths and
// headers, the other finds the ends of lines.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef unsigned char Block __attribute__((vector_size(16)));
typedef uint64_t Halves __attribute__((vector_size(16)));

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

void* memchr(const void* bytes, int wanted, size_t size) {
  const unsigned char* p = bytes;
  const unsigned char byte = (unsigned char)wanted;
  const Block all = {byte, byte, byte, byte, byte, byte, byte, byte,
                     byte, byte, byte, byte, byte, byte, byte, byte};
  for (; size >= sizeof(Block); size -= sizeof(Block)) {
    Block block;
    __builtin_memcpy(&block, p, sizeof block);
    const Halves found = (Halves)(block == all);
    if ((found[0] | found[1]) != 0) {
      break;
    }
    p += sizeof block;
  }
  for (; size > 0; --size, ++p) {
    if (*p == byte) {
      return (void*)p;
    }
  }
  return NULL;
}
