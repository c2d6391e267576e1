// One fetch: its reply as things that happen, and the body that it sends.

// Up to this size a body is handled in one piece.
export const PIECE = 256 * 1024;
// A larger one is sent in pieces of this size: few wake-ups, and each still fits the processor's cache.
const LARGE_PIECE = 512 * 1024;

export class Upstream {
  constructor(id, url, init, wantsHeaders) {
    this.id = id;
    this.wantsHeaders = wantsHeaders;
    this.reply = null;
    this.reader = null;
    this.pending = fetch(url, init); // what happens next; null until it is asked for
  }

  /** Is the body known to be short? A length says nothing of an encoded body, which the runtime decodes. */
  get isShort() {
    const { headers } = this.reply;
    const size = Number(headers.get("content-length"));
    return size > 0 && size <= PIECE && !headers.has("content-encoding");
  }

  /** A promise of what comes next: the reply, then what its reader reads; with `whole`, a short body as an ArrayBuffer. */
  next(whole) {
    if (this.pending !== null) return this.pending;
    if (whole && this.reader === null && this.isShort) {
      this.pending = this.reply.arrayBuffer();
    } else {
      this.reader ??= this.reply.body?.getReader() ?? { read: async () => ({ done: true }) };
      this.pending = this.reader.read();
    }
    return this.pending;
  }

  /** Closes the connection: at once, or as soon as there is a reply. */
  abort() {
    const ignore = () => {};
    if (this.reader !== null) this.reader.cancel?.().catch(ignore);
    else if (this.reply !== null) this.reply.body?.cancel().catch(ignore);
    else this.pending.then((reply) => reply.body?.cancel()).catch(ignore);
  }
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
 * The body of a fetch, which is one range of memory or a table of spans. fetch() copies the bytes that it is given before
 * it returns (https://fetch.spec.whatwg.org/#concept-bodyinit-extract); a large body is read out of memory as it is sent.
 */
export function bodyOf(exchange, address, spans, size) {
  const { instance } = exchange;
  if (spans === 0 && size <= PIECE) return instance.slice(address, size);
  const table = spans === 0 ? [address, size] : instance.table(address, spans * 2);
  if (size > PIECE) return upload(exchange, table, size);
  const pieces = [];
  for (let i = 0; i < table.length; i += 2) pieces.push(instance.slice(table[i], table[i + 1]));
  return joined(pieces);
}

/** A stream of the spans. Until it is written, the exchange stays alive and is not freed. */
function upload(exchange, table, size) {
  const { readable, writable } = new FixedLengthStream(size);
  const writer = writable.getWriter();
  const done = () => {
    exchange.uploads.delete(writer);
    exchange.free();
  };
  exchange.uploads.add(writer);
  exchange.ctx.waitUntil(send(exchange, table, writer).then(done, done));
  return readable;
}

async function send(exchange, table, writer) {
  const { instance } = exchange;
  for (let i = 0; i < table.length; i += 2) {
    const end = table[i] + table[i + 1];
    for (let begin = table[i]; begin < end; begin += LARGE_PIECE) {
      if ((exchange.ended && !exchange.piped) || instance.dead) return writer.abort();
      await writer.write(instance.slice(begin, Math.min(LARGE_PIECE, end - begin)));
    }
  }
  return writer.close();
}
