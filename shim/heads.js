// Heads cross the boundary as lines of text (see wasm/http/head.h).

const decoder = new TextDecoder();

export function textOf(memory, address, size) {
  return decoder.decode(memory.subarray(address, address + size));
}

/** Adds "name: value" lines to a record of headers, and returns it. No name comes twice. */
export function addHeaders(block, headers) {
  for (let begin = 0; begin < block.length; ) {
    const end = block.indexOf("\n", begin);
    const colon = block.indexOf(": ", begin);
    headers[block.slice(begin, colon)] = block.slice(colon + 2, end);
    begin = end + 1;
  }
  return headers;
}

/** The head of a request, with those of its headers that `names` lists. */
export function requestHead({ method, url, headers }, names) {
  let head = `${method}\n${url}\n`;
  // To look each name up costs less than to go through all headers that a request has.
  for (const name of names) {
    const value = headers.get(name);
    if (value !== null) head += `${name}: ${value}\n`;
  }
  return head;
}

/** The head of a fetch, in the parts that fetch() takes. Its last line has no end where `credential` completes it. */
export function upstreamHead(text, credential, commonHeaders) {
  const method = text.indexOf("\n");
  const url = text.indexOf("\n", method + 1);
  const last = text.lastIndexOf("\n") + 1;
  const headers = addHeaders(text.slice(url + 1, last), { ...commonHeaders });
  if (credential !== "") addHeaders(`${text.slice(last)}${credential}\n`, headers);
  return { method: text.slice(0, method), url: text.slice(method + 1, url), headers };
}
