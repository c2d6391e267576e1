// One instance of the core: its memory, and what becomes of it when it traps.
// The rules of the boundary are in wasm/exports/llmproxy.h.
import { ARGUMENTS } from "./commands.js";
import core from "./core.wasm";
import { addHeaders, Heads, textOf, upstreamHead } from "./heads.js";
import { rehearse } from "./rehearsal.js";

const encoder = new TextEncoder();

// Linear memory never shrinks. An instance that has grown past the first mark is replaced when no large exchange is
// open on it and none was for a while: a fresh one has to touch all of its memory for the first time, which costs
// as much as the copying of a body. Past the second mark it is replaced at the first chance. Small exchanges end on
// the old instance, which goes with the last of them.
const MAX_LASTING_BYTES = 16 * 1024 * 1024;
const MAX_BYTES = 72 * 1024 * 1024;
const REST_MS = 1000;

/** The instance is gone: it trapped earlier. */
export class DeadInstance extends Error {}

/** Did this error end the instance it came out of? */
export function isTrap(error) {
  // A stack that overflows is a RangeError in some places, and no less of an end.
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError || error instanceof DeadInstance;
}

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
    this.calls = new WebAssembly.Instance(core, {}).exports;
    this.calls._initialize?.();
    this.dead = false;
    this.large = 0; // exchanges with a large request that are open
    this.lastLarge = 0; // when the last of them ended
    this.argumentsAt = this.calls.lp_arguments() >>> 0;
    this.view();
    this.windowMs = WINDOW_MS; // until configure()
    const text = (part) => textOf(this.memory(), this.calls.lp_text(part), this.calls.lp_text_size(part));
    this.commonHeaders = addHeaders(text(3), {});
    const upstreamHeaders = addHeaders(text(4), {});
    this.responseHeads = new Heads((block) => addHeaders(block, { ...this.commonHeaders }));
    this.upstreamHeads = new Heads((head) => upstreamHead(head, upstreamHeaders));
    this.headerLists = [5, 6, 7, 8].map((part) => text(part).split("\n"));
    this.firstHeaders = this.headerLists[0]; // come with the head
    this.farewell = {
      status: this.calls.lp_farewell_status(),
      headers: addHeaders(text(0), { ...this.commonHeaders }),
      body: encoder.encode(text(1)),
      event: encoder.encode(text(2)),
    };
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
    if (size <= MAX_LASTING_BYTES || this.large > 0) return false;
    return size > MAX_BYTES || Date.now() - this.lastLarge > REST_MS;
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

  setVariable(name, value) {
    const size = this.write(name + value);
    const nameSize = encoder.encode(name).length;
    this.calls.lp_set_variable(nameSize, size - nameSize);
  }
}

let current = null;

// Made while the Worker starts, before there is an environment.
let first = new Instance();
rehearse(first);

/** The instance for a new exchange: the current one, or a fresh one when that is dead or too large. */
export function instanceFor(env) {
  if (!current || current.dead || current.isTooLarge()) {
    current = (first ?? new Instance()).configure(env);
    first = null;
  }
  return current;
}
