// The built Worker in workerd, and suppliers as local HTTP servers.
import { readFileSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import { Miniflare } from "miniflare";

export const CORE = "dist/core.wasm";
export const CORE_WITH_TRAP = "build/wasm/core_with_trap.wasm";

/** {url, close()}: the Worker on a port of this machine. `env` as strings; `outbound` answers instead of the network; `script` runs in place of the shim. */
export async function startWorker(env = {}, { core = CORE, outbound, script = readFileSync("dist/index.js", "utf8") } = {}) {
  const variables = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, { type: "text", value }]));
  const miniflare = new Miniflare({
    port: 0,
    workers: [
      {
        config: {
          name: "llmproxy",
          compatibilityDate: "2026-11-17",
          manifest: {
            mainModule: "index.js",
            modulesRoot: process.cwd(),
            modules: {
              "index.js": { type: "esm", contents: script },
              "core.wasm": { type: "wasm", contents: readFileSync(core) },
            },
          },
          env: variables,
        },
        dev: outbound ? { outboundService: { type: "node-handler", handler: outbound } } : {},
      },
    ],
  });
  const url = (await miniflare.ready).origin;
  return { url, close: () => miniflare.dispose() };
}

/** A supplier: `answer(request, response, body)`; {url, seen, close()}. `seen` lists what came. */
export async function startSupplier(answer) {
  const seen = [];
  const server = createServer(async (request, response) => {
    const pieces = [];
    request.on("error", () => {});
    try {
      for await (const piece of request) pieces.push(piece);
    } catch {
      return; // the Worker gave the request up
    }
    const body = Buffer.concat(pieces).toString();
    seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    await answer(request, response, body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, seen, close };
}

/** All three base URLs at one supplier. */
export const suppliersAt = (url) => ({
  OPENAI_BASE_URL: `${url}/openai/v1`,
  GEMINI_BASE_URL: `${url}/gemini/v1beta`,
  GROQ_BASE_URL: `${url}/groq/openai/v1`,
});

/** A request over plain HTTP: {status, headers, response}, the body not read yet. destroy() goes away. */
export function send(url, { method = "POST", headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers, agent: false }, (response) => {
      response.on("error", () => {});
      resolve({ status: response.statusCode, headers: response.headers, response, destroy: () => request.destroy() });
    });
    request.on("error", reject);
    request.end(body);
  });
}

export async function bytesOf(response) {
  const pieces = [];
  for await (const piece of response) pieces.push(piece);
  return Buffer.concat(pieces);
}

export const textOf = async (response) => (await bytesOf(response)).toString();

export const until = async (condition, what, ms = 5000) => {
  for (const end = Date.now() + ms; Date.now() < end; ) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`this did not happen in ${ms} ms: ${what}`);
};

export const geminiEvent = (text, finishReason) =>
  `data: ${JSON.stringify({ candidates: [{ content: { parts: [{ text }], role: "model" }, finishReason, index: 0 }] })}\r\n\r\n`;

export const chatBody = (extra = {}) =>
  JSON.stringify({ model: "gemini-2.5-flash", messages: [{ role: "user", content: "Hello" }], ...extra });

export const JSON_HEADERS = { "content-type": "application/json", authorization: "Bearer test-key" };
