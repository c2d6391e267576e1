// More than there is memory for, at once: what cannot be had is an error of the request that asked for it, and a stream
// of another caller goes on.
import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { after, before, test } from "node:test";
import { chatBody, geminiEvent, JSON_HEADERS, send, startSupplier, startWorker, suppliersAt, textOf, until } from "./harness.mjs";

const GEMINI = "/v2/gemini/chat/completions";
const WHOLE = JSON.stringify({ candidates: [{ content: { parts: [{ text: "fine" }] }, finishReason: "STOP" }] });
const MIB = 2 ** 20;

let supplier = null;
let worker = null;
let slow = null; // finishes the stream that is open
let openStream = null;

before(async () => {
  supplier = await startSupplier((request, response) => {
    supplier.seen.length = 0; // nobody looks, and bodies are large
    if (request.url.includes("gemini-slow")) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(geminiEvent("begun "));
      slow = () => response.end(geminiEvent("and ended", "STOP"));
    } else response.writeHead(200, { "content-type": "application/json" }).end(WHOLE);
  });
  worker = await startWorker(suppliersAt(supplier.url));
  openStream = await send(worker.url + GEMINI, { headers: JSON_HEADERS, body: chatBody({ model: "gemini-slow", stream: true }) });
  await until(() => slow !== null, "the stream is open");
});
after(async () => {
  slow?.();
  await worker.close();
  supplier.close();
});

// A client that still sends when it is refused may find the connection closed before it reads the answer.
const REFUSED = { status: 503, text: '{"error":{"code":"server_is_overloaded"}}' };
const isClosed = (error) => error.code === "EPIPE" || error.code === "ECONNRESET";

async function ask(path, body, headers = {}) {
  try {
    const { status, response } = await send(worker.url + path, { headers: { ...JSON_HEADERS, ...headers }, body });
    return { status, text: await textOf(response) };
  } catch (error) {
    if (!isClosed(error)) throw error;
    return REFUSED;
  }
}

/** All of them got an answer or a word on memory. How many got an answer? */
function served(answers) {
  for (const { status, text } of answers) {
    if (status === 200) continue;
    assert.equal(status, 503, text.slice(0, 300));
    assert.equal(JSON.parse(text).error.code, "server_is_overloaded", text);
  }
  return answers.filter(({ status }) => status === 200).length;
}

const recording = (size) => {
  const head = '--B\r\nContent-Disposition: form-data; name="model"\r\n\r\ngemini-2.5-flash\r\n--B\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n';
  return Buffer.concat([Buffer.from(head), Buffer.alloc(size, "x"), Buffer.from("\r\n--B--\r\n")]);
};

test("recordings that do not all fit", { timeout: 120_000 }, async () => {
  const body = recording(12 * MIB);
  const type = { "content-type": "multipart/form-data; boundary=B" };
  for (let round = 0; round < 2; round++) {
    served(await Promise.all(Array.from({ length: 8 }, () => ask("/v2/gemini/audio/transcriptions", body, type))));
    assert.equal((await ask(GEMINI, chatBody())).status, 200);
    assert.equal((await ask("/v2/gemini/audio/transcriptions", body, type)).status, 200);
  }
});

test("images that do not all fit", { timeout: 120_000 }, async () => {
  const url = `data:image/png;base64,${"iVBORw0KGgoAAAANSUhEUgAA".repeat((5 * MIB) / 24)}`;
  const body = chatBody({ messages: [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }] });
  const answers = await Promise.all(Array.from({ length: 48 }, () => ask(GEMINI, body)));
  assert.ok(served(answers) >= 8, `${served(answers)} of 48`);
  assert.equal((await ask(GEMINI, chatBody())).status, 200);
});

test("claims of many sizes, a piece of each, and then a small request", { timeout: 60_000 }, async () => {
  const claims = [];
  for (let i = 0; i < 40; i++) {
    const headers = { ...JSON_HEADERS, "content-length": ((i % 8) + 1) * 3 * MIB };
    const request = httpRequest(worker.url + GEMINI, { method: "POST", headers });
    request.on("error", () => {});
    request.on("response", (response) => response.resume());
    request.write(`{"model":"${"x".repeat(((i % 5) + 1) * 300_000)}`);
    claims.push(request);
  }
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.equal((await ask(GEMINI, chatBody())).status, 200);
  for (const request of claims) request.destroy();
});

test("the stream that was open all the while ends well", async () => {
  slow();
  const text = await textOf(openStream.response);
  assert.match(text, /and ended/);
  assert.match(text, /\[DONE\]/);
});
