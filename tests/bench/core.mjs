// The core alone, hot and without I/O: natively with Google Benchmark (core_bench.cpp), and the built module in V8 with
// tinybench, which warms up and repeats until a median holds.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { Bench } from "tinybench";
import { END, READ, WAIT } from "../../shim/commands.js";
import { SCENARIOS } from "./scenarios.mjs";

const encoder = new TextEncoder();
const NATIVE = "build/bench/tests/bench/core_bench";

const WORDS = 'The \\"quick\\" brown fox\\n你好，世界 ';
const candidate = (text, more) => `{"candidates":[{"content":{"parts":[{"text":"${text}"}],"role":"model"}${more},"index":0}],"usageMetadata":{"promptTokenCount":12,"candidatesTokenCount":345,"totalTokenCount":357},"modelVersion":"gemini-2.5-flash"}`;
const event = (i, last) => `data: ${candidate(`${WORDS}${i} `, last ? ',"finishReason":"STOP"' : "")}\r\n\r\n`;

/** What natively and in V8 is played alike: a request, and the pieces of its reply. */
export const EXCHANGES = {
  "small request, whole reply": { body: SCENARIOS.small.body, pieces: [candidate(WORDS.repeat(28), ',"finishReason":"STOP"')] },
  "91 KB request, whole reply": { body: SCENARIOS.context.body, pieces: [candidate(WORDS.repeat(28), ',"finishReason":"STOP"')] },
  "5 MB image, whole reply": { body: SCENARIOS.image.body, pieces: [candidate(WORDS.repeat(28), ',"finishReason":"STOP"')] },
  "stream of 200 chunks": { body: SCENARIOS.stream.body, pieces: Array.from({ length: 200 }, (_, i) => event(i, i === 199)) },
};

class Core {
  constructor(file) {
    this.calls = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), {}).exports;
    this.calls._initialize?.();
  }

  put(bytes, address) {
    new Uint8Array(this.calls.memory.buffer).set(bytes, address >>> 0);
    return bytes.length;
  }

  give(bytes) {
    return this.put(bytes, this.calls.lp_reserve(bytes.length));
  }

  /** One exchange from its first byte to its last; the commands' bytes stay where they are. */
  play({ body, pieces, head }) {
    const { calls } = this;
    const exchange = calls.lp_exchange_new(this.give(head), 1760000000, 1, 2);
    for (let kind = calls.lp_next(exchange); kind !== WAIT; kind = calls.lp_next(exchange)) {
      if (kind === READ) {
        this.put(body, calls.lp_request_reserve(exchange, body.length));
        calls.lp_request_take(exchange, body.length);
        calls.lp_request_end(exchange);
      }
    }
    calls.lp_reply_head(exchange, 1, 200, 0);
    for (const piece of pieces) {
      this.put(piece, calls.lp_reply_reserve(exchange, 1, piece.length));
      calls.lp_reply_take(exchange, 1, piece.length);
    }
    calls.lp_reply_end(exchange, 1);
    let kind = calls.lp_next(exchange);
    while (kind !== WAIT && kind !== END) kind = calls.lp_next(exchange);
    calls.lp_exchange_free(exchange);
    if (kind !== END) throw new Error("the exchange did not end");
  }
}

const bytesOf = ({ body, pieces }) => ({
  body: encoder.encode(body),
  pieces: pieces.map((piece) => encoder.encode(piece)),
  head: encoder.encode(
    `POST\nhttp://x/v2/gemini/chat/completions\nauthorization: Bearer key\ncontent-length: ${Buffer.byteLength(body)}\n`,
  ),
});

/** µs of an exchange, by exchange: natively, where that was built, and in V8. */
export async function microbenchmarks(quick) {
  const core = new Core("dist/core.wasm");
  const bench = new Bench({ time: quick ? 300 : 1500, warmupTime: 500 });
  for (const [name, exchange] of Object.entries(EXCHANGES)) {
    const played = bytesOf(exchange);
    bench.add(name, () => core.play(played));
  }
  await bench.run();
  const native = existsSync(NATIVE) ? nativeTimes() : new Map();
  return bench.tasks.map((task) => ({ name: task.name, v8: task.result.latency.p50 * 1000, native: native.get(task.name) ?? null }));
}

function nativeTimes() {
  const input = JSON.stringify(Object.entries(EXCHANGES).map(([name, exchange]) => ({ name, ...exchange })));
  const output = execFileSync(NATIVE, ["--benchmark_format=json"], { input, maxBuffer: 1 << 26, stdio: ["pipe", "pipe", "ignore"] });
  return new Map(JSON.parse(output).benchmarks.map(({ name, cpu_time: nanoseconds }) => [name, nanoseconds / 1000]));
}
