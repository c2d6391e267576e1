// Agents that call tools in turns, against a Gemini that enforces its rules. Clients that drop the fields they do not
// know bring signatures back in the ids of calls.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { ChatOpenAI } from "@langchain/openai";
import { HumanMessage, ToolMessage } from "@langchain/core/messages";
import { Agent, OpenAIChatCompletionsModel, Runner, setTracingDisabled, tool as agentTool } from "@openai/agents";
import { generateText, jsonSchema, stepCountIs, streamText, tool } from "ai";
import OpenAI from "openai";
import { z } from "zod";
import { startWorker } from "../worker/harness.mjs";
import { startStrictGemini } from "./strict_gemini.mjs";

let gemini = null;
let worker = null;
before(async () => {
  gemini = await startStrictGemini();
  worker = await startWorker({ GEMINI_BASE_URL: gemini.url });
  setTracingDisabled(true);
});
after(async () => {
  await worker.close();
  gemini.close();
});
beforeEach(() => {
  gemini.refused.length = 0;
  Object.assign(gemini.state, { signed: 0, standIns: 0 });
});

const MODEL = "gemini-3.5-flash";
const prompt = "How is the weather in Paris and Tokyo, and what time is it?";
const weather = ({ city }) => JSON.stringify({ city, sky: "clear" });
const time = () => "12:00";
// Schemas with what generators of schemas write: none of it may reach Gemini as it is.
const weatherSchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  type: "object",
  properties: { city: { $ref: "#/definitions/City", description: "Where" }, kind: { const: "now" } },
  required: ["city"],
  additionalProperties: false,
  definitions: { City: { type: "string" } },
};
const timeSchema = { type: "object", properties: { zone: { type: "string" }, offset: { type: "integer", exclusiveMinimum: -15 } } };

function checkAnswer(text, { keeps }) {
  assert.match(text, /^Done: .*Paris.*clear.* and .*东京.*clear.* and .*12:00.*你好$/s);
  assert.deepEqual(gemini.refused, []);
  if (keeps) assert.ok(gemini.state.signed > 0 && gemini.state.standIns === 0, JSON.stringify(gemini.state));
  else assert.ok(gemini.state.standIns > 0 && gemini.state.signed === 0, JSON.stringify(gemini.state));
}

const client = () => new OpenAI({ apiKey: "k", baseURL: `${worker.url}/v2/gemini`, maxRetries: 0 });

describe("openai (Node), runTools", () => {
  const tools = [
    { type: "function", function: { name: "get_weather", parameters: weatherSchema, parse: JSON.parse, function: weather } },
    { type: "function", function: { name: "get_time", parameters: timeSchema, parse: JSON.parse, function: time } },
  ];
  const messages = [{ role: "system", content: "Be brief." }, { role: "user", content: prompt }];
  for (const stream of [false, true]) {
    test(stream ? "streamed" : "whole", async () => {
      const runner = client().chat.completions.runTools({ model: MODEL, messages, tools, stream });
      checkAnswer(await runner.finalContent(), { keeps: true });
      assert.equal(runner.messages.filter((message) => message.role === "tool").length, 3);
    });
  }
});

describe("ai, several steps", () => {
  const tools = {
    get_weather: tool({ inputSchema: jsonSchema(weatherSchema), execute: weather }),
    get_time: tool({ inputSchema: jsonSchema(timeSchema), execute: time }),
  };
  const options = () => {
    const provider = createOpenAICompatible({ name: "llmproxy", baseURL: `${worker.url}/v2/gemini`, apiKey: "k" });
    return { model: provider(MODEL), prompt, tools, stopWhen: stepCountIs(5), maxRetries: 0 };
  };
  test("whole", async () => checkAnswer((await generateText(options())).text, { keeps: true }));
  test("streamed", async () => checkAnswer(await streamText(options()).text, { keeps: true }));
});

describe("LangChain, an agent's loop", () => {
  const tools = [
    { type: "function", function: { name: "get_weather", parameters: weatherSchema } },
    { type: "function", function: { name: "get_time", parameters: timeSchema } },
  ];
  const run = { get_weather: weather, get_time: time };
  const gathered = async (stream) => {
    let whole = null;
    for await (const chunk of stream) whole = whole ? whole.concat(chunk) : chunk;
    return whole;
  };
  for (const streaming of [false, true]) {
    test(streaming ? "streamed" : "whole", async () => {
      const model = new ChatOpenAI({ model: MODEL, apiKey: "k", maxRetries: 0, configuration: { baseURL: `${worker.url}/v2/gemini` } }).bindTools(tools);
      const messages = [new HumanMessage(prompt)];
      for (let turn = 0; turn < 5; turn++) {
        const reply = streaming ? await gathered(await model.stream(messages)) : await model.invoke(messages);
        messages.push(reply);
        if (!reply.tool_calls?.length) break;
        // In another order than asked: they come back as they are done.
        for (const call of reply.tool_calls.toReversed()) {
          messages.push(new ToolMessage({ tool_call_id: call.id, content: run[call.name](call.args) }));
        }
      }
      checkAnswer(messages.at(-1).content, { keeps: true });
    });
  }
});

describe("OpenAI Agents SDK", () => {
  const agent = () =>
    new Agent({
      name: "Weather",
      instructions: "Be brief.",
      model: new OpenAIChatCompletionsModel(client(), MODEL),
      tools: [
        agentTool({ name: "get_weather", description: "d", parameters: z.object({ city: z.string() }), execute: weather }),
        agentTool({ name: "get_time", description: "d", parameters: z.object({ zone: z.string().nullable() }), execute: time }),
      ],
    });
  const finish = (text) => {
    assert.match(text, /^Done: .*Paris.*东京.*12:00.*你好$/s);
    assert.deepEqual(gemini.refused, []);
    assert.ok(gemini.state.signed + gemini.state.standIns > 0);
  };
  test("whole", async () => finish((await new Runner().run(agent(), prompt)).finalOutput));
  test("streamed", async () => {
    const result = await new Runner().run(agent(), prompt, { stream: true });
    await result.completed;
    finish(result.finalOutput);
  });
});

describe("openai (Node), a loop that sends messages back as they came, with search beside the functions", () => {
  const tools = [
    { type: "function", function: { name: "get_weather", parameters: weatherSchema } },
    { type: "function", function: { name: "get_time", parameters: timeSchema } },
    { type: "google_search" },
  ];
  for (const stream of [false, true]) {
    test(stream ? "streamed" : "whole", async () => {
      const messages = [{ role: "user", content: prompt }];
      for (let turn = 0; turn < 5; turn++) {
        const ask = { model: MODEL, messages, tools };
        const completion = stream ? await client().chat.completions.stream(ask).finalChatCompletion() : await client().chat.completions.create(ask);
        const { message } = completion.choices[0];
        messages.push(message);
        if (!message.tool_calls?.length) break;
        for (const call of message.tool_calls) {
          messages.push({ role: "tool", tool_call_id: call.id, content: call.function.name === "get_time" ? time() : weather(JSON.parse(call.function.arguments)) });
        }
      }
      assert.match(messages.at(-1).content, /^Done: .*Paris.*东京.*12:00.*你好$/s);
      assert.deepEqual(gemini.refused, []);
      assert.ok(messages[1].extra_content.google.tool_invocations.length === 2);
    });
  }
});

test("without signatures in ids, what drops unknown fields gets the stand-in", async () => {
  const withoutIds = await startWorker({ GEMINI_BASE_URL: gemini.url, THOUGHT_SIGNATURES: "field" });
  try {
    const model = new ChatOpenAI({ model: MODEL, apiKey: "k", maxRetries: 0, configuration: { baseURL: `${withoutIds.url}/v2/gemini` } }).bindTools([
      { type: "function", function: { name: "get_weather", parameters: weatherSchema } },
      { type: "function", function: { name: "get_time", parameters: timeSchema } },
    ]);
    const messages = [new HumanMessage(prompt)];
    for (let reply = await model.invoke(messages); ; reply = await model.invoke(messages)) {
      messages.push(reply);
      if (!reply.tool_calls?.length) break;
      for (const call of reply.tool_calls) {
        messages.push(new ToolMessage({ tool_call_id: call.id, content: call.name === "get_time" ? time() : weather(call.args) }));
      }
    }
    checkAnswer(messages.at(-1).content, { keeps: false });
  } finally {
    await withoutIds.close();
  }
});
