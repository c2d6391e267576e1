// A supplier that answers from memory, as fast as it can: Gemini's and OpenAI's wire formats. What it is to say stands
// in the name of the model: words joined by dashes, see scenarios.mjs. A process of its own, told its port.
import { createServer } from "node:http";

const WORDS = 'The "quick" brown fox\n你好，世界 ';
const USAGE = { promptTokenCount: 12, candidatesTokenCount: 345, totalTokenCount: 357 };
const PACE_MS = 5;

const geminiOf = (parts, finishReason) => ({
  candidates: [{ content: { parts, role: "model" }, ...(finishReason ? { finishReason } : {}), index: 0 }],
  usageMetadata: { ...USAGE, promptTokensDetails: [{ modality: "TEXT", tokenCount: 12 }] },
  modelVersion: "gemini-2.5-flash",
  responseId: "mAq1Z5r4KqaBnvgP",
});
const callOf = (i) => ({ functionCall: { name: "look_up", args: { city: `Zürich ${i}`, days: i, units: ["metric", "imperial"] } } });
const openaiOf = (i, last) => ({
  id: "chatcmpl-bench",
  object: "chat.completion.chunk",
  created: 1760000000,
  model: "bench",
  choices: [{ index: 0, delta: { content: `${WORDS}${i} ` }, logprobs: null, finish_reason: last ? "stop" : null }],
});

const made = new Map();

/** What is made once is sent many times. */
function pieces(kind, count) {
  const key = `${kind} ${count}`;
  if (!made.has(key)) made.set(key, make(kind, count));
  return made.get(key);
}

function make(kind, count) {
  if (kind === "whole") return [Buffer.from(JSON.stringify(geminiOf([{ text: WORDS.repeat(28) }], "STOP"), null, 2))];
  const event = (value, end) => Buffer.from(`data: ${typeof value === "string" ? value : JSON.stringify(value)}${end}`);
  const each = (toEvent) => Array.from({ length: count }, (_, i) => toEvent(i, i === count - 1));
  if (kind === "openai") return [...each((i, last) => event(openaiOf(i, last), "\n\n")), event("[DONE]", "\n\n")];
  const part = kind === "tools" ? callOf : (i) => ({ text: `${WORDS}${i} ` });
  return each((i, last) => event(geminiOf([part(i)], last ? "STOP" : ""), "\r\n\r\n"));
}

async function answer(request, response) {
  let first = null;
  for await (const piece of request) first ??= piece;
  // The model: in Gemini's path, and in OpenAI's body.
  const name = /models\/[\w.-]+-bench-([\w-]+):/.exec(request.url)?.[1] ?? /"model":"[\w.-]+-bench-([\w-]+)"/.exec(first ?? "")?.[1] ?? "whole-1";
  const [kind, count, pace] = name.split("-");
  const body = pieces(kind, Number(count));
  if (kind === "whole") {
    response.writeHead(200, { "content-type": "application/json; charset=UTF-8", "content-length": body[0].length });
    response.end(body[0]);
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const piece of body) {
    if (response.destroyed) return;
    if (!response.write(piece)) await new Promise((resolve) => response.once("drain", resolve));
    if (pace === "paced") await new Promise((resolve) => setTimeout(resolve, PACE_MS));
  }
  response.end();
}

const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
// A contender waits for its turn longer than the five seconds after which a connection would be closed.
server.keepAliveTimeout = 600_000;
server.listen(Number(process.argv[2]), "127.0.0.1");
