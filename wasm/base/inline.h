// A request runs through most of the core once, and until its instructions have come from memory
// they cost far more than to carry them out. So what is called from many places stays one function,
// which the compiler would else copy into each of them.
#pragma once

#define LLMPROXY_NOINLINE [[gnu::noinline]]
