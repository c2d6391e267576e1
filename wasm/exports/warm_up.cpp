// Plays exchanges without a client, through the functions that a host calls.
#include "gateway/warm_up.h"

#include "base/assert.h"
#include "exports/llmproxy.h"
#include "gateway/config.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

namespace {

std::size_t put(const std::string& text, char* room) {
  LLMPROXY_ASSERT(room != nullptr);
  std::copy(text.begin(), text.end(), room);
  return text.size();
}

void carry_out_until(lp_exchange* exchange, std::uint32_t last) {
  while (lp_next(exchange) != last) {
  }
}

void play(const llmproxy::gateway::WarmUp& warm_up) {
  constexpr std::uint32_t kFetch = 1;  // the id of the first
  const auto& [head, body, reply] = warm_up;
  lp_exchange* exchange = lp_exchange_new(put(head, lp_reserve(head.size())), 0, 0, 0);
  carry_out_until(exchange, LP_WAIT);
  lp_request_take(exchange, put(body, lp_request_reserve(exchange, body.size())));
  lp_request_end(exchange);
  carry_out_until(exchange, LP_WAIT);
  lp_reply_head(exchange, kFetch, 200, 0);
  lp_reply_take(exchange, kFetch, put(reply, lp_reply_reserve(exchange, kFetch, reply.size())));
  lp_reply_end(exchange, kFetch);
  carry_out_until(exchange, LP_END);
  lp_exchange_free(exchange);
}

}  // namespace

void lp_warm_up(void) {
  const llmproxy::gateway::Config config;
  for (const llmproxy::gateway::WarmUp& warm_up : llmproxy::gateway::warm_ups(config.suppliers())) {
    play(warm_up);
  }
}
