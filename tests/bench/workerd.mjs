// Contenders in workerd, the load on them, and what they spend: CPU is what the kernel counted for the process, user and
// system together; memory the most that it held. Linux only.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { Agent, request as httpRequest } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const AT_ONCE = 8;
const BINARY = "node_modules/@cloudflare/workerd-linux-64/bin/workerd";
const date = /^compatibility_date = "(.*)"/m.exec(readFileSync("wrangler.toml", "utf8"))[1];
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function answers(port, isDead) {
  for (const end = performance.now() + 20_000; ; ) {
    try {
      await ask({ port }, { method: "GET", path: "/health" });
      return;
    } catch (error) {
      if (performance.now() > end || isDead()) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** {port, stop()}: the supplier that all contenders talk to. */
export async function startSupplier() {
  const port = await freePort();
  const child = spawn(process.execPath, ["tests/bench/supplier.mjs", String(port)], { stdio: "inherit" });
  await answers(port, () => child.exitCode !== null);
  return { port, stop: () => child.kill() };
}

/** Starts a Worker: a folder as it is deployed, or a file of JavaScript. Whatever it fetches goes to the supplier. */
export async function start(name, path, supplierPort) {
  const folder = mkdtempSync(join(tmpdir(), "llmproxy-bench-"));
  const isFolder = statSync(path).isDirectory();
  symlinkSync(resolve(isFolder ? path : join(path, "..")), join(folder, "source"));
  const files = isFolder ? readdirSync(path).sort((a, b) => (b === "index.js") - (a === "index.js")) : [path.split("/").pop()];
  const module = (file) => `(name = "${file}", ${file.endsWith(".wasm") ? "wasm" : "esModule"} = embed "source/${file}")`;
  const port = await freePort();
  const base = `http://127.0.0.1:${supplierPort}`;
  writeFileSync(
    join(folder, "worker.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [${files.map(module).join(", ")}], compatibilityDate = "${date}", globalOutbound = "supplier",
      bindings = [(name = "GEMINI_BASE_URL", text = "${base}/v1beta"), (name = "OPENAI_BASE_URL", text = "${base}/v1")])),
    (name = "supplier", external = (address = "127.0.0.1:${supplierPort}", http = ()))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]);
`,
  );
  const child = spawn(BINARY, ["serve", join(folder, "worker.capnp")], { stdio: ["ignore", "ignore", "ignore"] });
  await answers(port, () => child.exitCode !== null).catch((error) => {
    throw new Error(`${name} does not start`, { cause: error });
  });
  return { name, port, pid: child.pid, supplierPort, stop: () => child.kill() };
}

function ask({ port }, { method, path, headers = {}, body = "" }) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const call = httpRequest({ host: "127.0.0.1", port, path, method, agent, headers }, (response) => {
      let firstByte = null;
      response.on("data", () => {
        firstByte ??= performance.now() - began;
      });
      response.on("end", () => resolve({ status: response.statusCode, firstByte, all: performance.now() - began }));
      response.on("error", reject);
    });
    call.on("error", reject);
    call.end(body);
  });
}

export function askChat(contender, scenario) {
  const supplier = `http://127.0.0.1:${contender.supplierPort}`;
  const path = scenario.supplier === "openai" ? "/v1/chat/completions" : `/v1beta/models/${scenario.model}:${scenario.method}`;
  const headers = {
    "content-type": "application/json",
    authorization: "Bearer key",
    "content-length": Buffer.byteLength(scenario.body),
    // Where a contender that translates nothing sends it.
    "x-bench-url": supplier + path,
  };
  return ask(contender, { method: "POST", path: `/v2/${scenario.supplier}/chat/completions`, headers, body: scenario.body });
}

/** `count` requests, several at once; the times of each. */
export async function load(contender, scenario, count) {
  const replies = [];
  let left = count;
  const client = async () => {
    while (left-- > 0) {
      const reply = await askChat(contender, scenario);
      if (reply.status !== 200) throw new Error(`${contender.name} answers ${scenario.title} with ${reply.status}`);
      replies.push(reply);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, client));
  return replies;
}

const TICKS = 100; // of a second; the kernel's USER_HZ

export function cpuMicroseconds({ pid }) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return ((Number(fields[11]) + Number(fields[12])) / TICKS) * 1e6;
}

const status = ({ pid }, field) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;

export const residentMiB = (contender) => status(contender, "VmRSS");
export const peakMiB = (contender) => status(contender, "VmHWM");
export const forgetPeak = ({ pid }) => writeFileSync(`/proc/${pid}/clear_refs`, "5");
