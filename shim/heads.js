// Heads, which cross the boundary as lines of text (see wasm/http/head.h), and become what fetch() and Response take.

const decoder = new TextDecoder();

export function textOf(memory, address, size) {
  return decoder.decode(memory.subarray(address, address + size));
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

/** The head of a fetch. Where its last line has no end, the credential belongs: that crosses in its own slot. */
export function upstreamHead(text, commonHeaders) {
  const method = text.indexOf("\n");
  const url = text.indexOf("\n", method + 1);
  const lines = text.lastIndexOf("\n") + 1;
  const colon = text.indexOf(": ", lines);
  return {
    method: text.slice(0, method),
    url: text.slice(method + 1, url),
    headers: addHeaders(text.slice(url + 1, lines), { ...commonHeaders }),
    credentialName: colon < 0 ? "" : text.slice(lines, colon),
    credentialPrefix: colon < 0 ? "" : text.slice(colon + 2),
  };
}
