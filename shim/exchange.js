// One request: carries out what the core commands, and tells it what happens.
import { addHeaders, DeadInstance, isTrap } from "./instance.js";
import { COMMANDS, NOTHING, ResponseStream } from "./stream.js";
import { gathered, isOnePiece, LARGE_PIECE, PIECE, upload, Upstream } from "./upstream.js";

// As in wasm/exports/llmproxy.h.
const WAIT = 0;
const READ = 1;
const FETCH = 2;
const ABORT = 3;
const HEAD = 4;
const WRITE = 5;
const PIPE = 6;
const END = 7;
const SLEEP = 8;
const ASK = 9;

const MAX_WORD = 0xffffffff;

export class Exchange {
  constructor(instance, request, ctx) {
    this.instance = instance;
    this.request = request;
    this.ctx = ctx;
    this.upstreams = new Map(); // by id
    this.only = null; // the upstream, as long as there is one
    this.head = null; // of the response
    this.written = []; // of the response, and not passed on yet
    this.ended = false;
    this.due = NOTHING; // in the core
    this.uploads = 0; // bodies that are being sent out of memory
    this.signal = null; // of the client, when it is watched
    this.timers = new Map(); // what setTimeout() returned, by id
    this.wake = null; // resolves what waits for a timer, as long as the response has not begun
    this.stream = null; // the rest of the response, when it has begun before all of it is there
    const size = instance.write(`${request.method}\n${request.url}\n`);
    // The seed is that of ids, which are no secrets.
    this.handle = this.calls.lp_exchange_new(size, Date.now() / 1000, Math.random() * MAX_WORD, Math.random() * MAX_WORD);
  }

  /** The exports of the instance; none of them may be called on an exchange that is over. */
  get calls() {
    if (this.ended || this.instance.dead) throw new DeadInstance();
    return this.instance.calls;
  }

  /** Addresses come as signed numbers. */
  argument(index) {
    return this.calls.lp_argument(this.handle, index) >>> 0;
  }

  /** Ends the exchange. A piped reply goes on without it. */
  close() {
    if (this.ended) return;
    this.ended = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.stream?.stopHolding();
    this.free();
  }

  /** Frees what the exchange holds, once it is over and nothing is sent out of it any more. */
  free() {
    if (!this.ended || this.uploads > 0) return;
    if (!this.instance.dead) this.instance.calls.lp_exchange_free(this.handle);
    if (!this.signal) return;
    this.instance.large--;
    this.instance.lastLarge = Date.now();
  }

  /** Ends after an error: the instance too, if it was a trap. */
  fail(error) {
    if (isTrap(error)) this.instance.dead = true;
    this.abortAll();
    this.close();
  }

  /** Fails, and tells whoever waits for the response. */
  collapse(error) {
    if (this.ended) return; // the client went away
    this.fail(error);
    if (this.stream) this.stream.collapse(error);
    else this.wake?.(); // respond() finds it out
  }

  /**
   * Frees the exchange also when the client goes away while nothing is written to it: then the runtime ends the
   * request without a word, and with it the connection upstream. What a small exchange holds may wait for the
   * next instance (see instanceFor); looking out for that would cost more than all the rest of it.
   */
  watchClient() {
    this.signal = this.request.signal;
    this.signal.addEventListener("abort", () => this.loseClient());
    this.instance.large++;
  }

  /** The client went away: nothing upstream needs to go on. */
  loseClient() {
    if (this.ended) return;
    try {
      this.calls.lp_client_lost(this.handle);
      while (this.next() !== WAIT);
      this.close();
    } catch (error) {
      this.fail(error);
    }
  }

  add(upstream) {
    this.upstreams.set(upstream.id, upstream);
    this.only = this.upstreams.size === 1 ? upstream : null;
  }

  remove(id) {
    this.upstreams.delete(id);
    this.only = this.upstreams.size === 1 ? this.upstreams.values().next().value : null;
  }

  abortAll() {
    for (const upstream of this.upstreams.values()) upstream.abort();
    this.upstreams.clear();
    this.only = null;
  }

  /** Runs until the response can begin. */
  async respond() {
    for (;;) {
      switch (this.next()) {
        case READ:
          // In this order: the getter of the body makes a stream of it, which costs as much as to read a small one.
          if (isOnePiece(this.argument(0))) {
            this.putRequest(new Uint8Array(await this.request.arrayBuffer()));
          } else if (this.request.body) {
            await this.readLarge(this.request.body);
          }
          this.calls.lp_request_end(this.handle);
          break;
        case PIPE:
          return this.pipe();
        case END:
          this.close();
          return new Response(this.takeWritten(), this.head);
        case WAIT:
          this.due = NOTHING;
          if (this.head) {
            this.stream = new ResponseStream(this);
            return new Response(this.stream.readable, this.head);
          }
          await this.event();
          break;
      }
    }
  }

  /** Carries out the next command and returns its kind. */
  next() {
    const kind = this.calls.lp_next(this.handle);
    switch (kind) {
      case ASK:
        this.putRequestHeaders(this.instance.headerLists[this.argument(0)]);
        break;
      case FETCH:
        this.fetch();
        break;
      case ABORT: {
        const id = this.argument(0);
        this.upstreams.get(id)?.abort();
        this.remove(id);
        break;
      }
      case SLEEP:
        this.sleep(this.argument(0), this.argument(1));
        break;
      case HEAD: {
        const headers = { ...this.instance.commonHeaders };
        addHeaders(this.instance.text(this.argument(1), this.argument(2)), headers);
        this.head = { status: this.argument(0), headers };
        break;
      }
      case WRITE:
        this.written.push(this.instance.copy(this.argument(0), this.argument(1)));
        break;
    }
    return kind;
  }

  takeWritten() {
    const written = this.written;
    if (written.length === 0) return null;
    this.written = [];
    return written.length === 1 ? written[0] : joined(written);
  }

  async readLarge(body) {
    this.watchClient();
    const reader = body.getReader({ mode: "byob" });
    let buffer = new ArrayBuffer(LARGE_PIECE);
    for (let done = false; !done; ) {
      const read = await reader.readAtLeast(LARGE_PIECE, new Uint8Array(buffer));
      done = read.done;
      if (read.value && !this.putRequest(read.value)) {
        await reader.cancel();
        return;
      }
      buffer = read.value?.buffer;
    }
  }

  putRequestHeaders(names) {
    const { headers } = this.request;
    let block = "";
    for (const name of names) {
      const value = headers.get(name);
      if (value !== null) block += `${name}: ${value}\n`;
    }
    this.calls.lp_request_headers(this.handle, this.instance.write(block));
  }

  /** False when the core wants no more. */
  putRequest(bytes) {
    if (bytes.length === 0) return true;
    const address = this.calls.lp_request_reserve(this.handle, bytes.length) >>> 0;
    if (address === 0) return false;
    this.instance.memory().set(bytes, address);
    this.calls.lp_request_take(this.handle, bytes.length);
    return true;
  }

  putReply(id, bytes) {
    if (bytes.length === 0) return;
    const address = this.calls.lp_reply_reserve(this.handle, id, bytes.length) >>> 0;
    if (address === 0) {
      this.due = COMMANDS;
      return;
    }
    this.instance.memory().set(bytes, address);
    this.due = this.calls.lp_reply_take(this.handle, id, bytes.length);
  }

  putReplyHead(id, { status, headers }) {
    let block = "";
    if (this.calls.lp_reply_wants_headers(this.handle, id)) {
      for (const [name, value] of headers) block += `${name}: ${value}\n`;
    }
    this.calls.lp_reply_head(this.handle, id, status, this.instance.write(block));
  }

  fetch() {
    const id = this.argument(0);
    const head = this.instance.text(this.argument(1), this.argument(2));
    const method = head.indexOf("\n");
    const url = head.indexOf("\n", method + 1);
    const headers = { ...this.instance.commonUpstreamHeaders };
    addHeaders(head.slice(url + 1), headers);
    const init = { method: head.slice(0, method), headers, redirect: "manual" };
    const spans = this.argument(4);
    if (spans > 0) init.body = this.bodyOf(this.instance.words(this.argument(3), spans * 2), this.argument(5));
    else if (this.argument(6) === 1) init.body = this.request.body;
    if (this.signal) init.signal = this.signal;
    this.add(new Upstream(id, head.slice(method + 1, url), init));
  }

  bodyOf(table, size) {
    if (size <= PIECE) return gathered(table, size, this.instance.memory());
    const { readable, writable } = new FixedLengthStream(size);
    const isOver = () => this.ended || this.instance.dead;
    const done = () => {
      this.uploads--;
      this.free();
    };
    this.uploads++;
    this.ctx.waitUntil(upload(table, () => this.instance.memory(), isOver, writable.getWriter()).then(done, done));
    return readable;
  }

  sleep(id, ms) {
    const timer = setTimeout(() => {
      this.timers.delete(id);
      this.ring(id);
      this.wake?.();
    }, ms);
    this.timers.set(id, timer);
  }

  /** A timer is over. What a stream has to say then does not wait for the supplier. */
  ring(id) {
    if (this.ended) return;
    try {
      this.calls.lp_timer(this.handle, id);
      this.stream?.flush(); // without one, respond() goes on
    } catch (error) {
      this.collapse(error);
    }
  }

  /** The only upstream, when nothing else can happen before; null when there are more things to wait for. */
  get onlyUpstream() {
    return this.timers.size > 0 && !this.stream ? null : this.only;
  }

  /** A promise of the upstream to which something happens next; of null when it is a timer. */
  nextUpstream(whole) {
    const things = [...this.upstreams.values()].map((upstream) => upstream.happens(whole));
    if (this.timers.size > 0 && !this.stream) things.push(new Promise((resolve) => (this.wake = () => resolve(null))));
    return Promise.race(things);
  }

  /** Waits for the next thing to happen, and tells the core. */
  async event() {
    // As long as the response has not begun, nobody waits for a part of a body.
    const whole = this.head === null;
    const upstream = this.onlyUpstream ?? (await this.nextUpstream(whole));
    if (upstream === null) return;
    const { id } = upstream;
    let result;
    try {
      result = await upstream.next(whole);
      if (!this.upstreams.has(id)) return; // it was given up meanwhile
    } catch {
      this.remove(id);
      this.calls.lp_reply_fail(this.handle, id);
      this.due = COMMANDS;
      return;
    }
    upstream.pending = null;
    if (upstream.reply === null) {
      upstream.reply = result;
      this.putReplyHead(id, result);
      this.due = COMMANDS;
    } else if (result instanceof ArrayBuffer) {
      this.remove(id);
      this.putReply(id, new Uint8Array(result));
      this.calls.lp_reply_end(this.handle, id);
    } else if (result.done) {
      this.remove(id);
      this.calls.lp_reply_end(this.handle, id);
      this.due = COMMANDS;
    } else {
      this.putReply(id, result.value);
    }
  }

  pipe() {
    const { reply } = this.upstreams.get(this.argument(0));
    this.close();
    return new Response(reply.body, this.head);
  }

  /** Carries out all that is due; true when that was the end of the response. */
  carryOut() {
    this.due = NOTHING;
    for (;;) {
      const kind = this.next();
      if (kind === WAIT) return false;
      if (kind === END) return true;
    }
  }
}

function joined(pieces) {
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
