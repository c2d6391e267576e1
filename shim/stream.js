// The rest of a response that has begun, as the client reads it: when what is there is written, and what is held.
import { COMMANDS, NOTHING } from "./commands.js";
import { farewell } from "./instance.js";

// How long a client may read nothing of what is there for it: what waits holds memory.
const MAX_UNREAD_MS = 5 * 60 * 1000;

export class ResponseStream {
  constructor(exchange) {
    this.exchange = exchange;
    this.windowMs = exchange.instance.windowMs;
    this.windowEnd = 0; // until when what is due may be held
    this.windowTimer = null;
    this.flushed = false; // by that timer
    this.lastChunk = 0; // when it came
    this.pulling = false; // the client wants more than there is
    this.unreadMs = 0; // since it did
    this.held = exchange.calls.lp_held(exchange.handle) >>> 0; // where the core says what it holds
    this.controller = null;
    this.readable = new ReadableStream(
      {
        start: (controller) => {
          this.controller = controller;
        },
        pull: () => this.pull(),
        cancel: () => exchange.loseClient(),
      },
      { highWaterMark: 0 },
    );
  }

  async pull() {
    const { exchange } = this;
    this.pulling = true;
    this.unreadMs = 0;
    try {
      while (!exchange.ended) {
        if (exchange.due !== NOTHING || exchange.written.length > 0) {
          const now = Date.now();
          const gap = now - this.lastChunk;
          this.lastChunk = now;
          if (this.mayWrite(now, gap)) {
            if (this.flush()) return;
            continue; // a pull that wrote nothing is not followed by another
          }
          this.hold();
        }
        await exchange.event();
        if (exchange.due === COMMANDS && exchange.carryOut()) {
          this.end();
        } else if (this.flushed) {
          this.flushed = false;
          return;
        }
      }
    } catch {
      exchange.collapse();
    } finally {
      this.pulling = false;
    }
  }

  /**
   * Time passed. Does the client not read what is there? Then nothing of the supplier is waited for, and the time is none
   * of its silence. A client that does not for too long is taken for lost.
   */
  isUnread(ms) {
    if (this.pulling) return false;
    this.unreadMs += ms;
    if (this.unreadMs >= MAX_UNREAD_MS) {
      this.exchange.loseClient();
      this.controller.error(new Error("The client does not read its answer."));
    }
    return true;
  }

  /**
   * A stream that brings fewer than three chunks in a window is too slow for a hold to save anything: the timer costs
   * as much as the write.
   */
  mayWrite(now, gap) {
    return now >= this.windowEnd || gap * 3 >= this.windowMs;
  }

  /** Writes what there is to write, if anything, and then a new window begins. Was there anything? */
  flush() {
    this.stopHolding();
    const over = this.exchange.carryOut();
    const writes = this.write();
    if (writes) this.windowEnd = Date.now() + this.windowMs;
    if (over) this.end();
    return writes;
  }

  write() {
    const bytes = this.exchange.takeWritten();
    if (bytes !== null) this.controller.enqueue(bytes);
    return bytes !== null;
  }

  end() {
    this.write();
    this.exchange.close();
    this.controller.close();
  }

  /** Sees to it that what is held is written when the window is over, whatever the supplier does. */
  hold() {
    if (this.windowTimer !== null) return;
    this.windowTimer = setTimeout(() => {
      this.windowTimer = null;
      if (this.exchange.ended) return;
      try {
        this.flushed = this.flush();
      } catch {
        this.exchange.collapse();
      }
    }, this.windowEnd - Date.now());
  }

  stopHolding() {
    if (this.windowTimer === null) return;
    clearTimeout(this.windowTimer);
    this.windowTimer = null;
  }

  /** Ends after an error of the exchange. What was written before, and is held, still belongs to the client. */
  collapse() {
    const { instance, written } = this.exchange;
    const [address, size] = instance.table(this.held, 2);
    written.push(instance.copy(address, size), farewell.event.slice());
    this.write();
    this.controller.close();
  }
}
