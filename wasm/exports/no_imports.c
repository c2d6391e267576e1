// Emscripten's standalone runtime would import these two from the host. With them here, the module
// imports nothing, and can do nothing but compute.

#ifdef __EMSCRIPTEN__
#include <stddef.h>
#include <stdint.h>

// What is left of abort() and exit(): a trap, after which the host gives the instance up.
_Noreturn void __wasi_proc_exit(uint32_t code) {
  (void)code;
  __builtin_trap();
}

// The host looks at memory.buffer anew on each use, so it need not be told.
void emscripten_notify_memory_growth(size_t memory_index) {
  (void)memory_index;
}
#endif
