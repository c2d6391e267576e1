// One instance of the core: its exports, its memory, and the exchanges that are open on it.
// The rules of the boundary are in wasm/exports/llmproxy.h.
import { ARGUMENTS, REQUEST_HEADERS, RESPONSE_HEADERS, UPSTREAM_HEADERS } from "./commands.js";
import core from "./core.wasm";
import { addHeaders, textOf } from "./heads.js";

const encoder = new TextEncoder();

// What a stream brings within this time after a write goes out with the next one: a write costs the runtime more than
// the core spends on a chunk. A variable sets another time.
const WINDOW_MS = 10;
const MAX_WINDOW_MS = 1000;

// When the tick of an exchange is overdue for this long, the runtime has ended its request: its client left before it
// was watched (see Exchange.watchClient).
const LOST_MS = 10 * 1000;
// How often such exchanges are looked for.
const SWEEP_MS = 1000;

/** A call into this instance trapped, now or earlier, and no other may follow. */
export class DeadInstance extends Error {}

export class Instance {
  constructor() {
    this.dead = false;
    this.calls = this.guarded(new WebAssembly.Instance(core, {}).exports);
    this.calls._initialize?.();
    this.windowMs = WINDOW_MS;
    this.open = new Set(); // exchanges that are not freed
    this.largeSince = 0; // when the last large request began
    this.lastLarge = 0; // when an exchange with a large request was last freed
    this.asked = 0; // bytes of request bodies that are being read in one piece
    this.lastSweep = 0;
    this.argumentsAt = this.calls.lp_arguments() >>> 0;
    this.view();
    this.responseHeaders = addHeaders(this.text(RESPONSE_HEADERS), {});
    this.upstreamHeaders = addHeaders(this.text(UPSTREAM_HEADERS), {});
    this.requestHeaders = this.text(REQUEST_HEADERS).split("\n");
  }

  /**
   * The exports. What a call of one throws is a trap, and nothing else is: an exhausted stack is a RangeError, which
   * JavaScript throws for other reasons as well. No export takes more than four numbers.
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

  /** Hands the variables of the environment to the core. */
  configure(env) {
    const window = env.STREAM_WINDOW_MS ?? "";
    const ms = window === "" ? WINDOW_MS : Number(window);
    this.windowMs = ms >= 0 ? Math.min(ms, MAX_WINDOW_MS) : WINDOW_MS;
    for (const [name, value] of Object.entries(env)) {
      if (typeof value !== "string" || value === "") continue;
      const size = this.writeInput(name + value);
      const nameSize = encoder.encode(name).length;
      this.calls.lp_set_variable(nameSize, size - nameSize);
    }
    return this;
  }

  view() {
    const { buffer } = this.calls.memory;
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer, this.argumentsAt, ARGUMENTS);
  }

  /** All of memory. Not to be kept: memory that grows leaves an empty array behind. */
  memory() {
    if (this.bytes.length === 0) this.view();
    return this.bytes;
  }

  /** The arguments of the last command. Not to be kept, either. */
  arguments() {
    if (this.words.length === 0) this.view();
    return this.words;
  }

  /** A range of memory, which is valid until the next call. */
  slice(address, size) {
    return this.memory().subarray(address, address + size);
  }

  /** A copy of a table of words. */
  table(address, count) {
    return new Uint32Array(this.memory().buffer, address, count).slice();
  }

  /** One of the texts that are the same for every exchange. */
  text(part) {
    return textOf(this.memory(), this.calls.lp_text(part), this.calls.lp_text_size(part));
  }

  /** Copies bytes to the address that the core reserved for them. False when it reserved none. */
  put(bytes, address) {
    if (address === 0) return false;
    this.memory().set(bytes, address >>> 0);
    return true;
  }

  /** Writes text into the core's input range. Returns its length in bytes. */
  writeInput(text) {
    if (this.dead) throw new DeadInstance();
    const room = text.length * 3; // UTF-8 has at most three bytes per UTF-16 unit
    const address = this.calls.lp_reserve(room) >>> 0;
    if (address === 0) throw new DeadInstance(); // without room for a head there is room for nothing
    return encoder.encodeInto(text, this.slice(address, room)).written;
  }

  /** Frees exchanges whose clients left before they were watched, unless the runtime may still read their bodies. */
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
}
