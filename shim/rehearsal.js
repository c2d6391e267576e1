// Exchanges without a client, while the Worker starts. The engine compiles a function when it is called first: what
// every request needs is compiled here, where a Worker may take a second, and not in the first request, which has ten
// milliseconds of CPU on the free plan. https://developers.cloudflare.com/workers/platform/limits/#worker-startup-time
import { END, READ, WAIT } from "./commands.js";

// Where in lp_text() each one begins: head, body, reply.
const REHEARSALS = [6, 9];

export function rehearse(instance) {
  for (const part of REHEARSALS) play(instance, part);
}

function play(instance, part) {
  const { calls } = instance;
  const text = (number) => instance.copy(calls.lp_text(number) >>> 0, calls.lp_text_size(number));
  const put = (bytes, address) => {
    instance.memory().set(bytes, address >>> 0);
    return bytes.length;
  };
  const give = (bytes) => put(bytes, calls.lp_reserve(bytes.length));
  const exchange = calls.lp_exchange_new(give(text(part)), 0, 0, 0);
  for (let kind = calls.lp_next(exchange); kind !== WAIT; kind = calls.lp_next(exchange)) {
    if (kind !== READ) continue;
    const body = text(part + 1);
    calls.lp_request_take(exchange, put(body, calls.lp_request_reserve(exchange, body.length)));
    calls.lp_request_end(exchange);
  }
  const fetch = 1; // the id of the first
  const reply = text(part + 2);
  calls.lp_reply_head(exchange, fetch, 200, 0);
  calls.lp_reply_take(exchange, fetch, put(reply, calls.lp_reply_reserve(exchange, fetch, reply.length)));
  calls.lp_reply_end(exchange, fetch);
  while (calls.lp_next(exchange) !== END);
  calls.lp_exchange_free(exchange);
}
