// A check for states that the code itself rules out. Never for input: input gets an Error.
#pragma once

// Aborts natively, traps in WebAssembly (where the host retires the instance).
#define LLMPROXY_ASSERT(condition) \
  do {                             \
    if (!(condition)) {            \
      __builtin_trap();            \
    }                              \
  } while (false)
