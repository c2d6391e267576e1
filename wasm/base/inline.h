// A request runs through most of the core once, and until its instructions have come from memory
// they cost far more than to carry them out. So code that runs in each request should be short.
#pragma once

// What is called from many places stays one function, which the compiler would else copy into each
// of them.
#define LLMPROXY_NOINLINE [[gnu::noinline]]

// What is called for every name and message of a request is put where it is called.
#define LLMPROXY_INLINE [[gnu::always_inline]]

// What only some requests need stays out of the functions that each of them runs through, and is
// compiled to be small.
#ifdef __clang__
#define LLMPROXY_COLD [[gnu::noinline, gnu::cold, clang::minsize]]
#else
#define LLMPROXY_COLD [[gnu::noinline, gnu::cold]]
#endif
