// One request: carries out what the core commands, and tells it what happens.
import {
  ABORT, COMMANDS, ENCODINGS, END, FETCH, FIRST_TICK_MS, HEAD, NOTHING, PIPE, READ, SENDS_REQUEST_BODY, WAIT, WANTS_REPLY_HEADERS, WRITE,
} from "./commands.js";
import { addHeaders, textOf, upstreamHead } from "./heads.js";
import { DeadInstance } from "./instance.js";
import { mayBeWhole, readBody } from "./request_body.js";
import { ResponseStream } from "./stream.js";
import { joined, PIECE, upload, Upstream, views } from "./upstream.js";

// Small integers are numbers that cost nothing.
const MAX_SEED = 2 ** 30;

/** The exchange ended while something was waited for: its client left, or time was up. */
export class Over extends Error {}

export class Exchange {
  constructor(instance, request, ctx) {
    this.instance = instance;
    this.request = request;
    this.ctx = ctx;
    this.upstreams = []; // that are not over
    this.head = null; // of the response
    this.written = []; // of the response, and not passed on yet
    this.reading = null; // the arguments of LP_READ, until it is carried out
    this.asked = 0; // bytes of the body that are asked for at once
    this.bodySize = 0; // of what the core took
    this.ended = false;
    this.due = NOTHING; // in the core
    this.uploads = new Set(); // writers of bodies that are being sent out of memory
    this.piped = false; // the rest of the response is a reply's own body
    this.signal = null; // of the client, when it is watched
    this.isLarge = false; // it holds a large request
    this.timer = null; // of the next tick
    this.lastTick = Date.now();
    this.nextTick = this.lastTick + FIRST_TICK_MS;
    this.answer = null; // settles what the runtime waits for, as long as the response has not begun
    this.stream = null; // the rest of the response, when it has begun before all of it is there
    this.handle = 0;
    // Of ids, which are no secrets.
    this.seedLow = Math.floor(Math.random() * MAX_SEED);
    this.seedHigh = Math.floor(Math.random() * MAX_SEED);
    this.id = `req_${this.seedHigh}${this.seedLow}`;
  }

  /** The exports of the instance; none of them may be called on an exchange that is over. */
  get calls() {
    if (this.ended) throw new Over();
    if (this.instance.dead) throw new DeadInstance();
    return this.instance.calls;
  }

  /** Ends the exchange. A piped reply goes on without it. */
  close() {
    if (this.ended) return;
    this.ended = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.stream?.stopHolding();
    // A supplier may answer before it has read all of the request, and still wants the rest.
    if (!this.piped) for (const writer of this.uploads) writer.abort().catch(() => {});
    this.free();
  }

  /** Frees what the exchange holds, once it is over and nothing is sent out of it any more. */
  free() {
    if (!this.ended || this.uploads.size > 0) return;
    this.instance.open.delete(this);
    this.countAsked(0);
    if (!this.instance.dead && this.handle !== 0) this.instance.calls.lp_exchange_free(this.handle);
    if (!this.isLarge) return;
    this.isLarge = false;
    this.instance.large--;
    this.instance.lastLarge = Date.now();
  }

  /** Ends after an error. */
  fail() {
    this.abortAll();
    this.close();
  }

  /** Fails, and tells whoever waits for the response. */
  collapse() {
    if (this.ended) return; // the client went away
    this.fail();
    if (this.stream) this.stream.collapse();
    else this.answer.reject(new DeadInstance());
  }

  /**
   * Frees the exchange also when the client goes away while nothing is written to it: then the runtime ends the
   * request without a word, and with it the connection upstream and the timer. To look out for that from the beginning
   * would cost a small exchange more than all the rest of it; what was left before the first tick is told by the tick
   * that does not come (see Instance.sweep).
   */
  watchClient() {
    if (this.signal !== null) return;
    this.signal = this.request.signal;
    this.signal.addEventListener("abort", () => this.loseClient());
  }

  /** From when the core has taken a large body of it. */
  countAsLarge() {
    if (this.isLarge || this.ended) return;
    this.watchClient();
    this.isLarge = true;
    this.instance.large++;
    this.instance.largeSince = Date.now();
  }

  /** Of its body, so many bytes are asked for at once. */
  countAsked(size) {
    this.instance.asked += size - this.asked;
    this.asked = size;
  }

  setTimer() {
    this.timer = setTimeout(() => this.tick(), this.nextTick - this.lastTick);
  }

  /** Tells the core how much time passed; it may be done with waiting. */
  tick() {
    if (this.ended) return;
    try {
      this.watchClient();
      const now = Date.now();
      const passed = now - this.lastTick;
      this.lastTick = now;
      if (this.stream?.isUnread(passed)) {
        this.nextTick = now + FIRST_TICK_MS;
        if (!this.ended) this.setTimer();
        return;
      }
      this.nextTick = now + this.calls.lp_tick(this.handle, passed);
      if (this.stream) this.stream.flush();
      else this.answerIfDue();
      if (!this.ended) this.setTimer();
    } catch {
      this.collapse();
    }
  }

  /** What run() waits for did not happen, and the response is another one. */
  answerIfDue() {
    const response = this.carryOutUntilResponse();
    if (response !== null) this.answer.resolve(response);
  }

  /** The client went away: nothing upstream needs to go on. */
  loseClient() {
    if (this.ended) return;
    try {
      this.calls.lp_client_lost(this.handle);
      while (this.next() !== WAIT);
      this.close();
    } catch {
      this.fail();
    }
  }

  find(id) {
    return this.upstreams.find((upstream) => upstream.id === id);
  }

  remove(upstream) {
    const index = this.upstreams.indexOf(upstream);
    if (index >= 0) this.upstreams.splice(index, 1);
  }

  abortAll() {
    for (const upstream of this.upstreams) upstream.abort();
    this.upstreams = [];
  }

  /** A promise of the response. It begins when run() comes to it, or when a tick ends the waiting. */
  respond() {
    return new Promise((resolve, reject) => {
      this.answer = { resolve, reject };
      this.run().then(resolve, reject);
    });
  }

  async run() {
    const { instance } = this;
    const size = instance.write(this.requestHead());
    this.handle = this.calls.lp_exchange_new(size, Date.now() / 1000, this.seedLow, this.seedHigh);
    instance.open.add(this);
    for (;;) {
      const response = this.carryOutUntilResponse();
      if (response !== null) return response;
      if (this.timer === null) this.setTimer();
      if (this.reading === null) await this.event();
      else await this.readRequest();
    }
  }

  /** Carries out what is due. The response, if that can begin now; null when something must happen before. */
  carryOutUntilResponse() {
    const { instance } = this;
    for (;;) {
      switch (this.next()) {
        case READ:
          this.reading = [...instance.arguments()];
          return null;
        case PIPE:
          return this.pipe();
        case WRITE:
          if (this.isWhole(instance.arguments())) return this.respondWhole(instance.arguments());
          this.keepWritten();
          break;
        case END:
          this.close();
          return new Response(this.takeWritten(), this.head);
        case WAIT:
          this.due = NOTHING;
          if (!this.head) return null;
          this.stream = new ResponseStream(this);
          return new Response(this.stream.readable, this.head);
      }
    }
  }

  /** Carries out the next command and returns its kind. */
  next() {
    const { instance } = this;
    const kind = this.calls.lp_next(this.handle);
    const given = instance.arguments();
    switch (kind) {
      case FETCH:
        this.fetch(given);
        break;
      case ABORT: {
        const upstream = this.find(given[0]);
        upstream?.abort();
        this.remove(upstream);
        break;
      }
      case HEAD: {
        const headers = addHeaders(textOf(instance.memory(), given[1], given[2]), { ...instance.commonHeaders });
        headers["x-request-id"] ??= this.id;
        this.head = { status: given[0], headers };
        break;
      }
    }
    return kind;
  }

  /** Is this write the whole body of the response? */
  isWhole(given) {
    return given[2] !== 0 && this.written.length === 0;
  }

  /** All of the response at once. Its bytes are copied out of memory here (see bodyOf). */
  respondWhole(given) {
    const response = new Response(this.instance.memory().subarray(given[0], given[0] + given[1]), this.head);
    this.close();
    return response;
  }

  /** The bytes of the last command, which are gone at the next one. */
  keepWritten() {
    const given = this.instance.arguments();
    this.written.push(this.instance.copy(given[0], given[1]));
  }

  takeWritten() {
    const written = this.written;
    if (written.length === 0) return null;
    this.written = [];
    return written.length === 1 ? written[0] : joined(written);
  }

  /** As the arguments of LP_READ say. */
  async readRequest() {
    const [size, encoding] = this.reading;
    this.reading = null;
    try {
      const whole = mayBeWhole(size, this.instance.asked);
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

  /** Method, URL, and the headers that are on the allow-list. To look each up costs less than to go through all there are. */
  requestHead() {
    const { method, url, headers } = this.request;
    let head = `${method}\n${url}\n`;
    for (const name of this.instance.requestHeaders) {
      const value = headers.get(name);
      if (value !== null) head += `${name}: ${value}\n`;
    }
    return head;
  }

  /** False when the core wants no more. */
  putRequest(bytes) {
    if (bytes.length === 0) return true;
    const address = this.calls.lp_request_reserve(this.handle, bytes.length) >>> 0;
    if (address === 0) return false;
    this.instance.memory().set(bytes, address);
    this.calls.lp_request_take(this.handle, bytes.length);
    this.bodySize += bytes.length;
    if (this.bodySize > PIECE) this.countAsLarge();
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

  putReplyHead({ id, flags, reply }) {
    let size = 0;
    if (flags & WANTS_REPLY_HEADERS) {
      let block = "";
      for (const [name, value] of reply.headers) block += `${name}: ${value}\n`;
      size = this.instance.write(block);
    }
    this.due = this.calls.lp_reply_head(this.handle, id, reply.status, size);
  }

  /** `given` are the arguments of LP_FETCH, by the numbers that wasm/exports/llmproxy.h tells. */
  fetch(given) {
    const { instance } = this;
    const flags = given[6];
    const head = upstreamHead(textOf(instance.memory(), given[1], given[2]), instance.commonUpstreamHeaders);
    const { method, headers } = head;
    if (given[8] > 0) headers[head.credentialName] = head.credentialPrefix + textOf(instance.memory(), given[7], given[8]);
    const init = { method, headers, redirect: "manual" };
    if (given[5] > 0) init.body = this.bodyOf(given[3], given[4], given[5]);
    else if (flags & SENDS_REQUEST_BODY) init.body = this.request.body;
    if (this.signal) init.signal = this.signal;
    this.upstreams.push(new Upstream(given[0], head.url, init, flags));
  }

  /**
   * What is small and in one piece goes out of memory as it is: fetch() and Response copy the bytes that they are given
   * before they return. https://fetch.spec.whatwg.org/#concept-bodyinit-extract
   */
  bodyOf(address, spans, size) {
    if (spans === 0 && size <= PIECE) return this.instance.memory().subarray(address, address + size);
    const table = spans === 0 ? [address, size] : this.instance.table(address, spans * 2);
    if (size <= PIECE) return joined(views(table, this.instance.memory()));
    const { readable, writable } = new FixedLengthStream(size);
    const isOver = () => (this.ended && !this.piped) || this.instance.dead;
    const writer = writable.getWriter();
    const done = () => {
      this.uploads.delete(writer);
      this.free();
    };
    this.uploads.add(writer);
    this.ctx.waitUntil(upload(table, () => this.instance.memory(), isOver, writer).then(done, done));
    return readable;
  }

  /** A promise of the upstream to which something happens next. */
  nextUpstream(whole) {
    return Promise.race(this.upstreams.map((upstream) => upstream.happens(whole)));
  }

  /** Waits for the next thing to happen, and tells the core. */
  async event() {
    // As long as the response has not begun, nobody waits for a part of a body.
    const whole = this.head === null;
    const upstream = this.upstreams.length === 1 ? this.upstreams[0] : await this.nextUpstream(whole);
    let result;
    try {
      result = await upstream.next(whole);
      if (!this.upstreams.includes(upstream)) return; // it was given up meanwhile
    } catch {
      this.remove(upstream);
      this.calls.lp_reply_fail(this.handle, upstream.id);
      this.due = COMMANDS;
      return;
    }
    upstream.pending = null;
    if (upstream.reply === null) {
      upstream.reply = result;
      this.putReplyHead(upstream);
    } else if (result instanceof ArrayBuffer) {
      this.remove(upstream);
      this.putReply(upstream.id, new Uint8Array(result));
      this.endReply(upstream.id);
    } else if (result.done) {
      this.remove(upstream);
      this.endReply(upstream.id);
    } else {
      this.putReply(upstream.id, result.value);
    }
  }

  endReply(id) {
    this.calls.lp_reply_end(this.handle, id);
    this.due = COMMANDS;
  }

  pipe() {
    const { reply } = this.find(this.instance.arguments()[0]);
    this.piped = true;
    this.close();
    return new Response(reply.body, this.head);
  }

  /** Carries out all that is due; true when that was the end of the response. */
  carryOut() {
    this.due = NOTHING;
    for (;;) {
      const kind = this.next();
      if (kind === WRITE) this.keepWritten();
      if (kind === WAIT) return false;
      if (kind === END) return true;
    }
  }
}
