// The folders of tests/cases through the built Worker. What is made up per request (ids, time) is put in one form.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { after, before, describe, test } from "node:test";
import { bytesOf, send, startSupplier, startWorker, suppliersAt } from "./harness.mjs";

const ROOT = "tests/cases";
const PUBLIC = {
  "https://api.openai.com/v1": "/openai/v1",
  "https://generativelanguage.googleapis.com/v1beta": "/gemini/v1beta",
  "https://api.groq.com/openai/v1": "/groq/openai/v1",
};
// Of the connection or of the runtime, not of the answer.
const TRANSPORT = new Set(["connection", "transfer-encoding", "content-length", "date", "host", "keep-alive", "accept", "cf-worker"]);

const dirs = readdirSync(ROOT).flatMap((group) => readdirSync(join(ROOT, group)).map((name) => join(ROOT, group, name)));
const text = (path) => (existsSync(path) ? readFileSync(path, "utf8") : null);
const normal = (body) =>
  body
    .replace(/\b(chatcmpl|cmpl|call|audio_llmproxy)_?-?[A-Za-z0-9]{24}(?![A-Za-z0-9])/g, "$1-ID")
    .replace(/^req_\d+$/, "req-ID")
    .replace(/"expires_at":\s*\d+/g, '"expires_at":0')
    .replace(/"created":\s*\d+/g, '"created":0');
const tree = (body) => JSON.parse(normal(body));

function headOf(file) {
  const [first, ...lines] = file.trimEnd().split("\n");
  const headers = {};
  for (const line of lines) headers[line.slice(0, line.indexOf(":")).toLowerCase()] = line.slice(line.indexOf(":") + 1).trim();
  return { first, headers, lines };
}

let playing = null;
let supplier = null;
let worker = null;

before(async () => {
  supplier = await startSupplier((_, response, request) => {
    const { status, headers, body, cut } = choose(request);
    if (status === 0) return response.destroy();
    response.writeHead(status, headers);
    if (cut === null) return response.end(body);
    response.flushHeaders();
    return response.write(body.subarray(0, cut), () => setTimeout(() => response.destroy(), 20));
  });
  worker = await startWorker(suppliersAt(supplier.url));
});
after(async () => {
  await worker.close();
  supplier.close();
});

function loadReply(dir, name) {
  const head = text(join(dir, `${name}.head`));
  if (head === null) return null;
  const reply = headOf(head);
  const file = [".json", ".sse", ".txt"].map((extension) => join(dir, name + extension)).find(existsSync);
  const cut = text(join(dir, `${name}.cut`));
  // A label that the bytes do not bear out would be decoded by the runtime; what becomes of it is the native test's.
  delete reply.headers["content-encoding"];
  return {
    status: Number(reply.first),
    headers: reply.headers,
    body: file ? readFileSync(file) : Buffer.alloc(0),
    cut: cut === null ? null : Number(cut),
  };
}

const bodyOf = (text) => (/^\s*[[{]/.test(text) ? JSON.parse(text) : text);

/** What is sent to suppliers, and what they answer, in order. */
function load(dir) {
  const upstreams = [];
  const replies = [];
  for (let n = 1; ; n++) {
    const suffix = n === 1 ? "" : `.${n}`;
    const head = text(join(dir, `upstream${suffix}.head`));
    const reply = loadReply(dir, `reply${suffix}`);
    if (head === null && reply === null) break;
    const body = text(join(dir, `upstream${suffix}.json`)) ?? text(join(dir, `upstream${suffix}.txt`)) ?? "";
    if (head !== null) upstreams.push({ head, body: bodyOf(body), taken: false });
    if (reply !== null) replies.push(reply);
  }
  return { upstreams, replies: replies.length > 0 ? replies : [{ status: 500, headers: {}, body: Buffer.alloc(0), cut: null }] };
}

// Calls that go side by side may come in any order: each gets the reply of the request that it is.
function choose(body) {
  const free = playing.upstreams.filter((upstream) => !upstream.taken);
  const upstream = free.find((candidate) => isDeepStrictEqual(candidate.body, bodyOf(body))) ?? free[0];
  if (upstream) upstream.taken = true;
  const index = Math.max(playing.upstreams.indexOf(upstream), 0);
  return playing.replies[Math.min(index, playing.replies.length - 1)];
}

function checkUpstream() {
  assert.equal(supplier.seen.length, playing.upstreams.length, "calls to the supplier");
  const missing = playing.upstreams.map(({ head, body }) => ({ head, body }));
  for (const got of supplier.seen) {
    const at = missing.findIndex(({ body }) => isDeepStrictEqual(body, bodyOf(got.body)));
    const [expected] = missing.splice(Math.max(at, 0), 1);
    checkCall(got, expected);
  }
}

function checkCall(got, expected) {
  const [method, url, ...lines] = expected.head.trimEnd().split("\n");
  const base = Object.keys(PUBLIC).find((known) => url.startsWith(known));
  assert.equal(got.method, method);
  assert.equal(got.url, PUBLIC[base] + url.slice(base.length));
  const headers = headOf(`\n${lines.join("\n")}`).headers;
  for (const name of Object.keys(got.headers)) {
    if (!TRANSPORT.has(name)) assert.equal(got.headers[name], headers[name], `upstream header ${name}`);
  }
  for (const name of Object.keys(headers)) assert.ok(name in got.headers, `upstream header ${name}`);
  assert.deepEqual(bodyOf(got.body), expected.body);
}

// Choices that come from calls side by side interleave as they come.
const events = (stream) => (playing.upstreams.length > 1 ? stream.split("\n\n").sort() : stream);

function checkResponse(dir, status, headers, bytes) {
  const body = bytes.toString();
  const expected = headOf(text(join(dir, "response.head")));
  assert.equal(status, Number(expected.first));
  for (const [name, value] of Object.entries(expected.headers)) {
    assert.equal(normal(headers[name] ?? "absent"), normal(value), `response header ${name}`);
  }
  const json = text(join(dir, "response.json"));
  const stream = text(join(dir, "response.sse"));
  if (json !== null) assert.deepEqual(tree(body), tree(json));
  else if (stream !== null) assert.deepEqual(events(normal(body)), events(normal(stream)));
  else if (existsSync(join(dir, "response.bin"))) assert.deepEqual(bytes, readFileSync(join(dir, "response.bin")));
  else if (existsSync(join(dir, "response.piped"))) assert.equal(body, playing.replies[0].body.toString());
  else assert.equal(body, "");
}

describe("cases", () => {
  for (const dir of dirs) {
    test(dir.slice(ROOT.length + 1), async () => {
      const request = headOf(text(join(dir, "request.head")));
      const [method, path] = request.first.split(" ");
      playing = load(dir);
      supplier.seen.length = 0;
      const { status, headers, response } = await send(worker.url + path, {
        method,
        headers: request.headers,
        body: text(join(dir, "request.json")) ?? text(join(dir, "request.txt")) ?? undefined,
      });
      checkResponse(dir, status, headers, await bytesOf(response));
      checkUpstream();
    });
  }
});
