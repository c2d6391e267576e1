// The WebAssembly module itself: what it asks for, what it offers, how large it is, and its SIMD paths.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import * as shim from "../../shim/commands.js";
import { CORE } from "./harness.mjs";

// What it has grown by is what keeps hostile input from hurting others: limits, budgets, checks of links and paths; and the
// suppliers as a document, with the reader that will read an operator's.
const BUDGET = { bytes: 430_000, gzipped: 180_000 };
// Those of wasm/exports/llmproxy.h, and what Emscripten adds to every module.
const OURS = `lp_reserve lp_set_variable lp_exchange_new lp_exchange_free lp_request_reserve lp_request_take lp_request_end lp_request_fail
  lp_held lp_reply_head lp_reply_reserve lp_reply_take lp_reply_end lp_reply_fail lp_client_lost lp_next lp_arguments lp_text
  lp_text_size lp_fatal_status lp_tick lp_warm_up`.split(/\s+/);
const RUNTIME = /^(memory|_initialize|__errno_location|__indirect_function_table|stack\w+|emscripten_stack_\w+|_emscripten_stack_\w+)$/;

const bytes = readFileSync(CORE);
const module = new WebAssembly.Module(bytes);

test("the module imports nothing", () => {
  assert.deepEqual(WebAssembly.Module.imports(module), []);
});

test("the module exports what its header says and nothing else", () => {
  const names = WebAssembly.Module.exports(module).map((entry) => entry.name);
  assert.deepEqual(names.filter((name) => !RUNTIME.test(name)).sort(), [...OURS].sort());
  const declared = [...readFileSync("wasm/exports/llmproxy.h", "utf8").matchAll(/LP_EXPORT\((lp_\w+)\)/g)].map((match) => match[1]);
  assert.deepEqual(declared.sort(), [...OURS].sort());
});

test("the numbers of the boundary are the same on both sides", () => {
  const header = readFileSync("wasm/exports/llmproxy.h", "utf8");
  const numbers = Object.fromEntries([...header.matchAll(/\bLP_(\w+) = (\d+)/g)].map(([, name, value]) => [name, Number(value)]));
  const { ENCODINGS, ...known } = shim;
  for (const [name, value] of Object.entries(known)) assert.equal(value, numbers[name], name);
  for (const [number, name] of ENCODINGS.entries()) assert.equal(number, numbers[name.toUpperCase() || "IDENTITY"], name);
  const others = Object.keys(numbers).filter((name) => !(name in known));
  assert.deepEqual(others.sort(), ["BYTES", "DEFLATE", "GZIP", "IDENTITY", "TEXTS"], "what the shim has no use for, or has in ENCODINGS");
});

test("the module is within its budget", () => {
  assert.ok(bytes.length <= BUDGET.bytes, `${bytes.length} bytes`);
  assert.ok(gzipSync(bytes).length <= BUDGET.gzipped, `${gzipSync(bytes).length} bytes gzipped`);
});

test("heads that are large are counted, too", () => {
  const core = new WebAssembly.Instance(module, {}).exports;
  core._initialize();
  const head = new TextEncoder().encode(`POST\nhttp://x/v2/gemini/chat/completions\nauthorization: Bearer ${"k".repeat(100_000)}\n`);
  const open = () => {
    const address = core.lp_reserve(head.length);
    new Uint8Array(core.memory.buffer).set(head, address);
    const exchange = core.lp_exchange_new(head.length, 0, 1, 2);
    const command = core.lp_next(exchange);
    if (command !== shim.READ) core.lp_exchange_free(exchange); // it was answered
    return command;
  };
  const commands = Array.from({ length: 2000 }, open);
  assert.equal(commands[0], shim.READ);
  assert.equal(commands.at(-1), shim.HEAD);
});

test("memory has a limit, and running into it is an answer, not a trap", () => {
  const core = new WebAssembly.Instance(module, {}).exports;
  core._initialize();
  assert.throws(() => core.memory.grow(96 * 16)); // beyond 96 MiB in pages of 64 KiB
  const encoder = new TextEncoder();
  const open = () => {
    const give = (text) => {
      const bytes = encoder.encode(text);
      const address = core.lp_reserve(bytes.length);
      new Uint8Array(core.memory.buffer).set(bytes, address);
      return bytes.length;
    };
    const headers = `authorization: Bearer k\ncontent-length: ${30 * 1024 * 1024}\n`;
    return core.lp_exchange_new(give(`POST\nhttp://x/v2/gemini/chat/completions\n${headers}`), 0, 1, 2);
  };
  // Sends all of it; false when it is refused.
  const fill = (exchange) => {
    const piece = 512 * 1024;
    for (let at = 0; at < 30 * 1024 * 1024; at += piece) {
      if (core.lp_request_reserve(exchange, piece) === 0) return false;
      core.lp_request_take(exchange, piece);
    }
    return true;
  };
  const exchanges = [open(), open(), open(), open()];
  for (const exchange of exchanges) assert.equal(core.lp_next(exchange), 1, "a claim takes no memory");
  assert.equal(fill(exchanges[0]), true, "the first is read");
  assert.equal(fill(exchanges[3]) && fill(exchanges[1]) && fill(exchanges[2]), false, "not all have room");
  const refused = exchanges.find((exchange) => core.lp_next(exchange) === 4);
  assert.ok(refused, "one is answered at once");
  assert.equal(new Uint32Array(core.memory.buffer, core.lp_arguments(), 1)[0], 503);
  for (const exchange of exchanges) core.lp_exchange_free(exchange);
  const again = open();
  assert.equal(core.lp_next(again), 1);
  assert.equal(fill(again), true, "what was freed is there again");
});

/** read(bytes): what the JSON layer alone, built with the SIMD path, says of them (see json_probe.cpp). */
function probe() {
  const core = new WebAssembly.Instance(new WebAssembly.Module(readFileSync("build/wasm/json_probe.wasm")), {}).exports;
  core._initialize();
  return (bytes) => {
    const address = core.probe_reserve(bytes.length);
    new Uint8Array(core.memory.buffer).set(bytes, address);
    return core.probe_read(bytes.length);
  };
}

test("the SIMD path of the JSON cursor holds to the vectors", () => {
  const read = probe();
  let count = 0;
  for (const line of readFileSync("tests/vectors/json.txt", "utf8").trim().split("\n")) {
    if (line.startsWith("#")) continue;
    const [verdict, literal] = line.split(/ (.*)/s);
    assert.equal(read(Buffer.from(JSON.parse(literal), "latin1")) > 0, verdict === "valid", line);
    count++;
  }
  assert.ok(count > 200);
});

test("the SIMD path agrees with the engine's own JSON on strings that were damaged at random", () => {
  const read = probe();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const expected = (bytes) => {
    try {
      const text = decoder.decode(bytes);
      if (!JSON.parse(text).isWellFormed()) return 0;
      return text.includes("\\") ? 2 : 1;
    } catch {
      return 0;
    }
  };
  let state = 20_261_124;
  const random = (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % limit;
  };
  const fragments = ["a", "hello, world", "é", "你好，世界", "😀", "\u{10FFFF}", "\uFFFF", "\\n", '\\"', "\\\\", "\\u00e9", "\\ud83d\\ude00", "\\ud83d", "x".repeat(17), "\\\\\\", "\\t", "y".repeat(64)];
  const verdicts = [0, 0, 0];
  for (let round = 0; round < 40_000; round++) {
    const inside = Array.from({ length: random(random(4) === 0 ? 60 : 12) }, () => fragments[random(fragments.length)]).join("");
    // White space behind it lets the last blocks be whole ones.
    const bytes = Buffer.from(`"${inside}"${" ".repeat(random(150))}`);
    for (let hits = random(3); hits > 0; hits--) bytes[random(bytes.length)] = random(256);
    const verdict = expected(bytes);
    assert.equal(read(bytes), verdict, JSON.stringify(bytes.toString("latin1")));
    verdicts[verdict]++;
  }
  assert.ok(verdicts.every((count) => count > 2000), String(verdicts));
});
