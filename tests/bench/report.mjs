// What was measured, as text, tables and charts.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { bars, lines } from "./chart.mjs";

const FOLDER = "tests/bench";
const versionOf = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")).version;

export function machine() {
  const [{ model }] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    text: `${model.replaceAll(/\s+/g, " ").trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release().split("-")[0]}, workerd ${versionOf("workerd")}`,
  };
}

const times = (number) => `${number.toFixed(2)}×`;
const micro = (number) => `${number < 100 ? number.toFixed(1) : Math.round(number).toLocaleString("en")} µs`;

function cells({ results }) {
  return Object.entries(results).map(([name, { cpu, ratio, first, peak, spread }]) => ({
    name,
    cpu: micro(cpu),
    ratio: times(ratio),
    first: `${first.toFixed(2)} ms`,
    peak: `${Math.round(peak)} MiB`,
    spread: `${Math.round(spread[0])}–${Math.round(spread[1])}`,
  }));
}

/** Is it a line? What one more costs in the second half of the range, to that in the first. */
function bend(steps, name) {
  const at = (index) => ({ x: steps[index].size, y: steps[index].results[name].cpu });
  const [first, middle, last] = [at(0), at(steps.length >> 1), at(steps.length - 1)];
  return (last.y - middle.y) / (last.x - middle.x) / ((middle.y - first.y) / (middle.x - first.x));
}

const UNITS = { request: "KB of request", chunks: "chunk of a stream" };

function growthLines(growth) {
  return Object.entries(growth).flatMap(([name, steps]) =>
    ["pass", "js", "llmproxy"].map((contender) => {
      const [first, last] = [steps[0], steps.at(-1)];
      const slope = (last.results[contender].cpu - first.results[contender].cpu) / (last.size - first.size);
      return { what: UNITS[name], contender, slope: `${slope.toFixed(2)} µs`, bend: bend(steps, contender).toFixed(2) };
    }),
  );
}

function timeLines({ idle, cold }) {
  if (idle === null) return [];
  const firsts = Object.entries(idle).map(([name, ms]) => `${name} ${ms.toFixed(2)} ms`);
  const starts = Object.entries(cold).map(([name, { answer, cpu }]) => `${name} ${answer.toFixed(1)} ms (process: ${(cpu / 1000).toFixed(0)} ms of CPU)`);
  return [`first byte of a stream, median, one at a time: ${firsts.join(", ")}`, `first answer of a fresh process: ${starts.join(", ")}`];
}

export function printed(report) {
  const out = [`\n${report.machine.text}, ${report.machine.date}\n`];
  for (const scenario of Object.values(report.scenarios)) {
    out.push(`\n${scenario.title}\n`);
    for (const { name, cpu, ratio, first, peak, spread } of cells(scenario)) {
      out.push(`  ${name.padEnd(10)} ${cpu.padStart(11)} ${ratio.padStart(7)}  (${spread})  first byte ${first.padStart(9)}  peak ${peak.padStart(8)}\n`);
    }
  }
  for (const { what, contender, slope, bend: bent } of growthLines(report.growth)) {
    out.push(`\nper ${what}: ${contender} ${slope}, second half to first half ${bent}`);
  }
  for (const line of timeLines(report)) out.push(`\n${line}`);
  for (const { name, v8, native } of report.core) {
    out.push(`\ncore, ${name}: ${micro(v8)} in V8${native === null ? "" : `, ${micro(native)} natively`}`);
  }
  return `${out.join("")}\n`;
}

function row(values) {
  return `| ${values.join(" | ")} |\n`;
}

function summary({ scenarios, machine: { date, text } }, words) {
  const names = ["pass", "copy", "pump", "js", "floor", "llmproxy"];
  let out = row(["", ...words.names]) + row(["---", ...names.map(() => "---:")]);
  for (const [key, { results }] of Object.entries(scenarios)) {
    out += row([words.scenarios[key], ...names.map((name) => (results[name] ? times(results[name].ratio) : "–"))]);
  }
  return `${out}\n${words.note(text, date)}\n`;
}

const ENGLISH = {
  names: ["only forwards", "copies bodies", "touches each chunk", "plain JavaScript", "empty core", "**llmproxy**"],
  scenarios: {
    small: "request of 1.4 KB",
    context: "request of 91 KB",
    image: "image of 5 MB",
    stream: "stream, 200 chunks at once",
    paced: "stream, a chunk every 5 ms",
    tools: "stream, 200 tool calls",
    long: "stream, 10,000 chunks",
    openai: "OpenAI's stream, 200 chunks",
  },
  note: (text, date) => `CPU of a request, as a multiple of a Worker that only forwards it. “Empty core” is llmproxy with a core that changes nothing: what its I/O costs. ${text}; ${date}.`,
};
const CHINESE = {
  names: ["仅转发", "复制整个正文", "逐块读写", "普通 JavaScript", "空核心", "**llmproxy**"],
  scenarios: {
    small: "1.4 KB 请求",
    context: "91 KB 请求",
    image: "5 MB 图片",
    stream: "流式，200 块一次到达",
    paced: "流式，每 5 ms 一块",
    tools: "流式，200 次工具调用",
    long: "流式，10,000 块",
    openai: "OpenAI 的流，200 块",
  },
  note: (text, date) => `每个请求的 CPU 时间，以“仅转发”的 Worker 为 1。“空核心”是核心什么都不改的 llmproxy，即其 I/O 本身的开销。${text}；${date}。`,
};

const MARKS = /(<!-- bench -->\n)[^]*?(<!-- \/bench -->)/;

function full(report) {
  let out = `# Measured\n\n${report.machine.text}, ${report.machine.date}. Made by \`npm run bench -- --write\`.\n\n`;
  out += row(["scenario", "contender", "CPU", "× pass", "rounds, µs", "first byte", "peak memory"]) + row(Array(7).fill("---"));
  for (const scenario of Object.values(report.scenarios)) {
    cells(scenario).forEach((cell, index) => {
      out += row([index === 0 ? scenario.title : "", cell.name, cell.cpu, cell.ratio, cell.spread, cell.first, cell.peak]);
    });
  }
  out += `\n## Growth\n\nWhat one more costs, and that of the second half of the range to that of the first: 1 is a line.\n\n`;
  out += row(["one more", "contender", "CPU", "second to first half"]) + row(Array(4).fill("---"));
  for (const { what, contender, slope, bend: bent } of growthLines(report.growth)) out += row([what, contender, slope, bent]);
  out += `\n## Time\n\n${timeLines(report).map((line) => `- ${line}\n`).join("")}`;
  out += `\n## The core alone\n\nHot, without I/O: a whole exchange.\n\n`;
  out += row(["exchange", "in V8", "natively (-O2)"]) + row(["---", "---:", "---:"]);
  for (const { name, v8, native } of report.core) out += row([name, micro(v8), native === null ? "–" : micro(native)]);
  return out;
}

/** Where the README shows it. */
export function write(report) {
  for (const [file, words] of [
    ["README.md", ENGLISH],
    ["README.zh-CN.md", CHINESE],
  ]) {
    writeFileSync(file, readFileSync(file, "utf8").replace(MARKS, `$1\n${summary(report, words)}\n$2`));
  }
  writeFileSync(`${FOLDER}/results.md`, full(report));
  writeFileSync(`${FOLDER}/cost.svg`, bars(report));
  writeFileSync(`${FOLDER}/growth.svg`, lines(report));
}
