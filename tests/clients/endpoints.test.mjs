// The endpoints beside chat, with the `openai` SDK for Node: translated for Gemini, forwarded for the others.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import OpenAI, { toFile } from "openai";
import { startSupplier, startWorker, suppliersAt } from "../worker/harness.mjs";

const PNG = "iVBORw0KGgoAAAANSUhEUg==";
const candidate = (...parts) => ({ candidates: [{ content: { parts, role: "model" }, finishReason: "STOP", index: 0 }], usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 } });

// By path; what is not there is a 404, as Google's.
const GEMINI = {
  "/models?pageSize=1000": () => ({ models: [{ name: "models/gemini-2.5-pro", supportedGenerationMethods: ["generateContent"] }], nextPageToken: "p2" }),
  "/models?pageSize=1000&pageToken=p2": () => ({ models: [{ name: "models/gemini-embedding-001", supportedGenerationMethods: ["embedContent"] }] }),
  "/models/gemini-2.5-pro": () => ({ name: "models/gemini-2.5-pro" }),
  "/models/gemini-embedding-001:batchEmbedContents": ({ requests }) => ({
    embeddings: requests.map(({ content }) => ({ values: [content.parts[0].text.length, 0.5, -1] })),
    usageMetadata: { promptTokenCount: requests.length },
  }),
  "/models/gemini-2.5-flash-image:generateContent": () => candidate({ inlineData: { mimeType: "image/png", data: PNG } }),
  "/models/gemini-2.5-flash-preview-tts:generateContent": () => candidate({ inlineData: { mimeType: "audio/L16;codec=pcm;rate=24000", data: "AQIDBA==" } }),
  "/models/gemini-2.5-flash:generateContent": ({ contents }) => candidate({ text: contents[0].parts[0].inlineData ? "heard" : `Re: ${contents[0].parts[0].text}` }),
};

let supplier = null;
let worker = null;
before(async () => {
  supplier = await startSupplier((request, response, body) => {
    const answer = request.url.startsWith("/gemini/v1beta") ? GEMINI[request.url.slice("/gemini/v1beta".length)] : () => ({ object: "list", data: [], text: "passed" });
    response.writeHead(answer ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ? answer(body.startsWith("{") ? JSON.parse(body) : {}) : { error: { code: 404, message: "not found", status: "NOT_FOUND" } }));
  });
  worker = await startWorker(suppliersAt(supplier.url));
});
after(async () => {
  await worker.close();
  supplier.close();
});

const at = (name) => new OpenAI({ apiKey: "k", baseURL: `${worker.url}/v2/${name}`, maxRetries: 0 });

test("models: the list, all pages of it, and one", async () => {
  const ids = [];
  for await (const model of at("gemini").models.list()) ids.push(model.id);
  assert.deepEqual(ids, ["gemini-2.5-pro", "gemini-embedding-001"]);
  assert.equal((await at("gemini").models.retrieve("gemini-2.5-pro")).object, "model");
  await assert.rejects(at("gemini").models.retrieve("nothing"), (error) => error instanceof OpenAI.NotFoundError && error.code === "model_not_found");
});

test("embeddings: 250 texts in order, as the SDK asks for them and as numbers", async () => {
  const input = Array.from({ length: 250 }, (_, i) => "x".repeat(i + 1));
  for (const encoding_format of [undefined, "float"]) {
    const reply = await at("gemini").embeddings.create({ model: "gemini-embedding-001", input, encoding_format });
    assert.deepEqual(reply.data.map(({ embedding }) => embedding[0]), input.map((text) => text.length));
    assert.equal(reply.data[7].embedding[2], -1);
    assert.equal(reply.usage.total_tokens, 250);
  }
  const [{ embedding }] = (await at("gemini").embeddings.create({ model: "gemini-embedding-001", input: "abc", dimensions: 3 })).data;
  assert.ok(Math.abs(Math.hypot(...embedding) - 1) < 1e-6);
});

test("images: two of them", async () => {
  const reply = await at("gemini").images.generate({ model: "gemini-2.5-flash-image", prompt: "a cat", n: 2, size: "1024x1536" });
  assert.deepEqual(reply.data.map((image) => image.b64_json), [PNG, PNG]);
  assert.equal(JSON.parse(supplier.seen.at(-1).body).generationConfig.imageConfig.aspectRatio, "2:3");
});

test("speech: a WAV file, and a word on what there is not", async () => {
  const speech = { model: "gemini-2.5-flash-preview-tts", input: "Hello", voice: "alloy" };
  const reply = await at("gemini").audio.speech.create({ ...speech, response_format: "wav" });
  assert.equal(reply.headers.get("content-type"), "audio/wav");
  const bytes = Buffer.from(await reply.arrayBuffer());
  assert.equal(bytes.length, 48);
  assert.equal(bytes.toString("latin1", 0, 4), "RIFF");
  await assert.rejects(at("gemini").audio.speech.create({ ...speech, response_format: "mp3" }), (error) => error.param === "response_format");
});

test("transcriptions: by Gemini, and forwarded to the others byte by byte", async () => {
  const ask = async (name) => at(name).audio.transcriptions.create({ model: "gemini-2.5-flash", file: await toFile(Buffer.from("RIFF1234WAVE"), "a.wav") });
  assert.equal((await ask("gemini")).text, "heard");
  for (const name of ["openai", "groq"]) {
    assert.equal((await ask(name)).text, "passed");
    const { headers, body } = supplier.seen.at(-1);
    assert.match(headers["content-type"], /^multipart\/form-data; boundary=/);
    assert.match(body, /name="file"; filename="a.wav"\r\n[^]*\r\n\r\nRIFF1234WAVE\r\n/);
  }
});

test("completions, the older endpoint", async () => {
  const reply = await at("gemini").completions.create({ model: "gemini-2.5-flash", prompt: "Once" });
  assert.equal(reply.object, "text_completion");
  assert.equal(reply.choices[0].text, "Re: Once");
});

test("whatever else OpenAI has is forwarded, with its method and its query", async () => {
  await at("openai").files.list({ limit: 2 });
  assert.deepEqual([supplier.seen.at(-1).method, supplier.seen.at(-1).url], ["GET", "/openai/v1/files?limit=2"]);
  await at("openai").responses.create({ model: "gpt-5", input: "x" });
  assert.equal(supplier.seen.at(-1).url, "/openai/v1/responses");
  await at("openai").files.delete("file-1");
  assert.equal(supplier.seen.at(-1).method, "DELETE");
  assert.ok(supplier.seen.every(({ headers }) => !("cookie" in headers) && !("x-stainless-lang" in headers)));
});
