// How a body is read: what is held for it before it came, and uploads that are slow. Streams that are not read, too.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { after, before, test } from "node:test";
import { FIRST_PIECE } from "../../shim/commands.js";
import { mayBeWhole, readBody } from "../../shim/request_body.js";
import { FINE, GEMINI } from "./bystander.mjs";
import { chatBody, geminiEvent, JSON_HEADERS, send, startSupplier, startWorker, suppliersAt, textOf } from "./harness.mjs";

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A request whose body of `size` bytes is there at once; `asked` lists the buffers that it was asked for with. */
function fakeRequest(size) {
  const asked = [];
  let left = size;
  const readAtLeast = async (count, view) => {
    asked.push(view.buffer.byteLength);
    const length = Math.min(view.length, left);
    left -= length;
    return { value: view.subarray(0, length), done: length === 0 };
  };
  const reader = { readAtLeast, cancel: async () => {} };
  return { asked, body: { getReader: () => reader } };
}

test("what is held for a piece is in proportion to what came", async () => {
  const request = fakeRequest(20_000_000);
  let came = 0;
  const held = [];
  await readBody(request, false, "", (bytes) => {
    held.push([request.asked.at(-1), came]);
    came += bytes.length;
    return true;
  });
  assert.equal(came, 20_000_000);
  for (const [size, before] of held) assert.ok(size <= Math.max(before / 2, FIRST_PIECE), `${size} bytes behind ${before}`);
  assert.ok(held.length < 100, `${held.length} pieces`);
});

test("small bodies are asked for at once, as long as those are few", () => {
  assert.ok(mayBeWhole(1, 0));
  assert.ok(mayBeWhole(100_000, 8_000_000));
  assert.ok(!mayBeWhole(100_000, 8_388_608));
  assert.ok(!mayBeWhole(200_000, 0));
  assert.ok(!mayBeWhole(0, 0)); // not known
});

test("no more is read than the core takes", async () => {
  const request = fakeRequest(1_000_000);
  await readBody(request, false, "", () => false);
  assert.equal(request.asked.length, 1);
});

const EVENTS = 30_000; // of a kilobyte: more than the connections in between hold

let supplier = null;
let worker = null;
before(async () => {
  supplier = await startSupplier((request, response) => {
    supplier.seen.length = 0;
    if (!request.url.includes("alt=sse")) return response.writeHead(200, { "content-type": "application/json" }).end(FINE);
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (let i = 0; i < EVENTS; i++) response.write(geminiEvent("x".repeat(1000)));
    return response.end(geminiEvent("the end", "STOP"));
  });
  // Time that the core is told of passes thirty times as fast.
  const script = readFileSync("dist/index.js", "utf8").replace("now - this.lastTick;", "(now - this.lastTick) * 30;");
  assert.match(script, /\) \* 30;/);
  worker = await startWorker(suppliersAt(supplier.url), { script });
});
after(async () => {
  await worker.close();
  supplier.close();
});

/** A request of which nothing but the head is sent, with the length that it claims. */
function beginOnly(length) {
  const headers = { ...JSON_HEADERS, "content-length": length };
  const request = httpRequest(worker.url + GEMINI, { method: "POST", headers, agent: false }, (response) => response.resume());
  request.on("error", () => {});
  request.flushHeaders();
  return request;
}

test("heads without a body do not shut others out", { timeout: 60_000 }, async () => {
  const requests = [];
  for (let i = 0; i < 1600; i++) {
    requests.push(beginOnly(20_000_000));
    if (i % 100 === 99) await sleep(50);
  }
  await sleep(300);
  const answers = await Promise.all(Array.from({ length: 5 }, () => send(worker.url + GEMINI, { headers: JSON_HEADERS, body: chatBody() })));
  for (const request of requests) request.destroy();
  for (const { status, response } of answers) {
    response.resume();
    assert.equal(status, 200);
  }
});

test("uploads that stop in the middle do not shut others out", { timeout: 60_000 }, async () => {
  const requests = Array.from({ length: 20 }, () => beginOnly(13_000_000));
  for (const request of requests) request.write("x".repeat(12_000_000));
  await sleep(2000);
  const { status, response } = await send(worker.url + GEMINI, { headers: JSON_HEADERS, body: chatBody() });
  for (const request of requests) request.destroy();
  response.resume();
  assert.equal(status, 200);
});

test("an upload that is slow and goes on is served", { timeout: 60_000 }, async () => {
  const body = Buffer.from(chatBody({ messages: [{ role: "user", content: "x".repeat(300_000) }] }));
  const status = await new Promise((resolve, reject) => {
    const request = httpRequest(worker.url + GEMINI, { method: "POST", headers: { ...JSON_HEADERS, "content-length": body.length } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on("error", reject);
    const write = async () => {
      for (let at = 0; at < body.length; at += 8000, await sleep(300)) request.write(body.subarray(at, at + 8000));
      request.end();
    };
    write().catch(reject);
  });
  assert.equal(status, 200);
});

/** What comes of a stream whose client reads nothing for `ms`. */
async function readAfter(ms) {
  const { response } = await send(worker.url + GEMINI, { headers: JSON_HEADERS, body: chatBody({ stream: true }) });
  response.pause();
  await sleep(ms);
  return textOf(response);
}

test("a client that reads nothing for a while gets all of its stream", { timeout: 60_000 }, async () => {
  assert.match(await readAfter(6000), /the end.*\[DONE\]\s*$/s);
});

test("a client that reads nothing for too long is lost, and the supplier is not blamed", { timeout: 60_000 }, async () => {
  const gone = await readAfter(17_000).then(() => assert.fail("the stream ended well"), (error) => error);
  assert.equal(gone.code, "ECONNRESET");
});
