// The folders of tests/cases through the built Worker. What is made up per request (ids, time) is put in one form.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { send, startSupplier, startWorker, suppliersAt, textOf } from "./harness.mjs";

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
    .replace(/\b(chatcmpl|call|req)_?-?[A-Za-z0-9]{24}\b/g, "$1-ID")
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
  supplier = await startSupplier((_, response) => {
    const { status, headers, body, cut } = playing;
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

function load(dir) {
  const reply = headOf(text(join(dir, "reply.head")) ?? "500\n");
  const file = ["reply.json", "reply.sse", "reply.txt"].map((name) => join(dir, name)).find(existsSync);
  const cut = text(join(dir, "reply.cut"));
  // A label that the bytes do not bear out would be decoded by the runtime; what becomes of it is the native test's.
  delete reply.headers["content-encoding"];
  return {
    status: Number(reply.first),
    headers: reply.headers,
    body: file ? readFileSync(file) : Buffer.alloc(0),
    cut: cut === null ? null : Number(cut),
  };
}

function checkUpstream(dir) {
  const expected = text(join(dir, "upstream.head"));
  const [got] = supplier.seen;
  if (expected === null) return assert.equal(got, undefined, "nothing was to be sent upstream");
  assert.equal(supplier.seen.length, 1);
  const [method, url, ...lines] = expected.trimEnd().split("\n");
  const base = Object.keys(PUBLIC).find((known) => url.startsWith(known));
  assert.equal(got.method, method);
  assert.equal(got.url, PUBLIC[base] + url.slice(base.length));
  const headers = headOf(`\n${lines.join("\n")}`).headers;
  for (const name of Object.keys(got.headers)) {
    if (!TRANSPORT.has(name)) assert.equal(got.headers[name], headers[name], `upstream header ${name}`);
  }
  for (const name of Object.keys(headers)) assert.ok(name in got.headers, `upstream header ${name}`);
  assert.deepEqual(JSON.parse(got.body), JSON.parse(text(join(dir, "upstream.json"))));
}

function checkResponse(dir, status, headers, body) {
  const expected = headOf(text(join(dir, "response.head")));
  assert.equal(status, Number(expected.first));
  for (const [name, value] of Object.entries(expected.headers)) {
    assert.equal(normal(headers[name] ?? "absent"), normal(value), `response header ${name}`);
  }
  const json = text(join(dir, "response.json"));
  const stream = text(join(dir, "response.sse"));
  if (json !== null) assert.deepEqual(tree(body), tree(json));
  else if (stream !== null) assert.equal(normal(body), normal(stream));
  else if (existsSync(join(dir, "response.piped"))) assert.equal(body, playing.body.toString());
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
        body: text(join(dir, "request.json")) ?? undefined,
      });
      checkResponse(dir, status, headers, await textOf(response));
      checkUpstream(dir);
    });
  }
});
