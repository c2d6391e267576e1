// What a long life and large requests leave behind: the memory of the workerd process, and of the core.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { after, before, test } from "node:test";
import { residentMiB, start } from "../bench/workerd.mjs";
import { chatBody, CORE, geminiEvent, JSON_HEADERS, send, startSupplier, textOf } from "./harness.mjs";

const GEMINI = "/v2/gemini/chat/completions";
const WHOLE = JSON.stringify({ candidates: [{ content: { parts: [{ text: "hello ".repeat(200) }] }, finishReason: "STOP" }] });
const image = (bytes) => {
  const url = `data:image/png;base64,${"iVBORw0KGgoAAAANSUhEUgAA".repeat(bytes / 24)}`;
  return chatBody({ messages: [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }] });
};

const BOMB = gzipSync(JSON.stringify({ candidates: [{ content: { parts: [{ text: "a".repeat(300 << 20) }] } }] }));

let supplier = null;
const open = []; // streams; each call ends one
let worker = null;

before(async () => {
  supplier = await startSupplier((request, response) => {
    supplier.seen.length = 0; // nobody looks
    if (request.url.includes("gemini-slow")) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(geminiEvent("begun "));
      open.push(() => response.end(geminiEvent("and ended", "STOP")));
    } else if (request.url.includes("broken")) response.writeHead(500).end("no");
    else if (request.url.includes("gemini-bomb")) response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip", "content-length": BOMB.length }).end(BOMB);
    else if (request.url.includes("streamGenerateContent")) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (let i = 0; i < 20; i++) response.write(geminiEvent(`w${i} `));
      response.end(geminiEvent("", "STOP"));
    } else response.writeHead(200, { "content-type": "application/json", "content-length": WHOLE.length }).end(WHOLE);
  });
  worker = await start("llmproxy", "dist", Number(new URL(supplier.url).port));
});
after(() => {
  worker.stop();
  supplier.close();
});

async function post(path, body) {
  const { status, response } = await send(`http://127.0.0.1:${worker.port}${path}`, { headers: JSON_HEADERS, body });
  await textOf(response);
  return status;
}

const MIX = [
  [GEMINI, chatBody(), 200],
  [GEMINI, chatBody({ stream: true }), 200],
  [GEMINI, chatBody({ messages: [{ role: "user", content: "x".repeat(90_000) }] }), 200],
  [GEMINI, chatBody({ model: "gemini-broken" }), 500],
  [GEMINI, '{"model":"gemini-2.5-flash","messages":7}', 400],
  ["/v2/openai/chat/completions", chatBody({ model: "gpt-4o" }), 200],
  ["/v2/nobody/chat/completions", "{}", 400],
  [GEMINI, image(240_000), 200],
];

async function playMix(count) {
  let left = count;
  const client = async () => {
    while (left-- > 0) {
      const [path, body, expected] = MIX[left % MIX.length];
      assert.equal(await post(path, body), expected);
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
}

test("replies that are bombs take no more than the limit of a reply", { timeout: 60_000 }, async () => {
  await playMix(2000);
  const before = residentMiB(worker);
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, residentMiB(worker))), 20);
  for (let i = 0; i < 3; i++) assert.equal(await post(GEMINI, chatBody({ model: "gemini-bomb" })), 502);
  clearInterval(watch);
  console.log(`# resident memory before ${Math.round(before)} MiB, peak ${Math.round(peak)} MiB, for bombs of ${Math.round(BOMB.length / 1024)} KiB`);
  // The limit is 32 MiB, held once, and read in pieces.
  assert.ok(peak - before < 160, `${peak - before} MiB`);
});

test("10,000 requests of all kinds leave no growth", { timeout: 120_000 }, async () => {
  await playMix(10_000);
  const before = residentMiB(worker);
  await playMix(10_000);
  const growth = residentMiB(worker) - before;
  console.log(`# resident memory before ${Math.round(before)} MiB, growth ${Math.round(growth)} MiB`);
  // The engine's own heap comes and goes by less; 8 KB left behind by each request would be more.
  assert.ok(growth < 72, `${growth} MiB`);
});

test("what large requests took is given back before it is taken again", { timeout: 120_000 }, async () => {
  const body = image(12 * 1024 * 1024);
  const sizes = [];
  for (let round = 0; round < 5; round++) {
    const statuses = await Promise.all(Array.from({ length: 4 }, () => post(GEMINI, body)));
    assert.deepEqual(statuses, [200, 200, 200, 200]);
    await new Promise((resolve) => setTimeout(resolve, 1200)); // no large one for a while, so the instance is replaced
    await playMix(800);
    sizes.push(Math.round(residentMiB(worker)));
  }
  console.log(`# resident memory after each round of large requests: ${sizes.join(", ")} MiB`);
  assert.ok(sizes.at(-1) < sizes[0] + 60, `${sizes}`);
});

test("streams that stay open do not keep the memory of one instance each", { timeout: 120_000 }, async () => {
  const body = image(12 * 1024 * 1024);
  const streams = [];
  const sizes = [];
  for (let round = 0; round < 8; round++) {
    const { response } = await send(`http://127.0.0.1:${worker.port}${GEMINI}`, { headers: JSON_HEADERS, body: chatBody({ model: "gemini-slow", stream: true }) });
    streams.push(textOf(response));
    const statuses = await Promise.all(Array.from({ length: 3 }, () => post(GEMINI, body)));
    assert.deepEqual(statuses, [200, 200, 200]);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    await playMix(200);
    sizes.push(Math.round(residentMiB(worker)));
  }
  console.log(`# resident memory with one more open stream each round: ${sizes.join(", ")} MiB`);
  for (const end of open.splice(0)) end();
  for (const text of await Promise.all(streams)) assert.match(text, /and ended/);
  // One instance more than usual may wait for its streams.
  assert.ok(sizes.at(-1) < sizes[0] + 120, `${sizes}`);
});

test("a 25 MB body takes little more of the core's memory than itself", () => {
  const core = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(CORE)), {}).exports;
  core._initialize();
  const encoder = new TextEncoder();
  const put = (bytes, address) => {
    new Uint8Array(core.memory.buffer).set(bytes, address >>> 0);
    return bytes.length;
  };
  const give = (text) => put(encoder.encode(text), core.lp_reserve(text.length));
  const body = encoder.encode(image(25 * 1024 * 1024));
  const headers = `authorization: Bearer k\ncontent-length: ${body.length}\n`;
  const exchange = core.lp_exchange_new(give(`POST\nhttp://x${GEMINI}\n${headers}`), 0, 1, 2);
  assert.equal(core.lp_next(exchange), 1, "the body is wanted");
  const PIECE = 512 * 1024;
  for (let at = 0; at < body.length; at += PIECE) {
    const piece = body.subarray(at, at + PIECE);
    put(piece, core.lp_request_reserve(exchange, piece.length));
    core.lp_request_take(exchange, piece.length);
  }
  core.lp_request_end(exchange);
  assert.equal(core.lp_next(exchange), 2, "it is sent");
  const used = core.memory.buffer.byteLength;
  console.log(`# high-water mark: ${(used / 2 ** 20).toFixed(1)} MiB for a body of ${(body.length / 2 ** 20).toFixed(1)} MiB`);
  assert.ok(used < body.length * 1.3, `${used} bytes`);
  core.lp_exchange_free(exchange);
});
