// Heads, which cross the boundary as lines of text (see wasm/http/head.h), and become what fetch() and Response take.

const decoder = new TextDecoder();

// Most heads are the same each time, and to make strings and records of bytes costs more than to see that it is so.
// What is longer than this, or has bytes beyond ASCII, is made anew each time.
const LONGEST = 256;
const SLOTS = 64;

/** What `parse` makes of heads, kept for those that came lately. No head holds a key (see LP_FETCH). */
export class Heads {
  constructor(parse) {
    this.parse = parse;
    this.texts = new Array(SLOTS).fill("");
    this.values = new Array(SLOTS).fill(null);
  }

  get(memory, address, size) {
    if (size > LONGEST) return this.parse(textOf(memory, address, size));
    let hash = size;
    for (let i = 0; i < size; i++) hash = (hash * 31 + memory[address + i]) & 0xffffff;
    const slot = hash % SLOTS;
    if (this.values[slot] !== null && isText(this.texts[slot], memory, address, size)) return this.values[slot];
    const text = textOf(memory, address, size);
    const value = this.parse(text);
    if (text.length === size) {
      this.texts[slot] = text;
      this.values[slot] = value;
    }
    return value;
  }
}

export function textOf(memory, address, size) {
  return decoder.decode(memory.subarray(address, address + size));
}

function isText(text, memory, address, size) {
  if (text.length !== size) return false;
  for (let i = 0; i < size; i++) {
    if (text.charCodeAt(i) !== memory[address + i]) return false;
  }
  return true;
}

/** Adds "name: value" lines to a record, and returns it. No name comes twice. */
export function addHeaders(block, headers) {
  for (let begin = 0; begin < block.length; ) {
    const end = block.indexOf("\n", begin);
    const colon = block.indexOf(": ", begin);
    headers[block.slice(begin, colon)] = block.slice(colon + 2, end);
    begin = end + 1;
  }
  return headers;
}

/** The head of a fetch. Where its last line has no end, the key of the request belongs. */
export function upstreamHead(text, commonHeaders) {
  const method = text.indexOf("\n");
  const url = text.indexOf("\n", method + 1);
  const lines = text.lastIndexOf("\n") + 1;
  const colon = text.indexOf(": ", lines);
  return {
    method: text.slice(0, method),
    url: text.slice(method + 1, url),
    headers: addHeaders(text.slice(url + 1, lines), { ...commonHeaders }),
    keyName: colon < 0 ? "" : text.slice(lines, colon),
    keyPrefix: colon < 0 ? "" : text.slice(colon + 2),
  };
}
