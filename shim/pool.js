// Which instance of the core a new exchange gets.
import { FATAL_BODY, FATAL_EVENT, FATAL_HEADERS } from "./commands.js";
import { addHeaders } from "./heads.js";
import { Instance } from "./instance.js";

// Memory of WebAssembly never shrinks, so an instance that has grown is replaced. Past the first size that happens once
// it has had no large request for a while, because a fresh instance costs as much as the copying of a body. Past the
// second size it happens as soon as no large request is open.
const MAX_LASTING_BYTES = 16 * 1024 * 1024;
const MAX_BYTES = 72 * 1024 * 1024;
const REST_MS = 1000;
// Large requests that take longer than this do not keep their instance.
const MAX_LARGE_MS = 60 * 1000;
// The exchanges that are open on a replaced instance end there. A Worker has 128 MB and an instance may take 96: so there
// is one replaced instance at a time, it is not larger than this, and the next one to be replaced ends it after this time.
const MAX_SHARED_BYTES = 24 * 1024 * 1024;
const MAX_RETIRED_MS = 10 * 60 * 1000;

let current = null;
let retired = null; // the instance that was replaced last
let retiredSince = 0;

// Made while the Worker starts, before there is an environment.
let first = new Instance();

const encoder = new TextEncoder();
/** The fatal error response: what clients get whose instance died. It is made while an instance is well. */
export const fatal = {
  status: first.calls.lp_fatal_status(),
  headers: addHeaders(first.text(FATAL_HEADERS), { ...first.responseHeaders }),
  body: encoder.encode(first.text(FATAL_BODY)),
  event: encoder.encode(first.text(FATAL_EVENT)),
};

// The engine compiles a function when it is first called. What every request needs is compiled here, where a Worker may
// take a second, and not in its first request, which has ten milliseconds of CPU on the free plan.
// https://developers.cloudflare.com/workers/platform/limits/#worker-startup-time
first.calls.lp_warm_up();

export function instanceFor(env) {
  if (retired !== null && (retired.dead || retired.open.size === 0)) retired = null; // its memory is free now
  if (current === null || current.dead || (isTooLarge(current) && mayRetire(current))) {
    if (current !== null && !current.dead) {
      retired = current;
      retiredSince = Date.now();
    }
    current = (first ?? new Instance()).configure(env);
    first = null;
  }
  current.sweep();
  return current;
}

function isTooLarge(instance) {
  const size = instance.memory().length;
  if (size <= MAX_LASTING_BYTES) return false;
  const now = Date.now();
  if ([...instance.open].some((exchange) => exchange.isLarge)) return now - instance.largeSince > MAX_LARGE_MS;
  return size > MAX_BYTES || now - instance.lastLarge > REST_MS;
}

/** Is there room for another instance beside this one? */
function mayRetire(instance) {
  if (instance.open.size === 0) return true;
  if (instance.memory().length > MAX_SHARED_BYTES) return false;
  if (retired === null) return true;
  retired.sweep();
  if (Date.now() - retiredSince <= MAX_RETIRED_MS) return retired.open.size === 0;
  retired.dead = true;
  return true;
}
