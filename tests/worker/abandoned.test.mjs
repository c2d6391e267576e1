// Clients that leave before there is an answer, and clients that stop sending: what they hold is given back to others.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { after, before, test } from "node:test";
import { FINE, GEMINI } from "./bystander.mjs";
import { chatBody, JSON_HEADERS, send, startSupplier, startWorker, suppliersAt, textOf, until } from "./harness.mjs";

// More than the instance has memory for: 16 KiB each beside the body, of 64 MiB.
const CROWD = 4500;
const BATCH = 150;

let supplier = null;
let worker = null;
let waiting = 0; // requests that the supplier does not answer
let left = 0;
before(async () => {
  supplier = await startSupplier((request, response) => {
    supplier.seen.length = 0;
    if (!request.url.includes("gemini-hangs")) return response.writeHead(200, { "content-type": "application/json" }).end(FINE);
    waiting++;
    response.on("close", () => left++);
    return undefined;
  });
  // Time that the core is told of passes thirty times as fast.
  const script = readFileSync("dist/index.js", "utf8").replace("now - this.lastTick;", "(now - this.lastTick) * 30;");
  assert.match(script, /\) \* 30;/);
  worker = await startWorker({ ...suppliersAt(supplier.url), FIRST_BYTE_TIMEOUT_SECONDS: "0" }, { script });
});
after(async () => {
  await worker.close();
  supplier.close();
});

/**
 * A request that is sent, or as much of it as `bytes`, and not waited for: {status(), leave()}. It leaves by a reset: a
 * connection that is only half closed may still read.
 */
function begin(body, bytes = body.length) {
  let status = null;
  const request = httpRequest(worker.url + GEMINI, { method: "POST", headers: { ...JSON_HEADERS, "content-length": body.length } }, (response) => {
    status = response.statusCode;
    response.on("error", () => {}).resume();
  });
  request.on("error", () => {});
  request.write(body.slice(0, bytes));
  return { status: () => status, leave: () => request.socket.resetAndDestroy() };
}

async function ask() {
  const { status, response } = await send(worker.url + GEMINI, { headers: JSON_HEADERS, body: chatBody() });
  await textOf(response);
  return status;
}

async function servedWithin(seconds) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const status = await ask();
    if (status === 200) return;
    assert.equal(status, 503);
    assert.ok(Date.now() < end, "nobody else is served");
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

test("a crowd that leaves at once", { timeout: 110_000 }, async () => {
  const body = chatBody({ model: "gemini-hangs" });
  for (let sent = 0; sent < CROWD; sent += BATCH) {
    const before = waiting;
    const requests = Array.from({ length: BATCH }, () => begin(body));
    // All of them wait at the supplier, or the instance has no room for more.
    await until(() => waiting - before + requests.filter((request) => request.status() === 503).length >= BATCH, "they wait");
    for (const request of requests) request.leave();
  }
  // Those that need nothing are served all the while.
  assert.equal((await send(`${worker.url}/health`, { method: "GET" })).status, 200);
  assert.equal((await send(worker.url + GEMINI, { method: "OPTIONS" })).status, 204);
  await servedWithin(20);
});

test("requests of 200 KB whose clients leave after a while", { timeout: 60_000 }, async () => {
  const body = chatBody({ model: "gemini-hangs", messages: [{ role: "user", content: "x".repeat(200_000) }] });
  // The crowd before may hold memory for a moment longer.
  let before = waiting;
  let first = begin(body);
  await until(() => {
    if (first.status() !== 503) return waiting > before;
    before = waiting;
    first = begin(body);
    return false;
  }, "one of them is taken", 20_000);
  const requests = [first, ...Array.from({ length: 139 }, () => begin(body))];
  await until(() => waiting - before + requests.filter((request) => request.status() === 503).length >= 140, "they wait");
  await new Promise((resolve) => setTimeout(resolve, 1500)); // until they are watched
  const gone = left;
  for (const request of requests) request.leave();
  await until(() => left > gone, "the supplier is left");
  await servedWithin(3);
});

test("uploads that stop in the middle", { timeout: 60_000 }, async () => {
  const body = chatBody({ messages: [{ role: "user", content: "x".repeat(24_000_000) }] });
  const uploads = [];
  for (let i = 0; i < 8; i++) {
    uploads.push(begin(body, body.length - 1_000_000));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  uploads.push(begin(chatBody(), 20)); // a small one
  await servedWithin(20);
  await until(() => uploads.some((upload) => upload.status() === 408) && uploads.at(-1).status() === 408, "they are told", 20_000);
  assert.equal(await ask(), 200);
  for (const upload of uploads) upload.leave();
});
