// The `openai` SDK for Node.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import OpenAI from "openai";
import { startAll } from "./setup.mjs";

let all = null;
before(async () => (all = await startAll()));
after(() => all.close());

const clientAt = (path, options = {}) => new OpenAI({ baseURL: all.url + path, apiKey: "demo", maxRetries: 0, ...options });
const MODELS = { gemini: "gemini-2.5-flash", openai: "gpt-4o-mini", groq: "openai/gpt-oss-120b" };
const messages = [{ role: "user", content: "Hi 你好" }];
const tools = [{ type: "function", function: { name: "get_weather", parameters: { type: "object", properties: { city: { type: "string" } } } } }];

for (const [supplier, model] of Object.entries(MODELS)) {
  const says = new RegExp(`Hello from the demo ${supplier}.*Hi 你好.*🌍`, "is");

  test(`${supplier}: create`, async () => {
    const reply = await clientAt(`/v2/${supplier}`).chat.completions.create({ model, messages });
    assert.match(reply.choices[0].message.content, says);
    assert.equal(reply.choices[0].finish_reason, "stop");
    assert.equal(reply.usage.total_tokens, reply.usage.prompt_tokens + reply.usage.completion_tokens);
  });

  test(`${supplier}: create with stream, by header on v1`, async () => {
    const client = clientAt("/v1", { defaultHeaders: { supplier } });
    const stream = await client.chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } });
    let text = "";
    let usage = null;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      usage = chunk.usage ?? usage;
    }
    assert.match(text, says);
    assert.ok(usage.total_tokens > 0);
  });

  test(`${supplier}: the stream() helper`, async () => {
    const runner = clientAt(`/v2/${supplier}/v1`).chat.completions.stream({ model, messages });
    const completion = await runner.finalChatCompletion();
    assert.match(completion.choices[0].message.content, says);
  });

  test(`${supplier}: by the name of the model`, async () => {
    const reply = await clientAt("/v1").chat.completions.create({ model, messages });
    assert.match(reply.choices[0].message.content, says);
  });
}

test("gemini: a tool loop, whole and streamed", async () => {
  for (const stream of [false, true]) {
    const client = clientAt("/v2/gemini");
    const request = { model: "gemini-3-pro-preview", messages, tools };
    const first = stream
      ? await client.chat.completions.stream(request).finalChatCompletion()
      : await client.chat.completions.create(request);
    assert.equal(first.choices[0].finish_reason, "tool_calls");
    const { message } = first.choices[0];
    assert.equal(message.tool_calls[0].function.name, "get_weather");
    assert.deepEqual(JSON.parse(message.tool_calls[0].function.arguments), {});
    assert.equal(message.tool_calls[0].extra_content.google.thought_signature, "ZGVtbw==");
    const second = await client.chat.completions.create({
      ...request,
      messages: [...messages, message, { role: "tool", tool_call_id: message.tool_calls[0].id, content: "sunny" }],
    });
    assert.equal(second.choices[0].finish_reason, "stop");
  }
});

test("errors are the right exceptions", async () => {
  const client = new OpenAI({ baseURL: `${all.brokenUrl}/v2/gemini`, apiKey: "demo", maxRetries: 0 });
  for (const [status, kind] of [
    [400, OpenAI.BadRequestError], [401, OpenAI.AuthenticationError], [403, OpenAI.PermissionDeniedError],
    [404, OpenAI.NotFoundError], [429, OpenAI.RateLimitError], [503, OpenAI.InternalServerError],
  ]) {
    for (const stream of [false, true]) {
      await assert.rejects(client.chat.completions.create({ model: `gemini-test-${status}`, messages, stream }), (error) => {
        assert.ok(error instanceof kind, `${status}: ${error.constructor.name}`);
        assert.equal(error.status, status);
        assert.ok(error.requestID.startsWith("req_"));
        return true;
      });
    }
  }
  await assert.rejects(clientAt("/v2/gemini").chat.completions.create({ model: "gemini-2.5-flash", messages: [] }), (error) => error.param === "messages");
  await assert.rejects(clientAt("/v1", { defaultHeaders: { supplier: "nobody" } }).chat.completions.create({ model: "m", messages }), OpenAI.BadRequestError);
  await assert.rejects(clientAt("/v9").chat.completions.create({ model: "m", messages }), OpenAI.NotFoundError);
});

test("a stream that breaks off is an exception, not an end", async () => {
  const client = new OpenAI({ baseURL: `${all.brokenUrl}/v2/gemini`, apiKey: "demo", maxRetries: 0 });
  const stream = await client.chat.completions.create({ model: "gemini-test-200", messages, stream: true });
  let text = "";
  await assert.rejects(async () => {
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
  }, OpenAI.APIError);
  assert.equal(text, "Once");
});
