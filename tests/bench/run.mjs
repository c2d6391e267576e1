// What the Worker costs, side by side with what any Worker must cost. `npm run bench` builds first, then runs this.
//
// usage: node tests/bench/run.mjs [--quick] [--only SCENARIO,…] [--contender NAME=PATH]… [--write]
//                                 [--requests N] [--rounds N] [--warm-up MS]
//
// All contenders run at the same time and take turns, round by round, so that a machine whose speed drifts favours none.
// A figure is the mean of the faster half of the rounds: what disturbs a round only ever makes it slower.
// --write puts tables and charts where the README shows them.
import { copyFileSync, mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { microbenchmarks } from "./core.mjs";
import { machine, printed, write } from "./report.mjs";
import { GROWTH, IDLE, SCENARIOS } from "./scenarios.mjs";
import { askChat, cpuMicroseconds, forgetPeak, load, peakMiB, start, startSupplier } from "./workerd.mjs";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    requests: { type: "string" }, // of a round of the smallest scenario
    rounds: { type: "string" },
    "warm-up": { type: "string" }, // of each contender, before each scenario
    only: { type: "string", default: "" },
    contender: { type: "string", multiple: true, default: [] },
    write: { type: "boolean", default: false },
  },
});

const REQUESTS = Number(options.requests ?? (options.quick ? 800 : 1200));
const ROUNDS = Number(options.rounds ?? (options.quick ? 4 : 8));
const WARM_UP_MS = Number(options["warm-up"] ?? (options.quick ? 1000 : 3000));
const CONTENDERS = {
  pass: "tests/bench/contenders/pass.js",
  copy: "tests/bench/contenders/copy.js",
  pump: "tests/bench/contenders/pump.js",
  js: "tests/bench/contenders/js.js",
  floor: "build/floor",
  llmproxy: "dist",
  ...Object.fromEntries(options.contender.map((text) => text.split(/=(.*)/s))),
};

const say = (text) => process.stderr.write(`${text}\n`);
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

function fasterHalf(numbers) {
  const kept = [...numbers].sort((a, b) => a - b).slice(0, Math.ceil(numbers.length / 2));
  return kept.reduce((sum, number) => sum + number, 0) / kept.length;
}

/** The same Worker with a core that changes nothing (empty_operation.cpp). */
function makeFloor() {
  mkdirSync(CONTENDERS.floor, { recursive: true });
  copyFileSync("dist/index.js", `${CONTENDERS.floor}/index.js`);
  copyFileSync("build/wasm/floor.wasm", `${CONTENDERS.floor}/core.wasm`);
}

/** Does this contender make sense there? `copy` would hold a stream back, and `pump` is for streams. */
function takesPart(name, scenario) {
  if (name === "copy") return !scenario.stream;
  if (name === "js" || name === "floor") return scenario.supplier === "gemini";
  return name !== "pump" || scenario.stream;
}

/** Fresh processes, so that no scenario finds memory that another took. */
async function withContenders(names, supplier, work) {
  const contenders = [];
  try {
    for (const name of names) contenders.push(await start(name, CONTENDERS[name], supplier.port));
    return await work(contenders);
  } finally {
    for (const contender of contenders) contender.stop();
  }
}

/** µs of CPU, first byte in ms, and peak memory in MiB by contender. */
async function measure(contenders, scenario, rounds) {
  const count = Math.max(8, Math.ceil(REQUESTS * scenario.share));
  const rows = contenders.map((contender) => ({ contender, cpu: [], first: [], peak: 0 }));
  for (const { contender } of rows) {
    // A Worker that is used is one whose hot functions the engine has compiled for good, which takes thousands of calls.
    const end = performance.now() + WARM_UP_MS;
    do await load(contender, scenario, count);
    while (performance.now() < end);
    forgetPeak(contender);
  }
  for (let round = 0; round < rounds; round++) {
    for (const row of rows) {
      const before = cpuMicroseconds(row.contender);
      const replies = await load(row.contender, scenario, count);
      row.cpu.push((cpuMicroseconds(row.contender) - before) / count);
      row.first.push(median(replies.map((reply) => reply.firstByte)));
      row.peak = peakMiB(row.contender);
    }
  }
  const unit = fasterHalf(rows[0].cpu);
  return Object.fromEntries(
    rows.map(({ contender, cpu, first, peak }) => [
      contender.name,
      { cpu: fasterHalf(cpu), ratio: fasterHalf(cpu) / unit, spread: [Math.min(...cpu), Math.max(...cpu)], first: median(first), peak },
    ]),
  );
}

/** The first byte of a stream when nothing else goes on: the median of each contender, in ms. */
async function measureIdle(contenders) {
  const times = new Map(contenders.map((contender) => [contender, []]));
  for (let i = 0; i < (options.quick ? 200 : 600); i++) {
    for (const [contender, firsts] of times) firsts.push((await askChat(contender, IDLE)).firstByte);
  }
  return Object.fromEntries([...times].map(([{ name }, firsts]) => [name, median(firsts.slice(firsts.length / 4))]));
}

/** A fresh process: its first answer in ms, and the CPU until then in µs, starting workerd included. */
async function measureCold(supplierPort) {
  const cold = {};
  for (const name of ["pass", "llmproxy"]) {
    const runs = [];
    for (let i = 0; i < 7; i++) {
      const contender = await start(name, CONTENDERS[name], supplierPort);
      const { all } = await askChat(contender, SCENARIOS.small);
      runs.push({ answer: all, cpu: cpuMicroseconds(contender) });
      contender.stop();
    }
    cold[name] = { answer: median(runs.map((run) => run.answer)), cpu: median(runs.map((run) => run.cpu)) };
  }
  return cold;
}

async function main() {
  if (process.platform !== "linux") throw new Error("The benchmark reads CPU time from /proc: it needs Linux.");
  makeFloor();
  const supplier = await startSupplier();
  try {
    const report = { machine: machine(), scenarios: {}, growth: {}, idle: null, cold: null, core: [] };
    const wanted = (name) => options.only === "" || options.only.split(",").includes(name);
    for (const [name, scenario] of Object.entries(SCENARIOS).filter(([name]) => wanted(name))) {
      say(`▸ ${scenario.title}`);
      const names = Object.keys(CONTENDERS).filter((contender) => takesPart(contender, scenario));
      const results = await withContenders(names, supplier, (contenders) => measure(contenders, scenario, ROUNDS));
      report.scenarios[name] = { title: scenario.title, results };
    }
    const compared = ["pass", "js", "llmproxy"];
    for (const [name, steps] of Object.entries(GROWTH).filter(([name]) => wanted(name))) {
      report.growth[name] = [];
      for (const step of steps) {
        say(`▸ ${step.title}`);
        const results = await withContenders(compared, supplier, (contenders) => measure(contenders, step, Math.ceil(ROUNDS / 3)));
        report.growth[name].push({ size: step.size, results });
      }
    }
    if (wanted("time")) {
      say("▸ first byte of a stream, idle; first answer of a fresh process");
      report.idle = await withContenders(compared, supplier, measureIdle);
      report.cold = await measureCold(supplier.port);
    }
    if (wanted("core")) {
      say("▸ the core alone");
      report.core = await microbenchmarks(options.quick);
    }
    process.stdout.write(printed(report));
    if (options.write) write(report);
  } finally {
    supplier.stop();
  }
}

await main().catch((error) => {
  say(`✗ ${error.message}`);
  process.exitCode = 1;
});
process.exit();
