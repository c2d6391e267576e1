// What plain JavaScript costs: OpenAI's chat for Gemini with JSON.parse() and JSON.stringify(), only as much as the
// scenarios need. It checks nothing, and handles no error.
const GEMINI = "http://supplier/v1beta";

export default {
  async fetch(request) {
    const key = (request.headers.get("authorization") ?? "").replace(/^bearer\s+/i, "");
    const question = await request.json();
    const method = question.stream ? "streamGenerateContent?alt=sse" : "generateContent";
    const reply = await fetch(`${GEMINI}/models/${question.model}:${method}`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-goog-api-key": key },
      body: JSON.stringify(toGemini(question)),
    });
    const head = { id: `chatcmpl-${crypto.randomUUID()}`, created: Math.floor(Date.now() / 1000), model: question.model };
    return question.stream ? streamed(reply, head) : whole(await reply.json(), head);
  },
};

function toGemini(question) {
  const system = [];
  const contents = [];
  for (const { role, content } of question.messages) {
    if (role === "system") system.push({ text: content });
    else contents.push({ role: role === "assistant" ? "model" : "user", parts: partsOf(content) });
  }
  const { temperature, top_p: topP, max_tokens: maxOutputTokens } = question;
  const tools = question.tools && [{ functionDeclarations: question.tools.map((tool) => declaration(tool.function)) }];
  const systemInstruction = system.length > 0 ? { parts: system } : undefined;
  return { systemInstruction, contents, tools, generationConfig: { temperature, topP, maxOutputTokens } };
}

function partsOf(content) {
  if (typeof content === "string") return [{ text: content }];
  return content.map((part) => {
    if (part.type === "text") return { text: part.text };
    const [, mimeType, data] = /^data:([^;]+);base64,(.*)$/.exec(part.image_url.url);
    return { inlineData: { mimeType, data } };
  });
}

const declaration = ({ name, description, parameters }) => ({ name, description, parametersJsonSchema: parameters });

function usageOf({ promptTokenCount, candidatesTokenCount, totalTokenCount }) {
  return { prompt_tokens: promptTokenCount, completion_tokens: candidatesTokenCount, total_tokens: totalTokenCount };
}

function deltaOf(candidate, calls) {
  const delta = {};
  for (const { text, functionCall } of candidate.content?.parts ?? []) {
    if (text !== undefined) delta.content = (delta.content ?? "") + text;
    if (functionCall) {
      const call = { name: functionCall.name, arguments: JSON.stringify(functionCall.args) };
      (delta.tool_calls ??= []).push({ index: calls.count++, id: `call_${crypto.randomUUID()}`, type: "function", function: call });
    }
  }
  return delta;
}

const finishOf = (candidate, calls) => (candidate.finishReason ? (calls.count > 0 ? "tool_calls" : "stop") : null);

function whole(answer, head) {
  const calls = { count: 0 };
  const [candidate] = answer.candidates;
  const message = { role: "assistant", content: null, refusal: null, ...deltaOf(candidate, calls) };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: finishOf(candidate, calls) }];
  return Response.json({ ...head, object: "chat.completion", choices, usage: usageOf(answer.usageMetadata) });
}

function streamed(reply, head) {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const calls = { count: 0 };
  let buffer = "";
  let begun = false;
  const chunk = (delta, finish) => {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish }];
    return `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices })}\n\n`;
  };
  const translate = (event) => {
    const [candidate] = JSON.parse(event.slice(event.indexOf(":") + 1)).candidates;
    const role = begun ? "" : chunk({ role: "assistant", content: "" }, null);
    begun = true;
    const finish = finishOf(candidate, calls);
    return role + chunk(deltaOf(candidate, calls), null) + (finish ? `${chunk({}, finish)}data: [DONE]\n\n` : "");
  };
  const body = reply.body.pipeThrough(
    new TransformStream({
      transform(bytes, controller) {
        buffer += decoder.decode(bytes, { stream: true });
        const events = buffer.split("\r\n\r\n");
        buffer = events.pop();
        if (events.length > 0) controller.enqueue(encoder.encode(events.map(translate).join("")));
      },
    }),
  );
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}
