// A Gemini that enforces its rules and plays an agent's model: it refuses whatever the real one is documented or
// reported to refuse, with the same words, and answers the rest by a script.
// https://ai.google.dev/api/generate-content, https://ai.google.dev/gemini-api/docs/thought-signatures
import { createServer } from "node:http";

class Refusal extends Error {}
const refuse = (message) => {
  throw new Refusal(message);
};

const unknownName = (name, at) => refuse(`Invalid JSON payload received. Unknown name "${name}" at '${at}': Cannot find field.`);

/** Every member must be known; `members` says how each is checked. */
function check(value, members, at) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) refuse(`Invalid value at '${at}' (object expected)`);
  for (const [name, member] of Object.entries(value)) {
    if (!(name in members)) unknownName(name, at);
    members[name]?.(member, at ? `${at}.${name}` : name);
  }
}
const text = (value, at) => typeof value === "string" || refuse(`Invalid value at '${at}' (TYPE_STRING), ${value}`);
const number = (value, at) => typeof value === "number" || refuse(`Invalid value at '${at}' (TYPE_NUMBER), ${value}`);
const bool = (value, at) => typeof value === "boolean" || refuse(`Invalid value at '${at}' (TYPE_BOOL), ${value}`);
const object = (members) => (value, at) => check(value, members, at);
const list = (item) => (value, at) => {
  if (!Array.isArray(value)) refuse(`Invalid value at '${at}' (array expected)`);
  value.forEach((entry, index) => item(entry, `${at}[${index}]`));
};
const any = () => true;
const struct = (value, at) => (typeof value === "object" && value !== null && !Array.isArray(value)) || refuse(`Invalid value at '${at}' (Struct)`);

// What responseJsonSchema and parametersJsonSchema document; the rest is ignored, except for what is known to fail.
function jsonSchema(schema, at) {
  if (typeof schema !== "object" || schema === null) refuse(`Invalid JSON schema at '${at}': a schema must be an object`);
  for (const name of ["const", "definitions", "allOf", "exclusiveMinimum", "exclusiveMaximum", "nullable"]) {
    if (name in schema && typeof schema[name] !== "object") refuse(`Invalid JSON schema at '${at}': keyword ${name}`);
  }
  if ("$ref" in schema && Object.keys(schema).some((name) => !name.startsWith("$"))) refuse(`Invalid JSON schema at '${at}': siblings of $ref`);
  for (const value of schema.enum ?? []) {
    if (!["string", "number"].includes(typeof value)) refuse(`Invalid JSON schema at '${at}.enum'`);
  }
  for (const name of ["properties", "$defs"]) {
    for (const [key, child] of Object.entries(schema[name] ?? {})) jsonSchema(child, `${at}.${name}.${key}`);
  }
  for (const name of ["anyOf", "oneOf", "prefixItems"]) (schema[name] ?? []).forEach((child, i) => jsonSchema(child, `${at}.${name}[${i}]`));
  if (schema.items !== undefined) jsonSchema(schema.items, `${at}.items`);
}

function parameters(schema, at) {
  if (schema.type !== "object") refuse(`${at}: parameters must be of type OBJECT`);
  if (Object.keys(schema.properties ?? {}).length === 0) refuse(`${at}.properties: should be non-empty for OBJECT type`);
  jsonSchema(schema, at);
}

const functionName = (name, at) =>
  /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/.test(name) ||
  refuse(`${at}: Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.) or dashes (-), with a maximum length of 64.`);

const blob = object({ mimeType: text, data: text });
const part = {
  text,
  inlineData: blob,
  fileData: object({ mimeType: text, fileUri: text }),
  functionCall: object({ id: text, name: functionName, args: struct }),
  functionResponse: object({ id: text, name: functionName, response: struct, parts: list(object({ inlineData: blob })) }),
  toolCall: object({ id: text, toolType: text, args: struct }),
  toolResponse: object({ id: text, toolType: text, response: struct }),
  thoughtSignature: text,
  mediaResolution: object({ level: text }),
};
const DATA = ["text", "inlineData", "fileData", "functionCall", "functionResponse", "toolCall", "toolResponse"];
const content = (value, at) => {
  check(value, { role: text, parts: list(object(part)) }, at);
  if (!["user", "model"].includes(value.role)) refuse("Please use a valid role: user, model.");
  if (value.parts.length === 0) refuse(`Unable to submit request because it must include at least one parts field: ${at}`);
  for (const entry of value.parts) {
    if (DATA.filter((name) => name in entry).length !== 1) refuse(`${at}: required oneof field 'data' must have one initialized field`);
  }
};

const request = {
  contents: list(content),
  systemInstruction: object({ parts: list(object({ text })) }),
  tools: list(
    object({
      functionDeclarations: list(object({ name: functionName, description: text, parametersJsonSchema: parameters })),
      googleSearch: any,
      urlContext: any,
      codeExecution: any,
    }),
  ),
  toolConfig: object({ functionCallingConfig: object({ mode: text, allowedFunctionNames: list(text) }), includeServerSideToolInvocations: bool }),
  safetySettings: list(any),
  cachedContent: text,
  serviceTier: text,
  continuationToken: text,
  generationConfig: object({
    temperature: number, topP: number, topK: number, candidateCount: number, maxOutputTokens: number, stopSequences: list(text),
    responseLogprobs: bool, logprobs: number, presencePenalty: number, frequencyPenalty: number, seed: number,
    responseMimeType: text, responseJsonSchema: jsonSchema, responseModalities: list(text), mediaResolution: text,
    thinkingConfig: object({ thinkingBudget: number, thinkingLevel: text, includeThoughts: bool }), speechConfig: any, imageConfig: any,
  }),
};

const calls = (turn) => turn.parts.filter((entry) => entry.functionCall);
const responses = (turn) => turn.parts.filter((entry) => entry.functionResponse);

/** The rules of turns: https://ai.google.dev/gemini-api/docs/function-calling */
function checkTurns(contents) {
  if (contents.length === 0) refuse("contents is not specified");
  if (contents[0].role !== "user") refuse("Please ensure that function call turn comes immediately after a user turn or after a function response turn.");
  if (contents.at(-1).role === "model") refuse("Requests ending with a model turn are not supported.");
  contents.forEach((turn, index) => {
    const before = contents[index - 1];
    if (turn.role === "model" && before?.role === "model") refuse("Please ensure that function call turn comes immediately after a user turn or after a function response turn.");
    const answers = responses(turn);
    if (answers.length > 0 && answers.length !== turn.parts.length) refuse("Requests ending with a model turn are not supported.");
    const asked = before?.role === "model" ? calls(before) : [];
    if (answers.length !== asked.length) {
      refuse("Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.");
    }
    answers.forEach((answer, i) => {
      const { id, name } = answer.functionResponse;
      if (name !== asked[i].functionCall.name || id !== asked[i].functionCall.id) refuse(`function response ${i} does not match its call`);
    });
  });
}

/** Calls of the current turn must carry the signature they came with, or the documented stand-in. */
function checkSignatures(contents, known) {
  const begin = contents.findLastIndex((turn) => turn.role === "user" && responses(turn).length === 0);
  contents.slice(begin).forEach((turn, index) => {
    const [first] = turn.role === "model" ? calls(turn) : [];
    if (!first) return;
    const signature = first.thoughtSignature;
    if (!signature) refuse(`Function call \`${first.functionCall.name}\` in the \`${begin + index}.\` content block is missing a \`thought_signature\`.`);
    if (signature !== "skip_thought_signature_validator" && !known.has(signature)) refuse("Corrupted thought signature.");
  });
}

/** What Google's own tool did in the current turn must come back as it was, in its place. */
function checkInvocations(contents, searched) {
  const begin = contents.findLastIndex((turn) => turn.role === "user" && responses(turn).length === 0);
  for (const turn of contents.slice(begin)) {
    const [first] = turn.role === "model" ? calls(turn) : [];
    const expected = first && searched.get(first.functionCall.id);
    if (expected && JSON.stringify(turn.parts.map(({ text: _, ...rest }) => rest)) !== JSON.stringify(expected)) refuse("toolCall and toolResponse parts must be sent back.");
  }
}

const args = { get_weather: (n) => ({ city: ["Paris", "东京"][n] ?? "Oslo" }), get_time: () => ({ zone: "UTC" }) };

/** Two calls at once, then one more, then the answer, which quotes what the tools said. */
function script(contents, declared, next, searches) {
  const turns = contents.slice(contents.findLastIndex((turn) => turn.role === "user" && responses(turn).length === 0));
  const done = turns.filter((turn) => responses(turn).length > 0);
  if (declared.length > 0 && done.length === 0) {
    const search = { id: next(), toolType: "GOOGLE_SEARCH_WEB" };
    const found = [
      { toolCall: { ...search, args: { queries: ["weather"] } }, thoughtSignature: `sig-${next()}` },
      { toolResponse: { ...search, response: { search_suggestions: "<b>\n" } }, thoughtSignature: `sig-${next()}` },
    ];
    return [
      { functionCall: { id: next(), name: "get_weather", args: args.get_weather(0) }, thoughtSignature: `sig-${next()}` },
      ...(searches ? found : []),
      { functionCall: { id: next(), name: "get_weather", args: args.get_weather(1) } },
    ];
  }
  if (declared.length > 0 && done.length === 1) return [{ functionCall: { id: next(), name: "get_time", args: args.get_time() }, thoughtSignature: `sig-${next()}` }];
  const said = done.flatMap(responses).map((answer) => JSON.stringify(answer.functionResponse.response.output));
  return [{ text: `Done: ${said.join(" and ")}. 你好` }];
}

/** {url, refused, signed, close()}: `refused` lists what was refused, `signed` counts signatures that came back. */
export async function startStrictGemini() {
  const refused = [];
  const known = new Set();
  const searched = new Map(); // parts of a turn with a search in it, by the id of its first call
  const state = { signed: 0, standIns: 0 };
  let counter = 0;
  const next = () => `id${++counter}`;
  const answer = (url, body) => {
    check(body, request, "");
    const newest = /gemini-(3\.[678]|4)/.test(url);
    const { temperature, topP, topK, presencePenalty, candidateCount } = body.generationConfig ?? {};
    if (newest && [temperature, topP, topK].some((value) => value !== undefined)) refuse("temperature is not supported by this model");
    if (presencePenalty !== undefined) refuse("Penalty is not enabled for this model");
    if (candidateCount > 1) refuse("Multiple candidates is not enabled for this model");
    const declared = (body.tools ?? []).flatMap((tool) => tool.functionDeclarations ?? []);
    if (body.toolConfig?.functionCallingConfig && declared.length === 0) refuse("Function calling config is set without function_declarations.");
    checkTurns(body.contents);
    checkSignatures(body.contents, known);
    checkInvocations(body.contents, searched);
    for (const turn of body.contents) {
      for (const { thoughtSignature } of turn.parts) {
        if (known.has(thoughtSignature)) state.signed++;
        else if (thoughtSignature) state.standIns++;
      }
    }
    const mixed = declared.length > 0 && (body.tools ?? []).some((tool) => tool.googleSearch);
    if (mixed && !body.toolConfig?.includeServerSideToolInvocations) refuse("Built-in tools and function calling cannot be combined without include_server_side_tool_invocations.");
    const parts = script(body.contents, declared, next, mixed);
    if (parts.some((entry) => entry.toolCall)) searched.set(calls({ parts })[0].functionCall.id, parts);
    for (const { thoughtSignature } of parts) if (thoughtSignature) known.add(thoughtSignature);
    return parts;
  };
  const server = createServer(async (incoming, response) => {
    const pieces = [];
    for await (const piece of incoming) pieces.push(piece);
    const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 };
    const reply = (parts, finishReason) => ({ candidates: [{ content: { parts, role: "model" }, finishReason, index: 0 }], usageMetadata });
    try {
      const parts = answer(incoming.url, JSON.parse(Buffer.concat(pieces).toString()));
      if (!incoming.url.includes("streamGenerateContent")) {
        response.writeHead(200, { "content-type": "application/json" });
        return response.end(JSON.stringify(reply(parts, "STOP"), null, 2));
      }
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const entry of parts) response.write(`data: ${JSON.stringify(reply([entry]))}\r\n\r\n`);
      return response.end(`data: ${JSON.stringify(reply([{ text: "" }], "STOP"))}\r\n\r\n`);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused.push(error.message);
      response.writeHead(400, { "content-type": "application/json" });
      return response.end(JSON.stringify({ error: { code: 400, message: error.message, status: "INVALID_ARGUMENT" } }));
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, refused, state, close };
}
