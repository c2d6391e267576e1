// The body of a response that began before all of it was there.
import { COMMANDS, END, NOTHING } from "./commands.js";
import { fatal } from "./pool.js";

// How long a client may read nothing while there is something for it: what waits holds memory.
const MAX_UNREAD_MS = 5 * 60 * 1000;

export class ResponseStream {
  constructor(exchange) {
    this.exchange = exchange;
    this.windowMs = exchange.instance.windowMs;
    this.windowEnd = 0; // until then what is there may be held, and merged with what comes
    this.windowTimer = null;
    this.flushed = false; // that timer has written
    this.lastChunk = 0; // when it came
    this.pulling = false; // the client wants more than there is
    this.unreadMs = 0; // since it last did
    this.heldAt = exchange.calls.lp_held(exchange.handle) >>> 0; // where the core says which bytes it holds
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

  /** Returns when something was written: the runtime does not pull again before. */
  async pull() {
    const { exchange } = this;
    this.pulling = true;
    this.unreadMs = 0;
    try {
      while (!exchange.ended) {
        if (exchange.due !== NOTHING || exchange.written.length > 0) {
          if (!this.mayWrite()) this.hold();
          else if (this.flush()) return;
          else continue;
        }
        await exchange.nextEvent();
        if (exchange.due === COMMANDS && exchange.carryOut() === END) this.end();
        if (this.flushed) {
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
   * May what came now be written at once? Not inside the window of the last write; but a stream that brings fewer than
   * three chunks in a window is too slow for a hold to save anything, as its timer costs as much as the write.
   */
  mayWrite() {
    const now = Date.now();
    const gap = now - this.lastChunk;
    this.lastChunk = now;
    return now >= this.windowEnd || gap * 3 >= this.windowMs;
  }

  /** Writes all there is, and begins a new window. False when there was nothing. */
  flush() {
    this.stopHolding();
    const last = this.exchange.carryOut();
    const wrote = this.write();
    if (wrote) this.windowEnd = Date.now() + this.windowMs;
    if (last === END) this.end();
    return wrote;
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

  /** Writes what is held when the window ends, whatever the supplier does. */
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
    clearTimeout(this.windowTimer);
    this.windowTimer = null;
  }

  /**
   * Time passed. True when the client does not read what is there: then the supplier is not waited for, and the time does
   * not count as its silence. A client that does not read for too long has left.
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

  /** Ends after an error: with what the core still held for the client, and an error event. */
  collapse() {
    const { instance, written } = this.exchange;
    const [address, size] = instance.table(this.heldAt, 2);
    written.push(instance.slice(address, size).slice(), fatal.event.slice());
    this.write();
    this.controller.close();
  }
}
