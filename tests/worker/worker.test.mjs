// What only the running Worker can show: time, disconnects, large bodies, traps, and the addresses it reaches.
import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  chatBody, CORE_WITH_TRAP, geminiEvent, JSON_HEADERS, send, startSupplier, startWorker, suppliersAt, textOf, until,
} from "./harness.mjs";

let answer = null; // of the supplier, set by each test
let supplier = null;
let worker = null;

before(async () => {
  supplier = await startSupplier((...all) => answer(...all));
  worker = await startWorker(suppliersAt(supplier.url));
});
after(async () => {
  await worker.close();
  supplier.close();
});

const post = (path, body, headers = {}) => send(worker.url + path, { headers: { ...JSON_HEADERS, ...headers }, body });
const GEMINI = "/v2/gemini/chat/completions";
const stream = chatBody({ stream: true });

// Sends, and returns how to go away. By a reset: with nothing to write, a runtime does not look for a quiet goodbye.
function ask(path, body) {
  const request = httpRequest(worker.url + path, { method: "POST", headers: JSON_HEADERS, agent: false });
  request.on("error", () => {});
  request.end(body);
  return () => request.socket.resetAndDestroy();
}

/** Answers with a stream: what `begin` writes, and the last event only when release() is called. */
function holdStream(begin, lastEvent) {
  let release = null;
  const released = new Promise((resolve) => (release = resolve));
  answer = async (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    await begin(response);
    await released;
    response.end(lastEvent);
  };
  return release;
}

/** The pieces of a response as they come, and their text so far. */
function collect(response) {
  const pieces = [];
  response.on("data", (piece) => pieces.push(piece.toString()));
  return { pieces, has: (text) => pieces.join("").includes(text) };
}

async function firstPiece(response) {
  const { value } = await response[Symbol.asyncIterator]().next();
  return value.toString();
}

test("a chunk reaches the client before the next one is there", async () => {
  const release = holdStream((response) => response.write(geminiEvent("one")), geminiEvent("two", "STOP"));
  const { response } = await post(GEMINI, stream);
  const seen = collect(response);
  await until(() => seen.has('"one"'), "the first delta");
  assert.ok(!seen.has('"two"'));
  release();
  await until(() => seen.has("[DONE]"), "the end");
});

test("a burst goes out in few pieces, and none of it is held while nothing follows", async () => {
  const release = holdStream(async (response) => {
    for (let i = 0; i < 100; i++) {
      response.write(geminiEvent(`w${i} `));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }, geminiEvent("", "STOP"));
  const { response } = await post(GEMINI, stream);
  const seen = collect(response);
  await until(() => seen.has('"w99 "'), "the whole burst, before the supplier goes on");
  assert.ok(seen.pieces.length < 60, `${seen.pieces.length} pieces`);
  release();
  await until(() => seen.has("[DONE]"), "the end");
});

for (const [setting, pause, check] of [
  ["0", 25, (pieces) => pieces > 8],
  ["300", 25, (pieces) => pieces <= 4],
  ["300", 150, (pieces) => pieces > 8], // too slow for a hold to save anything
  ["soon", 25, (pieces) => pieces > 8], // nonsense is the default
]) {
  test(`STREAM_WINDOW_MS = "${setting}" and a chunk every ${pause} ms`, async () => {
    const other = await startWorker({ ...suppliersAt(supplier.url), STREAM_WINDOW_MS: setting });
    try {
      const release = holdStream(async (response) => {
        for (let i = 0; i < 10; i++) {
          response.write(geminiEvent(`w${i} `));
          await new Promise((resolve) => setTimeout(resolve, pause));
        }
      }, geminiEvent("", "STOP"));
      const { response } = await send(other.url + GEMINI, { headers: JSON_HEADERS, body: stream });
      const seen = collect(response);
      await until(() => seen.has('"w9 "'), "all chunks, before the supplier goes on");
      assert.ok(check(seen.pieces.length), `${seen.pieces.length} pieces`);
      release();
      await until(() => seen.has("[DONE]"), "the end");
    } finally {
      await other.close();
    }
  });
}

test("the head comes with the first thing that an answer says: until then its status may be that of an error", async () => {
  const release = holdStream((response) => response.flushHeaders(), geminiEvent("x", "STOP"));
  let begun = false;
  const answered = post(GEMINI, stream).then((got) => {
    begun = true;
    return got;
  });
  await sleep(300);
  assert.equal(begun, false);
  release();
  const { response, status } = await answered;
  assert.equal(status, 200);
  assert.match(await firstPiece(response), /"role":"assistant"/);
});

for (const [name, path, body] of [
  ["a stream that is translated", GEMINI, stream],
  ["a stream that is piped", "/v2/openai/chat/completions", chatBody({ model: "gpt-4o", stream: true })],
]) {
  test(`a client that leaves ${name} ends it upstream`, async () => {
    let closed = false;
    answer = (_, response) => {
      response.on("close", () => (closed = true));
      response.writeHead(200, { "content-type": "text/event-stream" });
      const timer = setInterval(() => response.write(geminiEvent("word ")), 20);
      response.on("close", () => clearInterval(timer));
    };
    const { response, destroy } = await post(path, body);
    await firstPiece(response);
    destroy();
    await until(() => closed, "the supplier sees the connection close");
  });
}

for (const [name, path, body, begin] of [
  ["the head of a reply", GEMINI, chatBody(), () => {}],
  ["the head of a stream", GEMINI, stream, () => {}],
  ["the head of a reply to be piped", "/v2/openai/chat/completions", chatBody({ model: "gpt-4o" }), () => {}],
  ["the rest of a whole reply", GEMINI, chatBody(), (response) => response.writeHead(200).write('{"candidates":[')],
  ["a reply to a large request", GEMINI, chatBody({ user: "x".repeat(1_000_000) }), () => {}],
]) {
  test(`a client that leaves while waiting for ${name} ends the fetch`, async () => {
    let reached = false;
    let closed = false;
    answer = (_, response) => {
      response.on("close", () => (closed = true));
      reached = true;
      begin(response);
    };
    const leave = ask(path, body);
    await until(() => reached, "the request reaches the supplier");
    leave();
    await until(() => closed, "the supplier sees the connection close");
  });
}

test("clients that leave do not leave memory behind", async () => {
  let reached = 0;
  let closed = 0;
  answer = (_, response) => {
    reached++;
    response.on("close", () => closed++);
  };
  const body = chatBody({ user: "x".repeat(4_000_000) });
  for (let round = 1; round <= 20; round++) {
    const leaving = Array.from({ length: 4 }, () => ask(GEMINI, body));
    await until(() => reached === round * 4, "the requests reach the supplier");
    for (const leave of leaving) leave();
    await until(() => closed === round * 4, "their connections close");
  }
  answer = (_, response) => response.writeHead(200).end(JSON.stringify({ candidates: [{ content: { parts: [{ text: "x" }] }, finishReason: "STOP" }] }));
  const { status, response } = await post(GEMINI, body);
  assert.equal(status, 200, await textOf(response));
});

test("a whole answer is read in whatever pieces it comes", async () => {
  const text = "你好 ".repeat(60_000);
  const reply = Buffer.from(JSON.stringify({ candidates: [{ content: { parts: [{ text }] }, finishReason: "STOP" }] }));
  answer = async (_, response) => {
    response.writeHead(200, { "content-type": "application/json" }); // and no length
    for (let at = 0; at < reply.length; at += 50_001) {
      response.write(reply.subarray(at, at + 50_001));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    response.end();
  };
  for (const extra of [{}, { logprobs: true }]) { // short for sure, and perhaps not
    const { status, response } = await post(GEMINI, chatBody({ model: "gemini-2.5-pro", ...extra }));
    assert.equal(status, 200);
    assert.equal(JSON.parse(await textOf(response)).choices[0].message.content, text);
  }
});

test("a 25 MB image goes through whole, with its length", async () => {
  const image = "iVBORw0KGgoAAAANSUhEUgAA".repeat((25 * 1024 * 1024) / 24);
  const content = [{ type: "image_url", image_url: { url: `data:image/png;base64,${image}` } }];
  answer = (_, response) => response.writeHead(200, { "content-type": "application/json" }).end(
    JSON.stringify({ candidates: [{ content: { parts: [{ text: "seen" }] }, finishReason: "STOP" }] }));
  supplier.seen.length = 0;
  const { status, response } = await post(GEMINI, chatBody({ messages: [{ role: "user", content }] }));
  assert.equal(status, 200, await textOf(response));
  const [{ body, headers }] = supplier.seen;
  assert.equal(JSON.parse(body).contents[0].parts[0].inlineData.data, image);
  assert.equal(Number(headers["content-length"]), body.length);
});

test("what is wrong in a large body is found where it is", async () => {
  const image = "iVBORw0KGgoAAAANSUhEUgAA".repeat((2 * 1024 * 1024) / 24);
  const content = [{ type: "image_url", image_url: { url: `data:image/png;base64,${image}` } }];
  const body = Buffer.from(chatBody({ messages: [{ role: "user", content }] }));
  for (const [byte, fault] of [[0x0a, "a control character"], [0xff, "not valid UTF-8"], [0x5c, "an escape"]]) {
    for (const at of [600_000, 1_500_003, body.length - 100]) {
      const broken = Buffer.from(body);
      broken[at] = byte;
      const { status, response } = await post(GEMINI, broken);
      const text = await textOf(response);
      assert.equal(status, 400, text);
      assert.ok(text.includes(fault) && text.includes(`at byte ${at}`), `${at}: ${text}`);
    }
  }
});

test("a body that is too large is refused, whether it says so or not", async () => {
  const large = `{"model":"gemini-2.5-flash","x":"${"x".repeat(33 * 1024 * 1024)}"}`;
  // Only the head is sent: whoever goes on sending may see the connection close before the answer.
  const said = await new Promise((resolve, reject) => {
    const headers = { ...JSON_HEADERS, "content-length": large.length };
    const request = httpRequest(worker.url + GEMINI, { method: "POST", headers, agent: false }, resolve);
    request.on("error", reject);
    request.flushHeaders();
  });
  assert.equal(said.statusCode, 413);
  const { value } = await said[Symbol.asyncIterator]().next();
  assert.equal(JSON.parse(value).error.code, "request_too_large");
  const little = large.slice(-32 * 1024 * 1024 - 10); // too much, and all of it is sent by then
  const pieces = new ReadableStream({
    start(controller) {
      for (let at = 0; at < little.length; at += 1 << 20) controller.enqueue(new TextEncoder().encode(little.slice(at, at + (1 << 20))));
      controller.close();
    },
  });
  const unsaid = await fetch(worker.url + GEMINI, { method: "POST", headers: JSON_HEADERS, body: pieces, duplex: "half" });
  assert.equal(unsaid.status, 413);
});

test("many at once do not disturb one another", async () => {
  answer = async (_, response, body) => {
    const { contents } = JSON.parse(body);
    const word = contents[0].parts[0].text;
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (let i = 0; i < 20; i++) {
      response.write(geminiEvent(`${word}${i} `));
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
    }
    response.end(geminiEvent("", "STOP"));
  };
  const ask = async (n) => {
    const { response } = await post(GEMINI, chatBody({ stream: true, messages: [{ role: "user", content: `n${n}-` }] }));
    const deltas = [...(await textOf(response)).matchAll(/"content":"([^"]+)"/g)].map((match) => match[1]);
    assert.deepEqual(deltas.join(""), Array.from({ length: 20 }, (_unused, i) => `n${n}-${i} `).join(""));
  };
  await Promise.all(Array.from({ length: 30 }, (_unused, n) => ask(n)));
});

test("the runtime copies a body before fetch() and Response return", async () => {
  // What the shim relies on: the memory behind a view is the next exchange's as soon as it was handed over.
  const script = `export default {
    async fetch(request, env) {
      const memory = new Uint8Array(new WebAssembly.Memory({ initial: 100 }).buffer);
      memory.fill(97);
      const reply = fetch(env.ECHO, { method: "POST", body: memory.subarray(10, 5_000_010) });
      memory.fill(98);
      const sent = await (await reply).text();
      const response = new Response(memory.subarray(10, 20), { headers: { "x-sent": String(sent === "a".repeat(5_000_000)) } });
      memory.fill(99);
      return response;
    },
  };`;
  answer = async (_, response, body) => response.end(body);
  const runtime = await startWorker({ ECHO: supplier.url }, { script });
  try {
    const response = await fetch(runtime.url);
    assert.equal(response.headers.get("x-sent"), "true");
    assert.equal(await response.text(), "b".repeat(10));
  } finally {
    await runtime.close();
  }
});

test("bodies that are in memory side by side arrive as they were", async () => {
  answer = async (_, response, body) => {
    const { text } = JSON.parse(body).contents[0].parts[0];
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ candidates: [{ content: { parts: [{ text }], role: "model" }, finishReason: "STOP" }] }));
  };
  const ask = async (n) => {
    const content = `n${n}-`.repeat(1000 + n * 1000);
    const { response } = await post(GEMINI, chatBody({ messages: [{ role: "user", content }] }));
    assert.equal(JSON.parse(await textOf(response)).choices[0].message.content, content);
  };
  await Promise.all(Array.from({ length: 50 }, (_unused, n) => ask(n)));
});

test("every answer may be read by any page, errors and preflights included", async () => {
  answer = (_, response) => response.writeHead(500).end("broken");
  for (const [method, path] of [["OPTIONS", "/x"], ["GET", "/"], ["GET", "/nothing"], ["POST", GEMINI], ["POST", "/v2/groq"], ["POST", "/v2/nobody"]]) {
    const { headers, response } = await send(worker.url + path, { method, headers: JSON_HEADERS, body: method === "POST" ? chatBody() : undefined });
    assert.equal(headers["access-control-allow-origin"], "*", `${method} ${path}`);
    response.resume();
  }
});

test("every response has an id, its own or the supplier's", async () => {
  answer = (request, response) => response.writeHead(200, request.url.startsWith("/openai") ? { "x-request-id": "theirs" } : {}).end("{}");
  const ids = new Set();
  for (const path of ["/health", GEMINI, "/v2/groq/chat/completions", "/v2/openai/chat/completions", GEMINI]) {
    const { headers, response } = await post(path, chatBody());
    ids.add(headers["x-request-id"]);
    response.resume();
  }
  assert.equal(ids.size, 5);
  assert.ok(ids.delete("theirs"));
  for (const id of ids) assert.match(id, /^req_\d{8,20}$/);
});

test("the key arrives whole, whatever other headers hold", async () => {
  answer = (_, response) => response.writeHead(200).end("{}");
  for (const [path, header, expected] of [
    ["/v1/chat/completions", "x-goog-api-key", "authorization"],
    ["/v1/chat/completions", "Authorization", "authorization"],
    [GEMINI, "api-key", "x-goog-api-key"],
  ]) {
    supplier.seen.length = 0;
    const headers = { "content-type": "application/json", "openai-organization": "Z\u00fcrich", supplier: "openai", [header]: " the-key " };
    const { response } = await send(worker.url + path, { headers, body: chatBody() });
    response.resume();
    await until(() => supplier.seen.length > 0, "the supplier is asked");
    assert.equal(supplier.seen[0].headers[expected].replace("Bearer ", ""), "the-key", header);
  }
});

test("without configuration only the suppliers' own hosts are reached", async () => {
  const hosts = [];
  const bare = await startWorker({}, {
    outbound: (request, response) => {
      hosts.push(`${request.headers.host}${request.url}`);
      response.writeHead(401, { "content-type": "application/json" }).end("{}");
    },
  });
  for (const name of ["openai", "gemini", "groq"]) {
    const { response } = await send(`${bare.url}/v2/${name}/chat/completions`, { headers: JSON_HEADERS, body: chatBody() });
    await textOf(response);
  }
  await bare.close();
  assert.deepEqual(hosts, [
    "api.openai.com/v1/chat/completions",
    "generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent",
    "api.groq.com/openai/v1/chat/completions",
  ]);
});

const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUg==", "base64");
const answered = { candidates: [{ content: { parts: [{ text: "seen" }] }, finishReason: "STOP" }] };

test("images by link are fetched side by side, without the key, and go on as bytes", async () => {
  const seen = [];
  let bodies = "";
  const reaching = await startWorker({}, {
    outbound: async (request, response) => {
      seen.push({ host: request.headers.host, url: request.url, key: request.headers["x-goog-api-key"], authorization: request.headers.authorization });
      if (request.url === "/never") return;
      if (request.url.startsWith("/to/")) {
        response.writeHead(302, { location: decodeURIComponent(request.url.slice("/to/".length)) });
        return response.end();
      }
      if (request.headers.host === "images.example.com") {
        const moved = request.url === "/moved";
        response.writeHead(moved ? 302 : 200, moved ? { location: "/b" } : { "content-type": "application/octet-stream" });
        return response.end(moved ? "" : PNG);
      }
      for await (const piece of request) bodies += piece;
      response.writeHead(200, { "content-type": "application/json" });
      return response.end(JSON.stringify(answered));
    },
  });
  try {
    const link = (url) => ({ type: "image_url", image_url: { url } });
    const content = [{ type: "text", text: "?" }, ...["a", "moved", "c", "d", "e", "f"].map((name) => link(`https://images.example.com/${name}`))];
    const ask = (parts) => send(reaching.url + GEMINI, { headers: JSON_HEADERS, body: chatBody({ model: "gemini-2.0-flash", messages: [{ role: "user", content: parts }] }) });
    const { status, response } = await ask(content);
    assert.equal(status, 200, await textOf(response));
    const { parts } = JSON.parse(bodies).contents[0];
    assert.equal(parts.length, 7);
    for (const part of parts.slice(1)) assert.deepEqual(part.inlineData, { mimeType: "image/png", data: PNG.toString("base64") });
    const images = seen.filter(({ host }) => host === "images.example.com");
    assert.equal(images.length, 7);
    assert.ok(images.every(({ key, authorization }) => !key && !authorization));
    seen.length = 0;
    for (const url of ["http://127.0.0.1/a.png", "http://169.254.169.254/latest/meta-data", "http://[::1]/", "http://printer.local/a"]) {
      const refused = await ask([link(url)]);
      assert.equal(refused.status, 400);
      assert.equal(JSON.parse(await textOf(refused.response)).error.param, "messages[0].content[0].image_url.url");
    }
    assert.deepEqual(seen, []);
    // A redirect leads nowhere that a link may not.
    for (const location of ["http://127.0.0.1/a", "//169.254.169.254/a", "http://0x7f.1/a", "https://u@a.example/", "https://a.example\\@10.0.0.1/", "file:///a"]) {
      seen.length = 0;
      const refused = await ask([link(`https://images.example.com/to/${encodeURIComponent(location)}`)]);
      assert.equal(refused.status, 400, location);
      assert.equal(JSON.parse(await textOf(refused.response)).error.param, "messages[0].content[0].image_url.url");
      assert.deepEqual(seen.map(({ host }) => host), ["images.example.com"], location);
    }
    // The first is there long before the time of the second is over.
    const late = await ask([link("https://images.example.com/a"), link("https://images.example.com/never")]);
    assert.equal(late.status, 400);
    assert.match(await textOf(late.response), /longer than 10 seconds.*"param":"messages\[0\].content\[1\].image_url.url"/);
  } finally {
    await reaching.close();
  }
});

test("choices of calls side by side arrive as one stream, and a client that leaves ends them all", async () => {
  let open = 0;
  answer = (_, response) => {
    open++;
    response.on("close", () => open--);
    response.writeHead(200, { "content-type": "text/event-stream" });
    const timer = setInterval(() => response.write(geminiEvent("word ")), 20);
    response.on("close", () => clearInterval(timer));
  };
  const { response, destroy } = await post(GEMINI, chatBody({ model: "gemini-3-pro-preview", n: 3, stream: true }));
  const seen = collect(response);
  await until(() => [0, 1, 2].every((index) => seen.has(`"index":${index},"delta":{"content":"word "}`)), "every choice has begun");
  assert.equal(open, 3);
  destroy();
  await until(() => open === 0, "the suppliers see the connections close");
});

test("a silent stream has a sign of life within twenty seconds", { timeout: 40_000 }, async () => {
  const release = holdStream((response) => response.flushHeaders(), geminiEvent("x", "STOP"));
  const { response } = await post(GEMINI, stream);
  const seen = collect(response);
  const alive = '"delta":{},"logprobs":null,"finish_reason":null';
  await until(() => seen.has(alive), "an empty chunk", 21_000);
  release();
  await until(() => seen.has("[DONE]"), "the end");
  assert.equal(seen.pieces.join("").split('"content":"x"').length, 2, "what follows comes once");
});

test("a redirect of a supplier is not followed with the key", async () => {
  supplier.seen.length = 0;
  answer = (_, response) => response.writeHead(307, { location: `${supplier.url}/elsewhere` }).end();
  for (const path of [GEMINI, "/v2/openai/chat/completions"]) {
    const { status, response } = await post(path, chatBody());
    assert.ok(status >= 300, String(status));
    assert.ok(JSON.parse(await textOf(response)).error.message);
  }
  assert.equal(supplier.seen.length, 2);
});

test("a trap ends the exchanges of its instance readably, and the next request gets a fresh one", async () => {
  const trapping = await startWorker({ ...suppliersAt(supplier.url), STREAM_WINDOW_MS: "1000" }, { core: CORE_WITH_TRAP });
  const release = holdStream(async (response) => {
    response.write(geminiEvent("at once"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    response.write(geminiEvent("held"));
  }, geminiEvent("two", "STOP"));
  const open = await send(trapping.url + GEMINI, { headers: JSON_HEADERS, body: stream });
  const seen = collect(open.response);
  await until(() => seen.has('"role"'), "the open stream runs");
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.ok(!seen.has('"held"'));

  const trap = await send(trapping.url + GEMINI, { headers: { ...JSON_HEADERS, "x-trap": "head" }, body: stream });
  assert.equal(trap.status, 503);
  assert.equal(trap.headers["access-control-allow-origin"], "*");
  assert.equal(JSON.parse(await textOf(trap.response)).error.code, "instance_failed");

  release();
  await until(() => seen.has("instance_failed"), "the open stream ends with an error");
  assert.ok(seen.has('"held"'), "what was held for the window is not lost");
  assert.ok(!seen.has("[DONE]"));

  answer = (_, response) => response.writeHead(200).end(JSON.stringify({ candidates: [{ content: { parts: [{ text: "well" }] }, finishReason: "STOP" }] }));
  const next = await send(trapping.url + GEMINI, { headers: JSON_HEADERS, body: chatBody() });
  assert.equal(JSON.parse(await textOf(next.response)).choices[0].message.content, "well");
  await trapping.close();
});

test("a path that would leave the supplier's base URL reaches nothing else", async () => {
  supplier.seen.length = 0;
  answer = (_, response) => response.end("{}");
  const { port } = new URL(worker.url);
  for (const steps of ["../../x", "%2e%2e/%2E%2E/x", ".%2e/x", "..%2f..%2fx", "..%2F..%2Fx", "..\\..\\x", "..%5c..%5cx", "%252e%252e/x", "%252e%252e%252fx", "..;/x", "files/..%00/x"]) {
    for (const path of [`/v2/openai/${steps}`, `/v2/groq/openai/v1/${steps}`, `/v2/openai/models/${steps}`]) {
      for (const method of ["GET", "POST", "DELETE"]) {
        // As it stands: no parser of URLs takes the steps on the way.
        const status = await new Promise((resolve, reject) => {
          const request = httpRequest({ host: "127.0.0.1", port, path, method, headers: JSON_HEADERS, agent: false }, (response) => {
            response.resume();
            resolve(response.statusCode);
          });
          request.on("error", reject);
          request.end(method === "POST" ? chatBody() : undefined);
        });
        assert.ok([200, 400, 404, 405].includes(status), `${method} ${path}: ${status}`);
      }
    }
  }
  // Some steps are taken before the Worker sees the path, and then it may be one of the supplier's.
  for (const { url } of supplier.seen) assert.match(url, /^\/(openai|groq\/openai)\/v1\/(v1|x|models\/x|openai\/x)$/);
});
