// The core as its host sees it: plain C, numbers and byte ranges. The host is shim/ in a Worker,
// and a test runner natively.
//
// Rules
//  1. The core owns all memory. The host writes only into the range the last *_reserve() returned.
//  2. A range that comes out is valid until the next call on the same exchange. Copy before any
//  await.
//  3. Never keep a typed array across a call: growth detaches it.
//  4. One lp_exchange_free() per lp_exchange_new(), also when the client goes away.
//  5. Lengths are bytes.
//  6. A trap poisons the instance: no further call on it. What its open exchanges are to say then
//  is in
//     lp_text(), to be asked for while it is well.
//  7. Nothing of an exchange is in a global: many are open at once.
//
// An exchange is driven so: lp_exchange_new(), then whenever something happened its event, and
// after each event lp_next() until it says LP_WAIT or LP_END (or LP_PIPE, after which nothing more
// comes). Behind lp_reply_head() and lp_reply_take() that can wait as long as no command is due.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __EMSCRIPTEN__
// Not to be inlined: what lp_warm_up() calls must be the functions that the host calls.
#define LP_EXPORT(name) __attribute__((export_name(#name), noinline))
#else
#define LP_EXPORT(name)
#endif

typedef struct lp_exchange lp_exchange;  // NOLINT(modernize-use-using): this is C

// Commands, and what stands in lp_arguments() then.
enum {
  LP_WAIT = 0,  // nothing until the next event
  // Bring the body of the request. 0 its size in bytes; 0: unknown. 1 how it is encoded, to be
  // decoded: LP_IDENTITY and the like
  LP_READ = 1,
  // 0 id, 1 head, 2 its size, 3 the body, or a table of its spans, 4 their number (0: it is in one
  // piece), 5 size of the body, 6 bits of LP_SENDS_REQUEST_BODY and the like, 7 the credential, 8
  // its size (0: there is none)
  // The head comes without the headers that every fetch has. A credential crosses in its own slot,
  // so that no head holds a secret: the last line of the head then is "name: prefix" without an
  // end, and the credential completes it.
  LP_FETCH = 2,
  LP_ABORT = 3,  // 0 id
  // 0 status, 1 header block without what every response has, 2 its size
  LP_HEAD = 4,
  LP_WRITE = 5,  // 0 bytes, 1 their number, 2: 1 if that is all, so that LP_END comes next
  LP_PIPE = 6,   // 0 id: the reply body of this fetch is the rest of the response, untouched
  LP_END = 7,    // the response is complete
};

enum { LP_FIRST_TICK_MS = 1000 };

// What the host may hold of a body that it reads, in bytes, before any of it came: the core counts
// it. Later pieces are at most half of what came before.
enum { LP_FIRST_PIECE = 32768 };

enum { LP_ARGUMENTS = 9 };  // how many words they take at most

// How a request body is encoded.
enum {
  LP_IDENTITY = 0,
  LP_GZIP = 1,
  LP_DEFLATE = 2,
};

// Of a fetch, a bit each.
enum {
  LP_SENDS_REQUEST_BODY = 1,   // which was not read: it goes on as it comes
  LP_WANTS_REPLY_HEADERS = 2,  // without, lp_reply_head() gets 0 bytes, and none are reserved
};

// What lp_next() would say. Bytes of the response may wait, and be taken with those that come
// later: lp_next() gives them as one.
enum {
  LP_NOTHING = 0,
  LP_BYTES = 1,
  LP_COMMANDS = 2,
};

// Heads are text: see wasm/http/head.h. A span is an address and a size, of a word each. A body
// and its spans stay valid until the exchange is freed.

// Room for `size` bytes of input that a call takes along (a head, a variable). NULL: no memory.
LP_EXPORT(lp_reserve) char* lp_reserve(size_t size);

// A variable of the environment: its name and then its value stand in the reserved range.
LP_EXPORT(lp_set_variable) void lp_set_variable(size_t name_size, size_t value_size);

// `head_size` bytes of request head stand in the reserved range, with those headers of the request
// that are on the allow-list (LP_REQUEST_HEADERS). `now`: Unix time in seconds.
LP_EXPORT(lp_exchange_new)
lp_exchange* lp_exchange_new(size_t head_size, double now, uint32_t seed_low, uint32_t seed_high);
LP_EXPORT(lp_exchange_free) void lp_exchange_free(lp_exchange* exchange);

// Room for the next bytes of the request body; NULL: no more of it is wanted, an answer is due.
LP_EXPORT(lp_request_reserve) char* lp_request_reserve(lp_exchange* exchange, size_t size);
LP_EXPORT(lp_request_take) void lp_request_take(lp_exchange* exchange, size_t size);
LP_EXPORT(lp_request_end) void lp_request_end(lp_exchange* exchange);
// The body broke off, or is not encoded as it says.
LP_EXPORT(lp_request_fail) void lp_request_fail(lp_exchange* exchange);

// `headers_size` bytes of header block stand in the range lp_reserve() returned. What is due then:
// LP_NOTHING, LP_BYTES or LP_COMMANDS.
LP_EXPORT(lp_reply_head)
uint32_t lp_reply_head(lp_exchange* exchange, uint32_t id, int32_t status, size_t headers_size);
// Room for the next bytes of the reply; NULL: no more of it is wanted.
LP_EXPORT(lp_reply_reserve)
char* lp_reply_reserve(lp_exchange* exchange, uint32_t id, size_t size);
// What is due then.
LP_EXPORT(lp_reply_take) uint32_t lp_reply_take(lp_exchange* exchange, uint32_t id, size_t size);
// Two words: where the bytes of the response are that LP_BYTES told of and that were not taken yet,
// and their number. They may be read as long as the exchange is not freed, and even after a trap.
LP_EXPORT(lp_held) const uintptr_t* lp_held(lp_exchange* exchange);
LP_EXPORT(lp_reply_end) void lp_reply_end(lp_exchange* exchange, uint32_t id);
// The fetch failed, or its body broke off.
LP_EXPORT(lp_reply_fail) void lp_reply_fail(lp_exchange* exchange, uint32_t id);

// Time passed: `ms` milliseconds since the last call of this, or since the exchange began. For an
// exchange that is still open it is called when LP_FIRST_TICK_MS are over, and then when as many
// are over as the last call returned: so all that waits has an end.
LP_EXPORT(lp_tick) uint32_t lp_tick(lp_exchange* exchange, uint32_t ms);

// Nobody reads the response any more.
LP_EXPORT(lp_client_lost) void lp_client_lost(lp_exchange* exchange);

// The next command.
LP_EXPORT(lp_next) uint32_t lp_next(lp_exchange* exchange);
// Where its arguments stand, LP_ARGUMENTS words: the same place each time, valid until the next
// lp_next() of any exchange.
LP_EXPORT(lp_arguments) const uintptr_t* lp_arguments(void);

// Texts that are the same for every exchange, valid as long as the instance is.
enum {
  // The fatal error response, for clients whose instance died: headers and body of a response that
  // has not begun, and the last event of a stream that has.
  LP_FATAL_HEADERS = 0,
  LP_FATAL_BODY = 1,
  LP_FATAL_EVENT = 2,
  // The headers that every response has, besides an x-request-id, which the host makes where the
  // response has none; and those that every fetch has.
  LP_RESPONSE_HEADERS = 3,
  LP_UPSTREAM_HEADERS = 4,
  // The allow-list of request headers: names in lower case, a line each.
  LP_REQUEST_HEADERS = 5,
  LP_TEXTS = 6,
};
LP_EXPORT(lp_text) const char* lp_text(uint32_t part);
LP_EXPORT(lp_text_size) size_t lp_text_size(uint32_t part);
// The status of the fatal error response.
LP_EXPORT(lp_fatal_status) int32_t lp_fatal_status(void);

// Plays exchanges without a client, so that the engine has compiled what requests need before the
// first one comes. To be called when nothing else was called yet.
LP_EXPORT(lp_warm_up) void lp_warm_up(void);

#ifdef __cplusplus
}
#endif
