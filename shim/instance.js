// One instance of the core: its memory, and what becomes of it when it traps.
// The rules of the boundary are in wasm/exports/llmproxy.h.
import { ARGUMENTS } from "./commands.js";
import core from "./core.wasm";
import { addHeaders, textOf } from "./heads.js";
import { rehearse } from "./rehearsal.js";

const encoder = new TextEncoder();

// Linear memory never shrinks. An instance that has grown past the first mark is replaced when no large exchange is
// open on it and none was for a while: a fresh one has to touch all of its memory for the first time, which costs
// as much as the copying of a body. Past the second mark it is replaced at the first chance. Exchanges that are open
// end on the old instance, which goes with the last of them: there is one such at a time, and only a small one, as a
// Worker has 128 MB and an instance may take 96. A large one on which something is open goes on, with the memory it has.
const MAX_LASTING_BYTES = 16 * 1024 * 1024;
const MAX_BYTES = 72 * 1024 * 1024;
const MAX_SHARED_BYTES = 24 * 1024 * 1024;
const REST_MS = 1000;
// Large exchanges that take longer than this do not keep their instance from being replaced.
const MAX_LARGE_MS = 60 * 1000;
// How long a replaced instance may live if another one is to be replaced.
const MAX_RETIRED_MS = 10 * 60 * 1000;

// An exchange whose tick is overdue for so long has lost its client, and the runtime has ended the request (see
// Exchange.watchClient).
const LOST_MS = 10 * 1000;
// How often such exchanges are looked for.
const SWEEP_MS = 1000;

/** The instance is gone: a call into it trapped, now or earlier. No other error ends an instance. */
export class DeadInstance extends Error {}

// What a stream brings within so many milliseconds of the last write goes out in one: a write costs more than all
// that is done to a chunk. A chunk that comes alone goes at once, and nothing is held longer than this.
const WINDOW_MS = 10;
const MAX_WINDOW_MS = 1000;

function windowOf(setting) {
  const ms = setting === undefined || setting === "" ? WINDOW_MS : Number(setting);
  return ms >= 0 ? Math.min(ms, MAX_WINDOW_MS) : WINDOW_MS;
}

class Instance {
  constructor() {
    this.dead = false;
    this.calls = this.guarded(new WebAssembly.Instance(core, {}).exports);
    this.calls._initialize?.();
    this.open = new Set(); // exchanges that are not freed
    this.asked = 0; // bytes of bodies that are asked for at once
    this.large = 0; // of them, with a large request
    this.largeSince = 0; // when the last of those began
    this.lastLarge = 0; // and ended
    this.lastSweep = 0;
    this.retiredSince = 0;
    this.argumentsAt = this.calls.lp_arguments() >>> 0;
    this.view();
    this.windowMs = WINDOW_MS; // until configure()
    this.commonHeaders = addHeaders(this.text(3), {});
    this.commonUpstreamHeaders = addHeaders(this.text(4), {});
    this.requestHeaders = this.text(5).split("\n"); // the allow-list
  }

  /**
   * The exports. Whatever a call of one of them throws is a trap: an exhausted stack is a RangeError, which other code
   * throws for other reasons, so it is told by where it came from. None takes more than four numbers.
   */
  guarded(exports) {
    const calls = { memory: exports.memory };
    for (const [name, call] of Object.entries(exports)) {
      if (typeof call !== "function") continue;
      calls[name] = (a, b, c, d) => {
        try {
          return call(a, b, c, d);
        } catch (error) {
          this.dead = true;
          throw new DeadInstance(undefined, { cause: error });
        }
      };
    }
    return calls;
  }

  configure(env) {
    this.windowMs = windowOf(env.STREAM_WINDOW_MS);
    for (const [name, value] of Object.entries(env)) {
      if (typeof value === "string" && value !== "") this.setVariable(name, value);
    }
    return this;
  }

  view() {
    const { buffer } = this.calls.memory;
    this.bytes = new Uint8Array(buffer);
    this.given = new Uint32Array(buffer, this.argumentsAt, ARGUMENTS);
  }

  /** All of memory. Not to be kept: growth leaves an empty array behind. */
  memory() {
    if (this.bytes.length === 0) this.view();
    return this.bytes;
  }

  /** Of the command that was asked for last. Not to be kept. */
  arguments() {
    if (this.given.length === 0) this.view();
    return this.given;
  }

  /** Is it time to give the memory back? */
  isTooLarge() {
    const size = this.memory().length;
    if (size <= MAX_LASTING_BYTES) return false;
    const now = Date.now();
    if (this.large > 0) return now - this.largeSince > MAX_LARGE_MS;
    return size > MAX_BYTES || now - this.lastLarge > REST_MS;
  }

  /** Frees exchanges that nobody waits for any more. Not those whose bodies may still be read by the runtime. */
  sweep() {
    const now = Date.now();
    if (now - this.lastSweep < SWEEP_MS) return;
    this.lastSweep = now;
    for (const exchange of this.open) {
      if (now - exchange.nextTick <= LOST_MS || exchange.uploads.size > 0) continue;
      exchange.ended = true;
      exchange.free();
    }
  }

  copy(address, size) {
    return this.memory().slice(address, address + size);
  }

  /** A table of 32-bit numbers. */
  table(address, count) {
    return new Uint32Array(this.memory().buffer, address, count).slice();
  }

  /** Writes text into the range for input; its size in bytes. */
  write(text) {
    if (this.dead) throw new DeadInstance();
    const { length } = text;
    const room = length * 3; // UTF-8 has at most three bytes per UTF-16 unit
    const address = this.calls.lp_reserve(room) >>> 0;
    if (address === 0) throw new DeadInstance(); // no room for a head is no room for anything
    const memory = this.memory();
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) return encoder.encodeInto(text, memory.subarray(address, address + room)).written;
      memory[address + i] = unit;
    }
    return length;
  }

  /** One of the texts that are the same for every exchange. */
  text(part) {
    return textOf(this.memory(), this.calls.lp_text(part), this.calls.lp_text_size(part));
  }

  setVariable(name, value) {
    const size = this.write(name + value);
    const nameSize = encoder.encode(name).length;
    this.calls.lp_set_variable(nameSize, size - nameSize);
  }
}

let current = null;
let retired = null; // the instance that was replaced last

// Made while the Worker starts, before there is an environment.
let first = new Instance();

/** What a client is told whose instance died: made while there is one that is well. */
export const farewell = {
  status: first.calls.lp_farewell_status(),
  headers: addHeaders(first.text(0), { ...first.commonHeaders }),
  body: encoder.encode(first.text(1)),
  event: encoder.encode(first.text(2)),
};
rehearse(first);

/** The instance for a new exchange: the current one, or a fresh one when that is dead or too large. */
export function instanceFor(env) {
  if (retired !== null && (retired.dead || retired.open.size === 0)) retired = null; // and with it its memory
  if (!current || current.dead || (current.isTooLarge() && mayRetire())) {
    if (current && !current.dead) {
      current.retiredSince = Date.now();
      retired = current;
    }
    current = (first ?? new Instance()).configure(env);
    first = null;
  }
  current.sweep();
  return current;
}

/**
 * May the current instance be replaced? Nothing is open on it, so that its memory is free at once; or it is not so large
 * that the Worker has no room for another beside it, and no third one is left. One that is old ends with what it has.
 */
function mayRetire() {
  if (current.open.size === 0) return true;
  if (current.memory().length > MAX_SHARED_BYTES) return false;
  if (retired === null) return true;
  retired.sweep();
  if (Date.now() - retired.retiredSince <= MAX_RETIRED_MS) return retired.open.size === 0;
  retired.dead = true;
  return true;
}
