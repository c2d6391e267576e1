// Small stand-ins for Gemini, OpenAI and Groq that speak their wire formats, streaming included, so that the Worker
// can be tried with no account and no internet. They answer every prompt with a sentence about it; they are no models.
import { createServer } from "node:http";

const PAUSE_MS = 40; // between the words of a stream, so that one sees it stream

function listen(answer) {
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    try {
      await answer(request, JSON.parse(Buffer.concat(pieces).toString() || "{}"), response);
    } catch (error) {
      send(response, 400, { error: { code: 400, message: String(error), status: "INVALID_ARGUMENT" } });
    }
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

function send(response, status, body) {
  response.writeHead(status, { "content-type": "application/json; charset=UTF-8" });
  response.end(JSON.stringify(body, null, 2));
}

async function sendEvents(response, events, lineEnd) {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of events) {
    if (response.destroyed) return;
    response.write(`data: ${typeof event === "string" ? event : JSON.stringify(event)}${lineEnd}${lineEnd}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  response.end();
}

const sentence = (who, prompt) =>
  `Hello from the demo ${who} on your machine! You said: “${prompt.slice(0, 200)}”. 你好，世界 🌍 With a key in .dev.vars the real ${who} answers here.`;
const wordsOf = (text) => text.match(/\S+\s*/g) ?? [];
const count = (text) => Math.ceil(text.length / 4);

function textOf(content) {
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => part.text ?? "").join(" ");
}

// https://ai.google.dev/api/generate-content
function gemini(request, body, response) {
  if (!request.headers["x-goog-api-key"]) {
    return send(response, 403, { error: { code: 403, message: "Method doesn't allow unregistered callers.", status: "PERMISSION_DENIED" } });
  }
  if (/\/models\?/.test(request.url)) {
    const models = ["gemini-2.5-flash", "gemini-2.5-pro"].map((name) => ({ name: `models/${name}`, supportedGenerationMethods: ["generateContent"] }));
    return send(response, 200, { models });
  }
  if (request.url.endsWith(":batchEmbedContents")) {
    // No meaning is in them: the length of the text, and what is left of it to 1.
    const embeddings = body.requests.map(({ content }) => {
      const angle = textOf(content.parts).length;
      return { values: [Math.cos(angle), Math.sin(angle)] };
    });
    return send(response, 200, { embeddings, usageMetadata: { promptTokenCount: embeddings.length } });
  }
  const model = /models\/([^:]+):/.exec(request.url)?.[1];
  if (!model) return send(response, 404, { error: { code: 404, message: "Not found.", status: "NOT_FOUND" } });
  const prompt = textOf(body.contents?.findLast((content) => content.role !== "model")?.parts);
  const declared = body.tools?.[0]?.functionDeclarations?.[0];
  const answered = body.contents?.some((content) => content.parts?.some((part) => part.functionResponse));
  const text = sentence("Gemini", prompt);
  const usageMetadata = { promptTokenCount: count(prompt), candidatesTokenCount: count(text), totalTokenCount: count(prompt) + count(text) };
  const common = { modelVersion: model, responseId: "demo-response" };
  const reply = (parts, finishReason) => ({
    candidates: [{ content: { parts, role: "model" }, ...(finishReason ? { finishReason } : {}), index: 0 }],
    usageMetadata,
    ...common,
  });
  const call = declared && !answered ? [{ functionCall: { name: declared.name, args: {} }, thoughtSignature: "ZGVtbw==" }] : null;
  if (!request.url.includes("streamGenerateContent")) return send(response, 200, reply(call ?? [{ text }], "STOP"));
  const events = call ? [reply(call)] : wordsOf(text).map((word) => reply([{ text: word }]));
  return sendEvents(response, [...events, reply([{ text: "" }], "STOP")], "\r\n");
}

// https://platform.openai.com/docs/api-reference/chat
function openai(who) {
  return (request, body, response) => {
    if (!/^Bearer .+/.test(request.headers.authorization ?? "")) {
      return send(response, 401, { error: { message: "You didn't provide an API key.", type: "invalid_request_error", param: null, code: null } });
    }
    if (request.url.endsWith("/models")) {
      const data = [{ id: "demo", object: "model", created: 0, owned_by: "demo" }];
      return send(response, 200, { object: "list", data });
    }
    if (!request.url.endsWith("/chat/completions")) {
      return send(response, 404, { error: { message: `Unknown request URL: ${request.url}`, type: "invalid_request_error", param: null, code: "unknown_url" } });
    }
    const prompt = textOf(body.messages?.findLast((message) => message.role === "user")?.content);
    const text = sentence(who, prompt);
    const usage = { prompt_tokens: count(prompt), completion_tokens: count(text), total_tokens: count(prompt) + count(text) };
    const common = { id: "chatcmpl-demo", created: Math.floor(Date.now() / 1000), model: body.model };
    if (!body.stream) {
      const message = { role: "assistant", content: text, refusal: null };
      const choices = [{ index: 0, message, logprobs: null, finish_reason: "stop" }];
      return send(response, 200, { ...common, object: "chat.completion", choices, usage });
    }
    const chunk = (delta, finish_reason = null) => ({
      ...common,
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    });
    const last = body.stream_options?.include_usage ? [{ ...common, object: "chat.completion.chunk", choices: [], usage }] : [];
    const words = wordsOf(text).map((content) => chunk({ content }));
    return sendEvents(response, [chunk({ role: "assistant", content: "" }), ...words, chunk({}, "stop"), ...last, "[DONE]"], "\n");
  };
}

/** Base URLs by supplier, and close(). */
export async function startDemoSuppliers() {
  const servers = { gemini: await listen(gemini), openai: await listen(openai("OpenAI")), groq: await listen(openai("Groq")) };
  const paths = { gemini: "/v1beta", openai: "/v1", groq: "/openai/v1" };
  const urls = {};
  for (const [name, server] of Object.entries(servers)) urls[name] = `http://127.0.0.1:${server.address().port}${paths[name]}`;
  const close = () => {
    for (const server of Object.values(servers)) {
      server.close();
      server.closeAllConnections();
    }
  };
  return { urls, close };
}
