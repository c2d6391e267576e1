// The body of the request, in pieces, as the core takes it.
import { FIRST_PIECE } from "./commands.js";

// Up to this size a body is asked for at once. The runtime takes memory for it as it comes, and the core counts it when
// all of it is there; so no more than this is asked for at once in all.
const MAX_WHOLE = 128 * 1024;
const MAX_WHOLE_IN_ALL = 8 * 1024 * 1024;
// A piece is at most this part of what came before it: what is held here for an upload that stops is little beside what
// the core counts of it. Few pieces are few wake-ups, and the largest still fits the processor's cache.
const PART = 1 / 2;
const MAX_PIECE = 512 * 1024;
// After a piece that took longer, each comes as it is there: the core takes an upload of which it hears nothing for long
// to have stopped.
const SLOW_MS = 1000;

/** May a body of `size` bytes (0: not known) be asked for at once, where `asked` bytes of others are? */
export function mayBeWhole(size, asked) {
  return size > 0 && size <= MAX_WHOLE && asked + size <= MAX_WHOLE_IN_ALL;
}

/**
 * Reads the body of `request`, with `whole` at once. It is `encoded` as DecompressionStream calls it ("": not at all).
 * `take` gets each piece, and says whether it wants more. Rejects when the body breaks off or cannot be decoded.
 */
export async function readBody(request, whole, encoded, take) {
  // In this order: the getter of the body makes a stream of it, which costs as much as to read a small one.
  if (whole) take(new Uint8Array(await request.arrayBuffer()));
  else if (request.body) await readPieces(encoded ? request.body.pipeThrough(new DecompressionStream(encoded)) : request.body, take);
}

async function readPieces(body, take) {
  const reader = body.getReader({ mode: "byob" });
  let buffer = new ArrayBuffer(FIRST_PIECE);
  let came = 0;
  let slow = false;
  for (;;) {
    const before = Date.now();
    const { value, done } = await reader.readAtLeast(slow ? 1 : buffer.byteLength, new Uint8Array(buffer));
    if (value && !take(value)) return reader.cancel();
    if (done) return undefined;
    slow = Date.now() - before > SLOW_MS;
    came += value.length;
    const size = Math.min(Math.max(came * PART, FIRST_PIECE), MAX_PIECE) | 0;
    buffer = size === value.buffer.byteLength ? value.buffer : new ArrayBuffer(size);
  }
}
