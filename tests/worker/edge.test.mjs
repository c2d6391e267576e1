// What comes over the wire in forms that are rare or hostile: encodings, odd statuses, bodies that do not end, early
// answers. Each of them is one request's own affair: a stream that is open beside it goes on to its end.
import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { after, before, test } from "node:test";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { chatBody, geminiEvent, JSON_HEADERS, send, startSupplier, startWorker, suppliersAt, textOf, until } from "./harness.mjs";

const GEMINI = "/v2/gemini/chat/completions";
const OPENAI = "/v2/openai/chat/completions";
const MODELS = "/v2/gemini/models";
const WHOLE = JSON.stringify({ candidates: [{ content: { parts: [{ text: "fine" }] }, finishReason: "STOP" }] });
const MIB = 2 ** 20;

let supplier = null;
let worker = null;
let answer = null; // of the supplier
let slow = null; // finishes the stream that is open
let openStream = null;

before(async () => {
  supplier = await startSupplier((request, response, body) => {
    if (request.url.includes("gemini-slow")) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(geminiEvent("begun "));
      slow = () => response.end(geminiEvent("and ended", "STOP"));
      return undefined;
    }
    return answer(request, response, body);
  });
  worker = await startWorker(suppliersAt(supplier.url));
  openStream = await post(GEMINI, chatBody({ model: "gemini-slow", stream: true }));
  await until(() => slow !== null, "the stream is open");
});
after(async () => {
  slow?.();
  await worker.close();
  supplier.close();
});

const post = (path, body, headers = {}) => send(worker.url + path, { headers: { ...JSON_HEADERS, ...headers }, body });
async function ask(path, body, headers) {
  const { status, response, headers: got } = await post(path, body, headers);
  return { status, text: await textOf(response), headers: got };
}
const get = async (path, options = {}) => {
  const { status, response, headers } = await send(worker.url + path, { method: "GET", headers: JSON_HEADERS, ...options });
  return { status, text: await textOf(response), headers };
};
const document = (body, headers = {}) => (_, response) =>
  response.writeHead(200, { "content-type": "application/json", ...headers }).end(body);

test("a reply that is a bomb is given up at the limit, of its decoded bytes", { timeout: 60_000 }, async () => {
  const bomb = JSON.stringify({ candidates: [{ content: { parts: [{ text: "a".repeat(200 * MIB) }] } }] });
  for (const [encoding, bytes] of [
    ["gzip", gzipSync(bomb)],
    ["br", brotliCompressSync(bomb)],
  ]) {
    answer = document(bytes, { "content-encoding": encoding, "content-length": bytes.length });
    for (const [path, call] of [[GEMINI, () => ask(GEMINI, chatBody())], [MODELS, () => get(MODELS)]]) {
      const { status, text } = await call();
      assert.equal(status, 502, `${encoding} ${path}: ${text.slice(0, 200)}`);
      assert.match(JSON.parse(text).error.message, /larger than can be held/);
    }
  }
});

test("an encoded reply of usual size is read", async () => {
  for (const [encoding, encode] of [["gzip", gzipSync], ["br", brotliCompressSync]]) {
    answer = document(encode(WHOLE), { "content-encoding": encoding });
    const { status, text } = await ask(GEMINI, chatBody());
    assert.equal(status, 200);
    assert.equal(JSON.parse(text).choices[0].message.content, "fine");
  }
});

test("a status that no API answers with is a 502, and nobody else's affair", async () => {
  for (const status of [300, 301, 302, 304, 307, 399, 600, 700, 999]) {
    answer = (_, response) => {
      response.socket.end(`HTTP/1.1 ${status} Odd\r\nlocation: ${supplier.url}/elsewhere\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
    };
    for (const call of [() => ask(GEMINI, chatBody()), () => ask(GEMINI, chatBody({ stream: true })), () => ask(OPENAI, chatBody()), () => get(MODELS), () => get("/v2/openai/files")]) {
      const { status: got, text, headers } = await call();
      assert.equal(got, 502, `${status}: ${text}`);
      assert.equal(headers.location, undefined);
      assert.ok(JSON.parse(text).error.message);
    }
  }
  for (const status of [101, 103, 199]) {
    answer = (_, response) => response.socket.end(`HTTP/1.1 ${status} Odd\r\nconnection: close\r\n\r\n`);
    for (const path of [GEMINI, OPENAI]) assert.equal((await ask(path, chatBody())).status, 502, `${status}`);
  }
});

test("a success without a body is passed on", async () => {
  answer = (_, response) => response.writeHead(204).end();
  const { status, text } = await get("/v2/openai/files/x", { method: "DELETE" });
  assert.equal(status, 204);
  assert.equal(text, "");
});

test("an error that does not end is told as soon as enough of it is there", async () => {
  for (const [path, call] of [[GEMINI, () => ask(GEMINI, chatBody())], [OPENAI, () => ask(OPENAI, chatBody())], [MODELS, () => get(MODELS)]]) {
    let closed = false;
    answer = (_, response) => {
      response.writeHead(400, { "content-type": "application/json" });
      response.on("close", () => (closed = true));
      const more = () => response.writable && !closed && response.write("x".repeat(16 * 1024), () => setTimeout(more, 5));
      more();
    };
    const { status, text } = await call();
    assert.equal(status, 400, path);
    assert.ok(JSON.parse(text).error.message);
    await until(() => closed, "the supplier is left");
  }
});

test("a request that is encoded with gzip or deflate is decoded where it is read", async () => {
  answer = document(WHOLE);
  const large = chatBody({ messages: [{ role: "user", content: "word ".repeat(300_000) }] });
  for (const [encoding, encode] of [["gzip", gzipSync], ["GZIP", gzipSync], ["x-gzip", gzipSync], ["deflate", deflateSync], ["identity", (x) => x]]) {
    for (const body of [chatBody(), large]) {
      for (const path of [GEMINI, "/v2/groq/chat/completions"]) {
        supplier.seen.length = 0;
        const { status, text } = await ask(path, encode(body), { "content-encoding": encoding });
        assert.equal(status, 200, `${encoding}: ${text}`);
        const [seen] = supplier.seen;
        assert.ok(seen.body.includes(JSON.parse(body).messages[0].content));
        assert.equal(seen.headers["content-encoding"], undefined);
      }
    }
  }
});

test("a request whose encoding is not known here, or is not what it says, is told so", async () => {
  supplier.seen.length = 0;
  for (const encoding of ["zstd", "br", "gzip, gzip", "x".repeat(200)]) {
    const { status, text } = await ask(GEMINI, chatBody(), { "content-encoding": encoding });
    assert.equal(status, 415);
    assert.match(JSON.parse(text).error.message, /content-encoding/);
  }
  const { status, text } = await ask(GEMINI, chatBody(), { "content-encoding": "gzip" });
  assert.equal(status, 400, text);
  assert.match(JSON.parse(text).error.message, /content-encoding/);
  const bomb = gzipSync("a".repeat(300 * MIB));
  assert.equal((await ask(GEMINI, bomb, { "content-encoding": "gzip" })).status, 413);
  assert.equal(supplier.seen.length, 0);
});

test("the encoding of a body that goes on as it came goes with it", async () => {
  answer = document("{}");
  supplier.seen.length = 0;
  const { status } = await ask("/v2/openai/responses", Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x00]), { "content-encoding": "zstd" });
  assert.equal(status, 200);
  assert.equal(supplier.seen[0].headers["content-encoding"], "zstd");
});

test("an answer that begins before the request was read does not cut the request off", async () => {
  const body = chatBody({ messages: [{ role: "user", content: "x".repeat(6 * MIB) }] });
  let got = 0;
  const early = await startSupplier(() => {});
  early.close();
  const { createServer } = await import("node:http");
  const server = createServer((request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("data: begun\n\n");
    const read = () => {
      request.on("data", (piece) => (got += piece.length));
      request.on("end", () => response.end("data: all of it\n\n"));
    };
    setTimeout(read, 300);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const other = await startWorker(suppliersAt(`http://127.0.0.1:${server.address().port}`));
  try {
    const { status, response } = await send(other.url + OPENAI, { headers: JSON_HEADERS, body });
    assert.equal(status, 200);
    assert.equal(await textOf(response), "data: begun\n\ndata: all of it\n\n");
    assert.equal(got, body.length);
  } finally {
    await other.close();
    server.closeAllConnections();
    server.close();
  }
});

test("a supplier that never answers, or stops in the middle, is given up", { timeout: 60_000 }, async () => {
  const hasty = await startWorker({ ...suppliersAt(supplier.url), FIRST_BYTE_TIMEOUT_SECONDS: "1", SILENCE_TIMEOUT_SECONDS: "1" });
  try {
    let closed = 0;
    const hang = (response) => response.on("close", () => closed++);
    answer = (_, response) => hang(response);
    for (const [path, options] of [[GEMINI, { body: chatBody() }], [GEMINI, { body: chatBody({ stream: true }) }], [OPENAI, { body: chatBody() }], [MODELS, { method: "GET" }]]) {
      const before = closed;
      const { status, response } = await send(hasty.url + path, { headers: JSON_HEADERS, ...options });
      assert.equal(status, 504, path);
      assert.equal(JSON.parse(await textOf(response)).error.code, "timeout");
      await until(() => closed > before, "the supplier is left");
    }
    answer = (_, response) => {
      hang(response);
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(geminiEvent("begun "));
    };
    const { status, response } = await send(hasty.url + GEMINI, { headers: JSON_HEADERS, body: chatBody({ stream: true }) });
    assert.equal(status, 200);
    const text = await textOf(response);
    assert.match(text, /begun /);
    assert.match(text, /"code":"timeout"/);
    assert.doesNotMatch(text, /\[DONE\]/);
    // Slow, and never silent for as long as that.
    answer = (_, response_) => {
      response_.writeHead(200, { "content-type": "text/event-stream" });
      let count = 0;
      const timer = setInterval(() => {
        response_.write(geminiEvent(`w${count} `));
        if (++count < 5) return;
        clearInterval(timer);
        response_.end(geminiEvent("", "STOP"));
      }, 500);
    };
    const slow_ = await send(hasty.url + GEMINI, { headers: JSON_HEADERS, body: chatBody({ stream: true }) });
    assert.match(await textOf(slow_.response), /\[DONE\]/);
  } finally {
    await hasty.close();
  }
});

test("without a choice by model, a request on v1 needs the header", async () => {
  const strict = await startWorker({ ...suppliersAt(supplier.url), SUPPLIER_BY_MODEL: "off" });
  try {
    answer = document(WHOLE);
    supplier.seen.length = 0;
    for (const model of ["gemini-2.5-flash", "gpt-4o", "mine"]) {
      const { status, response } = await send(`${strict.url}/v1/chat/completions`, { headers: JSON_HEADERS, body: chatBody({ model }) });
      assert.equal(status, 400);
      assert.equal(JSON.parse(await textOf(response)).error.param, "supplier");
    }
    assert.equal(supplier.seen.length, 0);
    const { status } = await send(`${strict.url}/v1/chat/completions`, { headers: { ...JSON_HEADERS, supplier: "gemini" }, body: chatBody() });
    assert.equal(status, 200);
  } finally {
    await strict.close();
  }
});

test("a WebSocket is refused, and nothing is fetched", async () => {
  supplier.seen.length = 0;
  for (const path of ["/v2/openai/responses", "/v2/openai/realtime?model=x", GEMINI, "/v1/realtime"]) {
    const upgrade = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==", "sec-websocket-version": "13" };
    const { status, text } = await new Promise((resolve, reject) => {
      const request = httpRequest(worker.url + path, { headers: { ...JSON_HEADERS, ...upgrade } }, async (response) =>
        resolve({ status: response.statusCode, text: await textOf(response) }),
      );
      request.on("upgrade", () => reject(new Error("upgraded")));
      request.on("error", reject);
      request.end();
    });
    assert.equal(status, 426, path);
    assert.ok(JSON.parse(text).error.message);
  }
  assert.equal(supplier.seen.length, 0);
});

test("a key of any length beside a header that is not ASCII is no accident", async () => {
  answer = document(WHOLE);
  const { status } = await ask(GEMINI, chatBody(), { authorization: `Bearer ${"k".repeat(15_000)}`, "content-type": "application/json; é=1", "x-llmproxy-strict": "é" });
  assert.ok(status < 500, String(status));
});

test("a claim of length takes no memory", { timeout: 60_000 }, async () => {
  answer = document(WHOLE);
  const claims = [];
  for (let i = 0; i < 24; i++) {
    const length = (4 + i) * MIB;
    const request = httpRequest(worker.url + GEMINI, { method: "POST", headers: { ...JSON_HEADERS, "content-length": length } });
    request.on("error", () => {});
    request.on("response", (response) => response.resume());
    request.write("{");
    claims.push(request);
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  const { status } = await ask(GEMINI, chatBody());
  assert.equal(status, 200);
  for (const request of claims) request.destroy();
});

test("the stream that was open all the while ends well", async () => {
  slow();
  const text = await textOf(openStream.response);
  assert.match(text, /and ended/);
  assert.match(text, /\[DONE\]/);
});
