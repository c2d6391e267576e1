// Vercel's AI SDK, LangChain JS, and curl.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { ChatOpenAI } from "@langchain/openai";
import { generateText, jsonSchema, streamText, tool } from "ai";
import { startAll } from "./setup.mjs";

let all = null;
before(async () => (all = await startAll()));
after(() => all.close());

const run = promisify(execFile);
const GEMINI = /Hello from the demo Gemini.*你好/s;
const prompt = "Hi 你好";

test("ai: generateText and streamText", async () => {
  const provider = createOpenAICompatible({ name: "llmproxy", baseURL: `${all.url}/v2/gemini`, apiKey: "demo", includeUsage: true });
  const model = provider("gemini-2.5-flash");
  const whole = await generateText({ model, prompt });
  assert.match(whole.text, GEMINI);
  assert.equal(whole.finishReason, "stop");
  const stream = streamText({ model, prompt });
  let text = "";
  for await (const delta of stream.textStream) text += delta;
  assert.match(text, GEMINI);
  assert.ok((await stream.usage).totalTokens > 0);
});

test("ai: a tool call in a stream", async () => {
  const provider = createOpenAICompatible({ name: "llmproxy", baseURL: `${all.url}/v2/gemini`, apiKey: "demo" });
  const tools = { get_weather: tool({ inputSchema: jsonSchema({ type: "object", properties: { city: { type: "string" } } }) }) };
  const calls = await streamText({ model: provider("gemini-2.5-flash"), prompt, tools }).toolCalls;
  assert.equal(calls[0].toolName, "get_weather");
});

test("LangChain: invoke, stream, tools", async () => {
  const model = new ChatOpenAI({
    model: "gemini-2.5-flash", apiKey: "demo", maxRetries: 0, temperature: 0,
    configuration: { baseURL: `${all.url}/v2/gemini` },
  });
  assert.match((await model.invoke(prompt)).content, GEMINI);
  let text = "";
  for await (const chunk of await model.stream(prompt)) text += chunk.content;
  assert.match(text, GEMINI);
  const bound = model.bindTools([{ type: "function", function: { name: "get_weather", parameters: { type: "object", properties: {} } } }]);
  const reply = await bound.invoke(prompt);
  assert.equal(reply.tool_calls[0].name, "get_weather");
});

test("curl: a stream that is not held back, with compression on", async () => {
  const started = Date.now();
  const { stdout } = await run("curl", [
    "-sN", "--compressed", "--max-time", "20", "-w", "\n%{time_starttransfer}", `${all.url}/v2/gemini/chat/completions`,
    "-H", "Content-Type: application/json", "-H", "Authorization: Bearer demo",
    "-d", JSON.stringify({ model: "gemini-2.5-flash", stream: true, messages: [{ role: "user", content: prompt }] }),
  ]);
  const took = (Date.now() - started) / 1000;
  assert.match(stdout, /data: \[DONE\]\n\n/);
  assert.ok(Number(stdout.split("\n").at(-1)) < took / 2, "the first byte came long before the last");
});

test("curl: an error names what is wrong", async () => {
  const { stdout } = await run("curl", ["-s", "--max-time", "10", `${all.url}/v1/chat/completions`, "-d", "{"]);
  assert.equal(JSON.parse(stdout).error.type, "invalid_request_error");
});
