// One fetch of the core's: its head, then its body, as things that happen.

// Up to this size a body is handled in one piece.
export const PIECE = 256 * 1024;
// A larger one is sent in pieces of this size: few wake-ups, and each still fits the processor's cache.
const LARGE_PIECE = 512 * 1024;

export class Upstream {
  constructor(id, url, init, flags) {
    this.id = id;
    this.flags = flags; // of LP_FETCH
    this.reply = null;
    this.reader = null;
    this.aborted = false;
    this.pending = fetch(url, init);
  }

  /**
   * May the whole body be asked for at once? Only when it is known to be small. The runtime decodes what is encoded, and
   * the length is that of the encoded bytes: a few hundred of them may become a gigabyte.
   */
  get isShort() {
    const { headers } = this.reply;
    const size = Number(headers.get("content-length"));
    return size > 0 && size <= PIECE && !headers.has("content-encoding");
  }

  /**
   * The next thing to happen, until `pending` is null again: the Response first, then what its reader reads, or with
   * `whole` the body as an ArrayBuffer if it is one piece.
   */
  next(whole) {
    if (this.pending === null && whole && this.reader === null && this.isShort) {
      this.pending = this.reply.arrayBuffer();
    } else if (this.pending === null) {
      this.reader ??= this.reply.body?.getReader() ?? { read: async () => ({ done: true }) };
      this.pending = this.reader.read();
    }
    return this.pending;
  }

  /** A promise of itself, for when the next thing has happened, a failure included. */
  happens(whole) {
    const self = () => this;
    return this.next(whole).then(self, self);
  }

  /**
   * Closes the connection; where there is no reply yet, as soon as there is one. (That the client went away
   * reaches a fetch sooner, by the signal of its request.)
   */
  abort() {
    this.aborted = true;
    const gone = () => {};
    if (this.reader) this.reader.cancel?.().catch(gone);
    else if (this.reply) this.reply.body?.cancel().catch(gone);
    else this.pending.then((reply) => reply.body?.cancel()).catch(gone);
  }
}

/** The spans of a table (addresses and sizes), where they are in memory. */
export function views(table, memory) {
  const pieces = [];
  for (let i = 0; i < table.length; i += 2) pieces.push(memory.subarray(table[i], table[i] + table[i + 1]));
  return pieces;
}

/** A copy of all pieces, one behind the other. */
export function joined(pieces) {
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/**
 * Writes the spans of a table to a stream, right out of memory: nothing of it may change or be freed until this
 * is done. `isOver()` says when nobody wants the rest.
 */
export async function upload(table, memory, isOver, writer) {
  for (let i = 0; i < table.length; i += 2) {
    const end = table[i] + table[i + 1];
    for (let begin = table[i]; begin < end; begin += LARGE_PIECE) {
      if (isOver()) {
        await writer.abort();
        return;
      }
      await writer.write(memory().subarray(begin, Math.min(begin + LARGE_PIECE, end)));
    }
  }
  await writer.close();
}
