// What a hostile caller sends: lists without end, names and values of 20 MB, schemas that grow, depth. It gets an answer
// that names the field and the limit, or the right one; nobody else on the instance notices. Work that grows with the
// square of what is sent shows as a timeout.
import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { after, before, test } from "node:test";
import { FINE, GEMINI, startAttacked } from "./bystander.mjs";
import { JSON_HEADERS, textOf } from "./harness.mjs";

const COMPLETIONS = "/v2/gemini/completions";
const EMBEDDINGS = "/v2/gemini/embeddings";
const IMAGES = "/v2/gemini/images/generations";
const SPEECH = "/v2/gemini/audio/speech";
const TRANSCRIPTIONS = "/v2/gemini/audio/transcriptions";
const OPENAI = "/v2/openai/chat/completions";
const GROQ = "/v2/groq/chat/completions";

const SPOKEN = JSON.stringify({ candidates: [{ content: { parts: [{ inlineData: { mimeType: "audio/L16;rate=24000", data: "AAAA" } }] }, finishReason: "STOP" }] });
const PAINTED = JSON.stringify({ candidates: [{ content: { parts: [{ inlineData: { mimeType: "image/png", data: "AAAA" } }] }, finishReason: "STOP" }] });
const REFUSAL = '{"error":{"code":400,"message":"A schema exceeds the maximum allowed nesting depth.","status":"INVALID_ARGUMENT"}}';
function replyTo(url) {
  if (url.includes("mbed")) return '{"embeddings":[{"values":[1]}]}';
  return url.includes("tts") ? SPOKEN : url.includes("image") ? PAINTED : FINE;
}

const OLD = "gemma-3-27b-it";
const REFUSES = "gemini-2.5-pro"; // schemas with definitions, here

let attacked = null;
before(async () => {
  attacked = await startAttacked((request, response, body) => {
    const refuses = request.url.includes(REFUSES) && body.includes("$defs");
    response.writeHead(refuses ? 400 : 200, { "content-type": "application/json" }).end(refuses ? REFUSAL : replyTo(request.url));
  });
});
after(() => attacked.close());

const LONG = "x".repeat(20_000_000);
const SHOWN = "x".repeat(40); // what at least is quoted of a name that is too long

const repeat = (text, count) => `${text},`.repeat(count).slice(0, -1);
const many = (count, make) => Array.from({ length: count }, (_, i) => make(i)).join(",");
const members = (count) => many(count, (i) => `"u${i}":1`);

const HELLO = '"messages":[{"role":"user","content":"Hello"}]';
const chat = (rest, model = "gemini-2.5-flash") => `{"model":"${model}",${HELLO},${rest}}`;
const messages = (list, model = "gemini-2.5-flash") => `{"model":"${model}","messages":[${list}]}`;
const parts = (list, model) => messages(`{"role":"user","content":[${list}]}`, model);
const tool = (parameters, name = "f") => `"tools":[{"type":"function","function":{"name":"${name}","parameters":${parameters}}}]`;
const format = (schema) => `"response_format":{"type":"json_schema","json_schema":{"name":"x","schema":${schema}}}`;
const call = (id, values = "{}") => `{"id":"${id}","type":"function","function":{"name":"f","arguments":${JSON.stringify(values)}}}`;
const result = (id, content = "r") => `{"role":"tool","tool_call_id":"${id}","content":"${content}"}`;
const turn = (calls, results, more = "") => messages(`{"role":"user","content":"a"},{"role":"assistant","tool_calls":[${calls}]${more}},${results}`);
const turns = (count, calls, results) => messages(`{"role":"user","content":"a"},${many(count, (n) => `{"role":"assistant","tool_calls":[${calls(n)}]}`)},${results}`);
const link = (i) => `{"type":"image_url","image_url":{"url":"https://example.com/${i}.png"}}`;
const speech = (rest) => `{"model":"gemini-2.5-flash-preview-tts",${rest}}`;
const picture = (rest) => `{"model":"gemini-2.5-flash-image",${rest}}`;
const inputs = (rest) => `{"model":"gemini-embedding-001",${rest}}`;

/** Definitions, each of which refers `width` times to the next one. */
function fanOut(width, depth, before = {}) {
  const properties = (i) => Object.fromEntries(Array.from({ length: width }, (_, k) => [`p${k}`, { $ref: `#/$defs/T${i}` }]));
  const $defs = Object.fromEntries(Array.from({ length: depth }, (_, i) => [`T${i}`, { type: "object", properties: properties(i + 1) }]));
  $defs[`T${depth}`] = { type: "string" };
  return JSON.stringify({ type: "object", properties: { ...before, x: { $ref: "#/$defs/T0" } }, $defs });
}

const FORM = { "content-type": "multipart/form-data; boundary=B" };
const field = (head, value) => `--B\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`;
const MODEL = field('name="model"', "gemini-2.5-flash");
const FILE = field('name="file"; filename="a.wav"', "RIFFxxxxWAVE");
const form = (...fields) => `${fields.join("")}--B--\r\n`;
const fields = (count) => Array.from({ length: count }, (_, i) => field(`name="u${i}"`, "1")).join("");

/** The answer is a 400 whose message names all of these: the field and, if it has one, its limit. */
function refused({ status, text }, ...names) {
  assert.equal(status, 400, text.slice(0, 500));
  const { error } = JSON.parse(text);
  assert.equal(error.type, "invalid_request_error");
  assert.ok(error.code);
  for (const name of names) assert.ok(error.message.includes(name), `${name} in: ${error.message}`);
  assert.ok(error.message.length < 1000, "an error is short, whatever it is about");
}
function served({ status, text }) {
  assert.equal(status, 200, text.slice(0, 500));
}

/** Rows of: name, path, body as a function, then what the refusal names; nothing: it is served. */
function attacks(rows) {
  for (const [name, path, body, names, headers] of rows) {
    test(name, async () => {
      const answer = await attacked.attack(path, body(), headers);
      names ? refused(answer, ...names) : served(answer);
    });
  }
}

// Lists.
attacks([
  ["900,000 text parts", GEMINI, () => parts(repeat('{"type":"text","text":"a"}', 900_000)), ["messages[0].content", "50000"]],
  ["parts of all messages together", GEMINI, () => messages(repeat(`{"role":"user","content":[${repeat('{"type":"text","text":"a"}', 40)}]}`, 2000)), ["all messages together", "50000"]],
  ["700,000 messages", GEMINI, () => messages(repeat('{"role":"user","content":"a"}', 700_000)), ["messages", "20000"]],
  ["two million stops", GEMINI, () => chat(`"stop":[${repeat('"a"', 2_000_000)}]`), ["stop", "64"]],
  ["two million modalities", GEMINI, () => chat(`"modalities":[${repeat('"text"', 2_000_000)}]`), ["modalities", "16"]],
  ["three million inputs", EMBEDDINGS, () => inputs(`"input":[${repeat('"a"', 3_000_000)}]`), ["input", "2048"]],
  ["three million tokens", EMBEDDINGS, () => inputs(`"input":[${repeat("1", 3_000_000)}]`), ["input"]],
  ["two million prompts", COMPLETIONS, () => `{"model":"gemini-2.5-flash","prompt":[${repeat('"a"', 2_000_000)}]}`, ["prompt"]],
  ["250,000 tool calls", GEMINI, () => turn(many(250_000, (i) => call(`c${i}`)), result("c1")), ["messages[1].tool_calls", "1024"]],
  ["9,000 calls, and their results in reverse", GEMINI, () => turns(9, (n) => many(1000, (i) => call(`c${n}.${i}`)), many(9000, (i) => result(`c${8 - Math.floor(i / 1000)}.${999 - (i % 1000)}`)))],
  ["9,000 calls of one id", GEMINI, () => turns(9, () => many(1000, () => call("c")), many(9000, () => result("c")))],
  ["1,025 calls of one message", GEMINI, () => turn(many(1025, (i) => call(`c${i}`)), result("c1")), ["messages[1].tool_calls", "1024"]],
  ["2,000 thinking blocks", GEMINI, () => messages(`{"role":"user","content":"a"},{"role":"assistant","content":"b","thinking_blocks":[${repeat('{"type":"thinking","signature":"c2ln"}', 2000)}]}`), ["messages[1].thinking_blocks", "1024"]],
  ["400,000 reasoning details", GEMINI, () => messages(`{"role":"user","content":"a"},{"role":"assistant","content":"b","reasoning_details":[${many(400_000, (i) => `{"id":"c${i}","data":"c2ln"}`)}]}`), ["messages[1].reasoning_details", "1024"]],
  ["300,000 parts of the supplier's tools", GEMINI, () => messages(`{"role":"user","content":"a"},{"role":"assistant","content":"b","extra_content":{"google":{"tool_invocations":[${repeat('{"part":{"toolCall":{}},"after_text":true}', 300_000)}]}}}`), ["messages[1].extra_content.google.tool_invocations", "1024"]],
  ["9,000 results of no call", GEMINI, () => turn(call("c"), many(9000, (i) => result(`d${i}`))), ["messages[2].tool_call_id"]],
  ["250,000 tools", GEMINI, () => chat(`"tools":[${many(250_000, (i) => `{"type":"function","function":{"name":"f${i}"}}`)}]`), ["tools", "4096"]],
  ["250,000 functions", GEMINI, () => chat(`"functions":[${many(250_000, (i) => `{"name":"f${i}"}`)}]`), ["functions", "4096"]],
  ["4,096 tools whose names are no names to Gemini", GEMINI, () => chat(`"tools":[${many(4096, (i) => `{"type":"function","function":{"name":"f ${i}"}}`)}]`)],
  ["4,096 tools of one name", GEMINI, () => chat(`"tools":[${repeat('{"type":"function","function":{"name":"f"}}', 4096)}]`)],
  ["400,000 allowed tools", GEMINI, () => chat(`${tool("{}")},"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[${repeat('{"type":"function","function":{"name":"f"}}', 400_000)}]}}`), ["tool_choice.allowed_tools.tools", "4096"]],
  ["40,000 links", GEMINI, () => parts(many(40_000, link), "gemini-2.0-flash"), ["links", "12"]],
  ["thirteen links", GEMINI, () => parts(many(13, link), "gemini-2.0-flash"), ["messages[0].content[12]", "12"]],
  ["40,000 images in the request", GEMINI, () => parts(repeat('{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}', 40_000))],
  ["600,000 annotations", GEMINI, () => messages(`{"role":"user","content":"a"},{"role":"assistant","content":"b","annotations":[${repeat('{"type":"url_citation"}', 600_000)}]},{"role":"user","content":"a"}`)],
  ["100,000 unknown fields", GEMINI, () => chat(members(100_000)), ["unknown fields", "256"]],
  ["100,000 unknown fields that are null", GEMINI, () => chat(many(100_000, (i) => `"u${i}":null`))],
  ["100,000 unknown fields of a message", GEMINI, () => messages(`{"role":"user","content":"a",${members(100_000)}}`)],
  ["100,000 unknown fields of a part", GEMINI, () => parts(`{"type":"text","text":"a",${members(100_000)}}`)],
  ["100,000 unknown fields of a tool", GEMINI, () => chat(`"tools":[{"type":"function",${members(100_000)},"function":{"name":"f",${members(100_000)}}}]`)],
  ["100,000 unknown fields for images", IMAGES, () => picture(`"prompt":"a",${members(100_000)}`)],
  ["100,000 unknown fields for speech", SPEECH, () => speech(`"voice":"Kore","input":"a",${members(100_000)}`)],
  ["100,000 unknown fields for embeddings", EMBEDDINGS, () => inputs(`"input":"a",${members(100_000)}`)],
  ["100,000 unknown fields to OpenAI", OPENAI, () => chat(members(100_000), "gpt-4o")],
  ["100,000 unknown fields to Groq", GROQ, () => chat(members(100_000), "openai/gpt-oss-120b")],
  ["100,000 keys of extra_body", GEMINI, () => chat(`"extra_body":{${members(100_000)}}`)],
  ["100,000 keys of extra_body.google", GEMINI, () => chat(`"extra_body":{"google":{${members(100_000)}}}`), ["extra_body.google.u0"]],
  ["100,000 keys of one setting of Google's", GEMINI, () => chat(`"extra_body":{"google":{"thinking_config":{${members(100_000)}}}}`), ["extra_body.google.thinking_config", "65536"]],
  ["600,000 safety settings", GEMINI, () => chat(`"extra_body":{"google":{"safety_settings":[${repeat('{"category":"a","threshold":"b"}', 600_000)}]}}`), ["extra_body.google.safety_settings", "65536"]],
  ["100,000 keys of metadata and of logit_bias", GEMINI, () => chat(`"metadata":{${members(100_000)}},"logit_bias":{${members(100_000)}}`)],
  ["a field given 600,000 times", GEMINI, () => chat(repeat('"model":"gemini-2.5-flash"', 600_000))],
  ["messages given 300,000 times", GEMINI, () => chat(repeat(HELLO, 300_000))],
  ["60,000 messages with a name to Groq", GROQ, () => messages(repeat('{"role":"user","name":"bob","content":"a"}', 60_000), "openai/gpt-oss-120b")],
  ["60,000 messages with a name to OpenAI", OPENAI, () => messages(repeat('{"role":"user","name":"bob","content":"a"}', 60_000), "gpt-4o")],
  ["700,000 messages to Groq", GROQ, () => messages(repeat('{"role":"user","content":"a"}', 700_000), "openai/gpt-oss-120b")],
]);

// Schemas, for models that take all of JSON Schema, for one that refuses it, and for one that needs another form of it.
for (const model of ["gemini-2.5-flash", "gemini-2.0-flash", OLD, REFUSES]) {
  const rows = [
    ["references that fan out", fanOut(10, 8)],
    ["references that fan out after a harmless part", fanOut(10, 8, { a: { type: "string" }, b: { type: ["string", "null"] } })],
    ["a chain of 20,000 definitions", fanOut(1, 20_000)],
    ["5,000 references to one large definition", JSON.stringify({ type: "object", properties: Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`p${i}`, { $ref: "#/$defs/T" }])), $defs: { T: JSON.parse(`{"type":"object","properties":{${many(1000, (i) => `"p${i}":{"type":["string","null"]}`)}}}`) } })],
    ["allOf that holds itself", '{"type":"object","properties":{"x":{"$ref":"#/$defs/T"}},"$defs":{"T":{"allOf":[{"$ref":"#/$defs/T"},{"$ref":"#/$defs/T"}]}}}'],
    ["a schema that is all of itself", '{"allOf":[{"$ref":"#"},{"$ref":"#"}]}'],
    ["anyOf that holds itself", '{"anyOf":[{"$ref":"#"},{"$ref":"#"},{"type":["string","null"]}]}'],
    ["allOf of 20,000", `{"type":"object","allOf":[${repeat('{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}', 20_000)}]}`],
    ["anyOf of 30,000", `{"type":"object","properties":{"a":{"anyOf":[${many(30_000, (i) => `{"const":"e${i}"}`)}]}}}`],
    ["100,000 types of one value", `{"type":"object","properties":{"a":{"type":[${many(100_000, (i) => `"t${i}"`)}]}}}`],
    ["100,000 times one type", `{"type":"object","properties":{"a":{"type":[${repeat('"string"', 100_000)}]}}}`],
    ["an enum of 100,000", `{"type":"object","properties":{"a":{"enum":[${many(100_000, (i) => `"e${i}"`)}]}}}`],
    ["20,000 properties, all of them required, in reverse", `{"type":"object","properties":{${many(20_000, (i) => `"p${i}":{"type":["string","null"]}`)}},"required":[${many(20_000, (i) => `"p${19_999 - i}"`)}]}`],
    ["20,000 required ones that are no properties", `{"type":"object","properties":{"a":{"type":["string","null"]}},"required":[${many(20_000, (i) => `"q${i}"`)}]}`],
  ];
  for (const [name, schema] of rows) {
    for (const [where, param, body] of [["a tool", "tools[0].function.parameters", tool(schema)], ["the output", "response_format", format(schema)]]) {
      test(`${name}, as the schema of ${where} for ${model}`, async () => {
        const answer = await attacked.attack(GEMINI, chat(body, model));
        answer.status === 200 ? served(answer) : refused(answer, param);
      });
    }
  }
}

// Depth.
const DEEP = "[".repeat(100_000);
attacks([
  ["a body that is deep", GEMINI, () => DEEP, ["JSON object"]],
  ["messages that are deep", GEMINI, () => `{"model":"gemini-2.5-flash","messages":${DEEP}`, ["messages[0]"]],
  ["an unknown field that is deep", GEMINI, () => chat(`"u":${DEEP}`), ["128 deep"]],
  ["a schema that is deep", GEMINI, () => chat(tool('{"properties":{"a":'.repeat(50_000))), ["128 deep"]],
  ["a field for OpenAI that is deep", OPENAI, () => chat(`"u":${DEEP}`, "gpt-4o"), ["128 deep"]],
  ["a field for Groq that is deep", GROQ, () => chat(`"u":${DEEP}`, "openai/gpt-oss-120b"), ["128 deep"]],
  ["arguments of a call that are deep", GEMINI, () => turn(call("c", DEEP), result("c"))],
  ["a result that is deep", GEMINI, () => turn(call("c"), result("c", DEEP))],
]);

// Names.
attacks([
  ["the name of a tool", GEMINI, () => chat(tool("{}", LONG)), ["tools[0].function.name", "256"]],
  ["the type of a tool", GEMINI, () => chat(`"tools":[{"type":"${LONG}","function":{"name":"f"}}]`), [SHOWN, "'function'"]],
  ["the name that tool_choice gives", GEMINI, () => chat(`${tool("{}")},"tool_choice":{"type":"function","function":{"name":"${LONG}"}}`), ["tool_choice.function.name", "256"]],
  ["tool_choice", GEMINI, () => chat(`${tool("{}")},"tool_choice":"${LONG}"`), ["tool_choice", "'required'"]],
  ["the name that function_call gives", GEMINI, () => chat(`"functions":[{"name":"f"}],"function_call":{"name":"${LONG}"}`), ["function_call.name", "256"]],
  ["the name of an unknown field", GEMINI, () => chat(`"${LONG}":1`), [SHOWN, "256"]],
  ["the name of a field of a message", GEMINI, () => messages(`{"role":"user","content":"a","${LONG}":1}`), [SHOWN, "256"]],
  ["the name of a field of a part", GEMINI, () => parts(`{"type":"text","text":"a","${LONG}":1}`), [SHOWN, "256"]],
  ["the name of a field of a tool", GEMINI, () => chat(`"tools":[{"type":"function","function":{"name":"f","${LONG}":1}}]`), [SHOWN, "256"]],
  ["the name of a field for images", IMAGES, () => picture(`"prompt":"a","${LONG}":1`), [SHOWN, "256"]],
  ["the name of a field for speech", SPEECH, () => speech(`"voice":"Kore","input":"a","${LONG}":1`), [SHOWN, "256"]],
  ["the name of a field for embeddings", EMBEDDINGS, () => inputs(`"input":"a","${LONG}":1`), [SHOWN, "256"]],
  ["a key of extra_body", GEMINI, () => chat(`"extra_body":{"${LONG}":1}`), [SHOWN, "256"]],
  ["a key of extra_body.google", GEMINI, () => chat(`"extra_body":{"google":{"${LONG}":1}}`), [SHOWN, "256"]],
  ["the model", GEMINI, () => chat('"n":1', LONG), ["model", "256"]],
  ["the model, in escapes", GEMINI, () => chat('"n":1', "\\u0061".repeat(3_000_000)), ["model", "256"]],
  ["the model for embeddings", EMBEDDINGS, () => `{"model":"${LONG}","input":"a"}`, ["model", "256"]],
  ["the model for OpenAI", OPENAI, () => chat('"n":1', LONG)],
  ["the model for Groq", GROQ, () => chat('"n":1', LONG)],
  ["the model where it chooses the supplier", "/v1/chat/completions", () => chat('"n":1', LONG)],
  ["a role", GEMINI, () => messages(`{"role":"${LONG}","content":"a"}`), [SHOWN, "'assistant'"]],
  ["the name of a message", GEMINI, () => messages(`{"role":"user","content":"a","name":"${LONG}"}`), ["messages[0].name", "256"]],
  ["the type of a part", GEMINI, () => parts(`{"type":"${LONG}"}`), [SHOWN, "'image_url'"]],
  ["the detail of an image", GEMINI, () => parts(`{"type":"image_url","image_url":{"url":"https://example.com/x.png","detail":"${LONG}"}}`), [SHOWN, "'high'"]],
  ["the format of a sound", GEMINI, () => parts(`{"type":"input_audio","input_audio":{"data":"aaaa","format":"${LONG}"}}`), ["input_audio.format", "256"]],
  ["the name of a file", GEMINI, () => parts(`{"type":"file","file":{"filename":"${LONG}","file_data":"data:application/pdf;base64,aaaa"}}`), ["file.filename", "8192"]],
  ["the id of a file", GEMINI, () => parts(`{"type":"file","file":{"file_id":"${LONG}"}}`), ["file.file_id", "8192"]],
  ["a link", GEMINI, () => parts(link(LONG)), ["image_url.url", "8192"]],
  ["the media type of a data URL", GEMINI, () => parts(`{"type":"image_url","image_url":{"url":"data:${LONG};base64,aaaa"}}`), ["data URL"]],
  ["the id of a call", GEMINI, () => turn(call(LONG), result("c")), ["messages[1].tool_calls[0].id", "1048576"]],
  ["tool_call_id", GEMINI, () => turn(call("c"), result(LONG)), ["messages[2].tool_call_id", "1048576"]],
  ["the function of a call", GEMINI, () => turn(`{"id":"c","type":"function","function":{"name":"${LONG}","arguments":"{}"}}`, result("c")), ["messages[1].tool_calls[0].function.name", "256"]],
  ["the name of a schema", GEMINI, () => chat(`"response_format":{"type":"json_schema","json_schema":{"name":"${LONG}","schema":{"type":"object"}}}`)],
  ["the type of response_format", GEMINI, () => chat(`"response_format":{"type":"${LONG}"}`), ["response_format.type", "'json_schema'"]],
  ["a modality", GEMINI, () => chat(`"modalities":["${LONG}"]`), ["modalities", "'audio'"]],
  ["reasoning_effort", GEMINI, () => chat(`"reasoning_effort":"${LONG}"`), ["reasoning_effort", "'high'"]],
  ["the voice of a chat", GEMINI, () => chat(`"modalities":["audio"],"audio":{"voice":"${LONG}","format":"wav"}`), ["audio.voice", "256"]],
  ["the voice of a speech", SPEECH, () => speech(`"input":"a","voice":"${LONG}"`), ["voice", "256"]],
  ["the format of a speech", SPEECH, () => speech(`"input":"a","voice":"Kore","response_format":"${LONG}"`), ["response_format", "'wav'"]],
  ["the size of an image", IMAGES, () => picture(`"prompt":"a","size":"${LONG}"`), ["size", "256"]],
]);

// Values.
attacks([
  ["the description of a tool", GEMINI, () => chat(`"tools":[{"type":"function","function":{"name":"f","description":"${LONG}"}}]`), ["tools[0].function.description", "1048576"]],
  ["the grammar of a tool", GEMINI, () => chat(`"tools":[{"type":"custom","custom":{"name":"f","format":{"type":"grammar","grammar":{"syntax":"lark","definition":"${LONG}"}}}}]`), ["grammar.definition", "1048576"]],
  ["the name of a property", GEMINI, () => chat(tool(`{"type":"object","properties":{"${LONG}":{"type":"string"}}}`))],
  ["the name of a property that is written anew", GEMINI, () => chat(tool(`{"type":"object","properties":{"${LONG}":{"type":"string"},"a":{"$ref":"#/$defs/%61"}}}`), OLD), ["tools[0].function.parameters", "4194304"]],
  ["where a reference points", GEMINI, () => chat(tool(`{"$ref":"#/$defs/${LONG}"}`)), ["tools[0].function.parameters", "4194304"]],
  ["a system message", GEMINI, () => messages(`{"role":"system","content":"${LONG}"},{"role":"user","content":"a"}`)],
  ["a message", GEMINI, () => messages(`{"role":"user","content":"${LONG}"}`)],
  ["the refusal of a message", GEMINI, () => messages(`{"role":"assistant","refusal":"${LONG}"},{"role":"user","content":"a"}`)],
  ["reasoning that is brought back", GEMINI, () => messages(`{"role":"user","content":"a"},{"role":"assistant","content":"b","reasoning_content":"${LONG}"},{"role":"user","content":"a"}`)],
  ["the arguments of a call", GEMINI, () => turn(call("c", `{"a":"${LONG}"}`), result("c")), ["messages[1].tool_calls[0].function.arguments", "8388608"]],
  ["the result of a call", GEMINI, () => turn(call("c"), result("c", LONG))],
  ["an unknown field", GEMINI, () => chat(`"u":"${LONG}"`)],
  ["an unknown field, in escapes", GEMINI, () => chat(`"u":"${"\\u0000".repeat(3_000_000)}"`)],
  ["a setting of Google's", GEMINI, () => chat(`"extra_body":{"google":{"cached_content":"${LONG}"}}`), ["extra_body.google.cached_content", "65536"]],
  ["metadata, and a key of it", GEMINI, () => chat(`"metadata":{"a":"${"x".repeat(10_000_000)}","${"x".repeat(10_000_000)}":"a"}`)],
  ["user", GEMINI, () => chat(`"user":"${LONG}"`)],
  ["service_tier", GEMINI, () => chat(`"service_tier":"${LONG}"`)],
  ["a stop", GEMINI, () => chat(`"stop":["${LONG}"]`)],
  ["a number", GEMINI, () => chat(`"temperature":${"1".repeat(20_000_000)}`), ["temperature"]],
  ["an integer", GEMINI, () => chat(`"max_tokens":${"1".repeat(20_000_000)}`), ["max_tokens"]],
  ["a prompt", COMPLETIONS, () => `{"model":"gemini-2.5-flash","prompt":"${LONG}"}`],
  ["a suffix", COMPLETIONS, () => `{"model":"gemini-2.5-flash","prompt":"a","suffix":"${LONG}"}`],
  ["what is to be embedded", EMBEDDINGS, () => inputs(`"input":"${LONG}"`)],
  ["the prompt of an image", IMAGES, () => picture(`"prompt":"${LONG}"`), ["prompt", "1048576"]],
  ["what is to be spoken", SPEECH, () => speech(`"voice":"Kore","input":"${LONG}"`)],
  ["how it is to be spoken", SPEECH, () => speech(`"voice":"Kore","input":"a","instructions":"${LONG}"`), ["instructions", "1048576"]],
  ["bytes that are no UTF-8", GEMINI, () => Buffer.concat([Buffer.from('{"model":"gemini-2.5-flash","messages":[{"role":"user","content":"'), Buffer.alloc(20_000_000, 0xff)]), ["UTF-8"]],
  ["nothing but NUL", GEMINI, () => Buffer.alloc(20_000_000), ["JSON object"]],
  ["white space", GEMINI, () => " ".repeat(20_000_000) + chat('"n":1')],
]);

// Forms.
attacks([
  ["the name of a field of a form", TRANSCRIPTIONS, () => form(MODEL, field(`name="${LONG}"`, "1"), FILE), ["head of a part", "16384"], FORM],
  ["the name of the file of a form", TRANSCRIPTIONS, () => form(MODEL, field(`name="file"; filename="${LONG}"`, "RIFF")), ["head of a part", "16384"], FORM],
  ["the content type of a part", TRANSCRIPTIONS, () => form(MODEL, field(`name="file"; filename="a.wav"\r\nContent-Type: ${LONG}`, "RIFF")), ["head of a part", "16384"], FORM],
  ["the model of a form", TRANSCRIPTIONS, () => form(field('name="model"', LONG), FILE), ["model", "256"], FORM],
  ["the language of a form", TRANSCRIPTIONS, () => form(MODEL, field('name="language"', LONG), FILE), ["language", "256"], FORM],
  ["the prompt of a form", TRANSCRIPTIONS, () => form(MODEL, field('name="prompt"', LONG), FILE), ["prompt", "1048576"], FORM],
  ["an unknown field of a form", TRANSCRIPTIONS, () => form(MODEL, field('name="u"', LONG), FILE), undefined, FORM],
  ["200,000 fields of a form", TRANSCRIPTIONS, () => form(MODEL, fields(200_000), FILE), ["parts", "256"], FORM],
  ["a boundary of 71 characters", TRANSCRIPTIONS, () => form(MODEL, FILE), ["boundary", "70"], { "content-type": `multipart/form-data; boundary=${"b".repeat(71)}` }],
  ["a boundary of 60,000 characters", TRANSCRIPTIONS, () => "\r\n--".repeat(5_000_000), ["boundary", "70"], { "content-type": `multipart/form-data; boundary=${"-".repeat(60_000)}` }],
  ["a boundary that is nearly there a million times", TRANSCRIPTIONS, () => `--${"-".repeat(69)}b\r\n${`\r\n--${"-".repeat(69)}`.repeat(270_000)}`, ["model"], { "content-type": `multipart/form-data; boundary=${"-".repeat(69)}b` }],
  ["nothing but line ends", TRANSCRIPTIONS, () => `--B\r\n${"\r\n".repeat(10_000_000)}`, ["model"], FORM],
  ["the head of a part without end", TRANSCRIPTIONS, () => `--B\r\nContent-Disposition: form-data; name="a"${"; x=y".repeat(4_000_000)}`, ["model"], FORM],
]);

test("headers that are as large as the runtime takes", async () => {
  const headers = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`x-h${i}`, "x".repeat(14_000)]));
  served(await attacked.attack(GEMINI, chat('"n":1'), headers));
  served(await attacked.attack(GEMINI, chat('"n":1'), { "content-type": `application/json; x=${"x".repeat(100_000)}` }));
  // The supplier of this test takes 16 KiB of headers, answers more with 431, and may close before it is read.
  for (const [path, model] of [[GEMINI, "gemini-2.5-flash"], [OPENAI, "gpt-4o"]]) {
    served(await attacked.attack(path, chat('"n":1', model), { authorization: `Bearer ${"k".repeat(12_000)}` }));
    const { status, text } = await attacked.attack(path, chat('"n":1', model), { authorization: `Bearer ${"k".repeat(100_000)}` });
    assert.ok(status === 431 || status === 502, text);
    assert.ok(JSON.parse(text).error.message);
    assert.doesNotMatch(text, /kkkk/);
  }
});

test("TRACE is not forwarded", async () => {
  for (const path of [GEMINI, OPENAI, GROQ, "/v2/openai/files", "/v2/groq/x", "/"]) {
    const { status, text, allow } = await new Promise((resolve, reject) => {
      httpRequest(attacked.url + path, { method: "TRACE", headers: { authorization: JSON_HEADERS.authorization } }, async (response) => {
        resolve({ status: response.statusCode, allow: response.headers.allow, text: await textOf(response) });
      }).on("error", reject).end();
    });
    assert.equal(status, 405, `${path}: ${text}`);
    assert.doesNotMatch(text, /test-key/);
    assert.ok(allow, path);
  }
});
