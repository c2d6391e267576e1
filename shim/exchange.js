// One request: carries out the commands of the core, and tells the core what happens.
import {
  ABORT, COMMANDS, ENCODINGS, END, FETCH, FIRST_TICK_MS, HEAD, NOTHING, READ, SENDS_REQUEST_BODY, WAIT, WANTS_REPLY_HEADERS, WRITE,
} from "./commands.js";
import { addHeaders, requestHead, textOf, upstreamHead } from "./heads.js";
import { DeadInstance } from "./instance.js";
import { mayBeWhole, readBody } from "./request_body.js";
import { ResponseStream } from "./stream.js";
import { bodyOf, joined, PIECE, Upstream } from "./upstream.js";

// Of each half of a seed. The engine holds integers of this size in place.
const MAX_SEED = 2 ** 30;
// What comes of an upstream whose fetch fails, or whose body breaks off.
const FAILED = { done: true };

/** The exchange is over, and what was waited for came too late. */
export class Over extends Error {}

export class Exchange {
  constructor(instance, request, ctx) {
    this.instance = instance;
    this.request = request;
    this.ctx = ctx;
    this.handle = 0; // of the core's exchange
    this.ended = false;
    this.due = NOTHING; // what lp_next() would say
    // The request.
    this.wantedBody = null; // the core asked for a body of this size and encoding, which is not read yet
    this.asked = 0; // bytes of it that are being read in one piece
    this.bodySize = 0; // bytes of it that the core took
    this.signal = null; // tells that the client leaves, once it is watched
    // The fetches.
    this.upstreams = []; // that are not over
    this.uploads = new Set(); // writers of bodies that the runtime still reads out of memory
    // The response.
    this.answer = null; // settles respond()
    this.head = null;
    this.written = []; // that did not go to the client yet
    this.stream = null; // where the body goes, if it is not complete when the response begins
    this.piped = false; // the body is that of a reply
    // Time.
    this.timer = null;
    this.lastTick = Date.now();
    this.nextTick = this.lastTick + FIRST_TICK_MS;
    // The seed is for ids, which are no secrets.
    this.seedLow = Math.floor(Math.random() * MAX_SEED);
    this.seedHigh = Math.floor(Math.random() * MAX_SEED);
    this.id = `req_${this.seedHigh}${this.seedLow}`;
  }

  /** The exports of the core. None of them may be called on an exchange that is over. */
  get calls() {
    if (this.ended) throw new Over();
    if (this.instance.dead) throw new DeadInstance();
    return this.instance.calls;
  }

  /** A promise of the response. A tick may begin it while run() still waits for an upstream. */
  respond() {
    return new Promise((resolve, reject) => {
      this.answer = { resolve, reject };
      this.run().catch(reject);
    });
  }

  async run() {
    const size = this.instance.writeInput(requestHead(this.request, this.instance.requestHeaders));
    this.handle = this.calls.lp_exchange_new(size, Date.now() / 1000, this.seedLow, this.seedHigh);
    this.instance.open.add(this);
    while (!this.beginResponse()) {
      if (this.timer === null) this.setTimer();
      if (this.wantedBody === null) await this.nextEvent();
      else await this.readRequest(this.wantedBody);
    }
  }

  /** Carries out what is due. True when the response has begun; then its stream sees to the rest, if there is any. */
  beginResponse() {
    if (this.stream !== null) return true; // a tick was first
    const last = this.carryOut();
    if (last === WAIT && this.head === null) return false;
    this.answer.resolve(new Response(this.responseBody(last), this.head)); // it copies bytes, before they are freed
    if (last !== WAIT) this.close();
    return true;
  }

  responseBody(last) {
    if (last === END) return this.takeWritten();
    if (last === WAIT) {
      this.stream = new ResponseStream(this);
      return this.stream.readable;
    }
    this.piped = true;
    return this.find(this.instance.arguments()[0]).reply.body;
  }

  /** Carries out the commands of the core. The last one is returned: WAIT, PIPE, or END when the response is complete. */
  carryOut() {
    const { instance } = this;
    this.due = NOTHING;
    for (;;) {
      const command = this.calls.lp_next(this.handle);
      const given = instance.arguments();
      switch (command) {
        case READ:
          this.wantedBody = { size: given[0], encoding: given[1] };
          break;
        case FETCH:
          this.fetch(given);
          break;
        case ABORT:
          this.find(given[0])?.abort();
          this.remove(given[0]);
          break;
        case HEAD: {
          const headers = addHeaders(textOf(instance.memory(), given[1], given[2]), { ...instance.responseHeaders });
          headers["x-request-id"] ??= this.id;
          this.head = { status: given[0], headers };
          break;
        }
        case WRITE: {
          const bytes = instance.slice(given[0], given[1]);
          const isLast = given[2] !== 0;
          // The last bytes of a response that begins now are copied once, by Response.
          this.written.push(isLast && this.stream === null ? bytes : bytes.slice());
          if (isLast) return END;
          break;
        }
        default:
          return command;
      }
    }
  }

  /** `given` are the arguments of LP_FETCH. */
  fetch(given) {
    const { instance } = this;
    const [id, head, headSize, body, spans, size, flags, credential, credentialSize] = given;
    const memory = instance.memory();
    const key = credentialSize > 0 ? textOf(memory, credential, credentialSize) : "";
    const { url, ...init } = upstreamHead(textOf(memory, head, headSize), key, instance.upstreamHeaders);
    init.redirect = "manual";
    if (size > 0) init.body = bodyOf(this, body, spans, size);
    else if (flags & SENDS_REQUEST_BODY) init.body = this.request.body;
    if (this.signal !== null) init.signal = this.signal;
    this.upstreams.push(new Upstream(id, url, init, (flags & WANTS_REPLY_HEADERS) !== 0));
  }

  find(id) {
    return this.upstreams.find((upstream) => upstream.id === id);
  }

  remove(id) {
    this.upstreams = this.upstreams.filter((upstream) => upstream.id !== id);
  }

  takeWritten() {
    const { written } = this;
    this.written = [];
    return written.length > 1 ? joined(written) : (written[0] ?? null);
  }

  async readRequest({ size, encoding }) {
    const { instance } = this;
    this.wantedBody = null;
    try {
      const whole = mayBeWhole(size, instance.asked);
      if (whole) this.countAsked(size);
      await readBody(this.request, whole, ENCODINGS[encoding], (bytes) => this.putRequest(bytes));
      this.countAsked(0);
    } catch (error) {
      if (error instanceof DeadInstance || this.ended) throw error;
      this.calls.lp_request_fail(this.handle); // it broke off, or is not encoded as it says
      return;
    }
    this.calls.lp_request_end(this.handle);
  }

  /** This many bytes of the body are being read in one piece. */
  countAsked(size) {
    this.instance.asked += size - this.asked;
    this.asked = size;
  }

  get isLarge() {
    return this.bodySize > PIECE;
  }

  /** False when the core wants no more. */
  putRequest(bytes) {
    if (bytes.length === 0) return true;
    if (!this.instance.put(bytes, this.calls.lp_request_reserve(this.handle, bytes.length))) return false;
    this.calls.lp_request_take(this.handle, bytes.length);
    const wasLarge = this.isLarge;
    this.bodySize += bytes.length;
    if (this.isLarge && !wasLarge) {
      this.watchClient();
      this.instance.largeSince = Date.now();
    }
    return true;
  }

  /** Waits for the next thing that an upstream does, and tells the core. */
  async nextEvent() {
    // A body that is short is read in one piece as long as nobody waits for a part of it.
    const whole = this.head === null;
    const next = (upstream) => upstream.next(whole).then(() => upstream, () => upstream);
    const upstream = this.upstreams.length === 1 ? this.upstreams[0] : await Promise.race(this.upstreams.map(next));
    const pending = upstream.next(whole);
    let result = FAILED;
    try {
      result = await pending;
    } catch {
      // It stays that.
    }
    // It was aborted meanwhile, or run() has told the core for the stream.
    if (upstream.pending !== pending || this.find(upstream.id) === undefined) return;
    upstream.pending = null;
    if (result instanceof Response) this.putReplyHead(upstream, result);
    else this.putReply(upstream, result);
  }

  putReplyHead(upstream, reply) {
    upstream.reply = reply;
    let block = "";
    if (upstream.wantsHeaders) for (const [name, value] of reply.headers) block += `${name}: ${value}\n`;
    const size = block === "" ? 0 : this.instance.writeInput(block);
    this.due = this.calls.lp_reply_head(this.handle, upstream.id, reply.status, size);
  }

  /** `result` is what a reader read, a whole body, or FAILED. */
  putReply({ id }, result) {
    const bytes = result instanceof ArrayBuffer ? new Uint8Array(result) : result.value;
    if (bytes?.length > 0) {
      const room = this.calls.lp_reply_reserve(this.handle, id, bytes.length);
      this.due = this.instance.put(bytes, room) ? this.calls.lp_reply_take(this.handle, id, bytes.length) : COMMANDS;
    }
    if (result.done === false) return;
    this.remove(id);
    if (result === FAILED) this.calls.lp_reply_fail(this.handle, id);
    else this.calls.lp_reply_end(this.handle, id);
    this.due = COMMANDS;
  }

  setTimer() {
    this.timer = setTimeout(() => this.tick(), this.nextTick - this.lastTick);
  }

  /** Tells the core how much time passed, which may end what it waits for. */
  tick() {
    if (this.ended) return;
    try {
      this.watchClient();
      const now = Date.now();
      const passed = now - this.lastTick;
      this.lastTick = now;
      if (this.stream?.isUnread(passed)) {
        this.nextTick = now + FIRST_TICK_MS;
      } else {
        this.nextTick = now + this.calls.lp_tick(this.handle, passed);
        if (this.stream === null) this.beginResponse();
        else this.stream.flush();
      }
      if (!this.ended) this.setTimer();
    } catch {
      this.collapse();
    }
  }

  /**
   * Ends the exchange when its client leaves, even while nothing is written to it. The runtime ends the request of a
   * client that leaves, with its fetches and timers, and says so by this signal alone. To watch it costs more than all
   * the rest of a small exchange, so that begins with the first tick. A client that left before that is known by the tick
   * that does not come (see Instance.sweep).
   */
  watchClient() {
    if (this.signal !== null) return;
    this.signal = this.request.signal;
    this.signal.addEventListener("abort", () => this.loseClient());
  }

  /** The client left. */
  loseClient() {
    if (this.ended) return;
    try {
      this.calls.lp_client_lost(this.handle);
      this.carryOut();
      this.close();
    } catch {
      this.fail();
    }
  }

  /** Ends the exchange after an error, and the response with it. */
  collapse() {
    if (this.ended) return;
    try {
      if (this.stream === null) this.answer.reject(new DeadInstance());
      else this.stream.collapse();
    } finally {
      this.fail();
    }
  }

  fail() {
    for (const upstream of this.upstreams) upstream.abort();
    this.upstreams = [];
    this.close();
  }

  /** Ends the exchange. A response that is piped goes on without it. */
  close() {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.timer);
    this.stream?.stopHolding();
    // A supplier may answer before it has read all of the request, and wants the rest as long as its answer is read.
    if (!this.piped) for (const writer of this.uploads) writer.abort().catch(() => {});
    this.free();
  }

  /** Frees what the exchange holds, once it is over and the runtime reads none of it any more. */
  free() {
    if (!this.ended || this.uploads.size > 0) return;
    this.countAsked(0);
    this.instance.open.delete(this);
    if (this.isLarge) this.instance.lastLarge = Date.now();
    if (!this.instance.dead && this.handle !== 0) this.instance.calls.lp_exchange_free(this.handle);
    this.handle = 0;
  }
}
