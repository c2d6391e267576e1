// What a hostile supplier sends, whole and as a stream: lists without end, texts of 20 MB, values at far places, depth, bytes
// that are no text. What can be told is told; beyond a limit the answer is an error that says so, never a part of it as if
// it were all. Nobody else on the instance notices, and work that grows with the square of the reply shows as a timeout.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { GEMINI, startAttacked } from "./bystander.mjs";
import { chatBody, geminiEvent } from "./harness.mjs";

let attacked = null;
let reply = null; // the supplier's: (request, response) => void
before(async () => {
  attacked = await startAttacked((request, response) => reply(request, response));
});
after(() => attacked.close());

const LONG = "x".repeat(20_000_000);
const HALF = "x".repeat(10_000_000);

const repeat = (text, count) => `${text},`.repeat(count).slice(0, -1);
const many = (count, make) => Array.from({ length: count }, (_, i) => make(i)).join(",");

const TEXT = '{"text":"hello"}';
const candidate = (rest) => `{"candidates":[{${rest},"finishReason":"STOP"}]}`;
const parts = (list) => candidate(`"content":{"parts":[${list}]}`);
const beside = (rest, text = "hello") => candidate(`"content":{"parts":[{"text":"${text}"}]},${rest}`);
const pieces = (list) => parts(`{"functionCall":{"name":"f","partialArgs":[${list}]}}`);
const grounding = (sources, supports, text) => beside(`"groundingMetadata":{"groundingChunks":[${sources}],"groundingSupports":[${supports}]}`, text);
const source = (uri) => `{"web":{"uri":"${uri}","title":"t"}}`;
const citations = (list) => beside(`"citationMetadata":{"citationSources":[${list}]}`);
const logprobs = (chosen, top = "") => beside(`"logprobsResult":{"chosenCandidates":[${chosen}],"topCandidates":[${top}]}`);
const failure = (rest) => `{"error":{"code":503,"status":"UNAVAILABLE",${rest}}}`;

/** The document as it is, or as the one event of a stream. */
function document(text) {
  return (request, response) => {
    const streams = request.url.includes("streamGenerateContent");
    response.writeHead(200, { "content-type": streams ? "text/event-stream" : "application/json" });
    if (!streams) return response.end(text);
    response.write("data: ");
    response.write(text);
    return response.end("\r\n\r\n");
  };
}
const events = (...texts) => (_, response) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const text of texts) response.write(text);
  response.end();
};
const refusal = (status, text) => (_, response) => response.writeHead(status, { "content-type": "application/json" }).end(text);

const ask = (stream) => attacked.attack(GEMINI, chatBody({ stream }));
const wholeText = (choice) => choice.message.content ?? choice.message.tool_calls?.map((call) => call.function.arguments).join("") ?? "";

/** A whole answer: {text} of its first choice, or {error}. */
async function askWhole() {
  const { status, text } = await ask(false);
  const said = JSON.parse(text);
  if (status === 200) return { text: wholeText(said.choices[0]) };
  assert.ok(status >= 400 && said.error.message, text.slice(0, 300));
  return { error: said.error, status };
}

/** The same of a stream. It ends with [DONE] or with an error, and not with both. */
async function askStream() {
  const { status, text } = await ask(true);
  if (status !== 200) return { error: JSON.parse(text).error, status };
  const lines = text.split("\n").filter((line) => line.startsWith("data: "));
  let out = "";
  for (const line of lines) {
    if (line === "data: [DONE]") return { text: out };
    const said = JSON.parse(line.slice(6));
    if (said.error) return { error: said.error, status };
    const { delta } = said.choices[0];
    out += delta.content ?? delta.tool_calls?.map((call) => call.function.arguments ?? "").join("") ?? "";
  }
  throw new Error(`a stream without end: ${text.slice(-300)}`);
}

/** Rows of: name, what the supplier sends, and what is told: a pattern for the text of an answer, or {error} with one for its message. */
function attacks(asks, rows) {
  for (const [name, sends, told] of rows) {
    for (const [how, asked] of asks) {
      test(`${name}, ${how}`, async () => {
        reply = sends();
        const got = await asked();
        if (told.error) {
          assert.ok(got.error, `no error: ${got.text?.slice(0, 200)}`);
          assert.match(got.error.message, told.error);
          assert.ok(got.error.message.length < 2100);
          if (told.status) assert.equal(got.status, told.status);
        } else {
          assert.equal(got.error, undefined, JSON.stringify(got.error));
          assert.match(got.text, told);
        }
      });
    }
  }
}
const WHOLE = ["whole", askWhole];
const STREAM = ["as a stream", askStream];
const error = (pattern) => ({ error: pattern });
const SOURCES = error(/more sources than can be held/);
const BESIDE = error(/more beside the text/);
const PIECES = error(/pieces that do not fit/);
const LOGPROBS = error(/log probabilities/);
const NOT_JSON = error(/not JSON/);

// Arguments in pieces.
attacks([WHOLE, STREAM], [
  ["an element of arguments that is far", () => document(pieces('{"jsonPath":"$.a[4000000000]","numberValue":1}')), PIECES],
  ["one that is farther than numbers go", () => document(pieces('{"jsonPath":"$.a[99999999999999999999999]","numberValue":1}')), PIECES],
  ["one that is before the first", () => document(pieces('{"jsonPath":"$.a[-1]","numberValue":1}')), PIECES],
  ["a path that is deep", () => document(pieces(`{"jsonPath":"$${".a".repeat(5000)}","numberValue":1}`)), PIECES],
  ["a path of 7 MB", () => document(pieces(`{"jsonPath":"$.${"x".repeat(7_000_000)}","numberValue":1}`)), PIECES],
  ["20,000 paths that are deep", () => document(pieces(repeat(`{"jsonPath":"$${".a[0]".repeat(60)}","numberValue":1}`, 20_000))), /^\{"a":\[\{"a".*1\]/],
  ["100,000 arguments", () => document(pieces(many(100_000, (i) => `{"jsonPath":"$.a${i}","numberValue":1}`))), PIECES],
  ["20,000 arguments many times", () => document(pieces(many(200_000, (i) => `{"jsonPath":"$.a${i % 19_000}","numberValue":1}`))), /^\{"a0":1,.*"a18999":1\}$/],
  ["an argument in 150,000 pieces", () => document(pieces(repeat('{"jsonPath":"$.a","stringValue":"xxxxxxxx"}', 150_000))), /^\{"a":"x{1200000}"\}$/],
  ["an argument of 6 MB", () => document(pieces(`{"jsonPath":"$.a","stringValue":"${"x".repeat(6_000_000)}"}`)), PIECES],
  ["an argument of 9 MB", () => document(pieces(`{"jsonPath":"$.a","stringValue":"${"x".repeat(9_000_000)}"}`)), BESIDE],
  ["2 million pieces that say nothing", () => document(pieces(repeat("{}", 2_000_000))), /^\{\}$/],
  ["pieces that are deep", () => document(pieces("[".repeat(100_000))), NOT_JSON],
]);

// What stands beside the text.
attacks([WHOLE, STREAM], [
  ["5,000 sources and supports", () => document(grounding(many(5000, (i) => source(`https://e.com/${i}`)), many(5000, (i) => `{"segment":{"startIndex":${i},"endIndex":${i + 5},"text":"nowhere ${i}"},"groundingChunkIndices":[${i}]}`), "hello ".repeat(10_000))), /^hello .*hello $/],
  ["sources of a long answer", () => document(grounding(source("https://e.com"), many(15_000, (i) => `{"segment":{"startIndex":${i * 100},"endIndex":${i * 100 + 5},"text":"ééx${i}"},"groundingChunkIndices":[0]}`), "é".repeat(1_500_000))), /^é+$/],
  ["each support by each source", () => document(grounding(many(3000, (i) => source(`https://e.com/${i}`)), repeat(`{"segment":{"startIndex":1,"endIndex":2},"groundingChunkIndices":[${many(3000, (i) => i)}]}`, 500))), SOURCES],
  ["2 million sources", () => document(grounding(repeat("{}", 2_000_000), "")), SOURCES],
  ["2 million supports", () => document(grounding("", repeat("{}", 2_000_000))), SOURCES],
  ["3 million indices of sources", () => document(grounding("", `{"groundingChunkIndices":[${repeat("0", 3_000_000)}]}`)), /^hello$/],
  ["5 million sources", () => document(grounding(repeat("{}", 5_000_000), "")), BESIDE],
  ["a source of 10 MB", () => document(grounding(source(HALF), "")), BESIDE],
  ["100,000 citations", () => document(citations(many(100_000, (i) => `{"startIndex":${i},"endIndex":${i + 1},"uri":"https://e.com/${i}"}`))), SOURCES],
  ["200,000 times one citation", () => document(citations(repeat('{"startIndex":1,"endIndex":2,"uri":"https://e.com"}', 150_000))), /^hello$/],
  ["2 million citations that say nothing", () => document(citations(repeat("{}", 2_000_000))), /^hello$/],
  ["URL contexts of 10 MB", () => document(beside(`"urlContextMetadata":{"a":"${HALF}"}`)), BESIDE],
  ["100,000 log probabilities", () => document(logprobs(repeat('{"token":"a","logProbability":-0.5}', 100_000), repeat('{"candidates":[{"token":"a"},{"token":"b"}]}', 100_000))), /^hello$/],
  ["a million log probabilities", () => document(logprobs(repeat('{"token":"a"}', 1_000_000))), LOGPROBS],
  ["100,000 alternatives of one token", () => document(logprobs('{"token":"a"}', `{"candidates":[${repeat('{"token":"b"}', 100_000)}]}`)), LOGPROBS],
  ["a log probability of a million digits", () => document(logprobs(`{"token":"a","logProbability":${"1".repeat(1_000_000)}}`)), /^hello$/],
  ["usage that is no usage", () => document(beside(`"usageMetadata":{"promptTokenCount":99999999999999999999999999,"candidatesTokenCount":-5,"totalTokenCount":1e400,"promptTokensDetails":[${repeat('{"modality":"AUDIO","tokenCount":9223372036854775807}', 100_000)}]}`)), /^hello$/],
  ["a response id and a model of 10 MB", () => document(`{"responseId":"${"x".repeat(5_000_000)}","modelVersion":"${"x".repeat(5_000_000)}",${parts(TEXT).slice(1)}`), /^hello$/],
  ["100,000 results of Google's tools", () => document(parts(repeat('{"toolCall":{"id":"a"}}', 100_000) + `,${TEXT}`)), /^hello$/],
  ["results of Google's tools of 10 MB", () => document(parts(`{"toolCall":{"id":"${HALF}"}},${TEXT}`)), BESIDE],
  ["a million transcripts without a sound", () => document(parts(repeat('{"audioTranscription":{"text":"aaaaaaaaaaaa"}}', 300_000) + `,${TEXT}`)), /^hello$/],
]);

// The answer itself.
attacks([WHOLE, STREAM], [
  ["100,000 parts", () => document(parts(repeat(TEXT, 100_000))), /^(hello){100000}$/],
  ["2 million parts that are empty", () => document(parts(repeat("{}", 2_000_000) + `,${TEXT}`)), /^hello$/],
  ["100,000 thoughts", () => document(parts(repeat('{"text":"a","thought":true}', 100_000) + `,${TEXT}`)), /^hello$/],
  ["20,000 pieces of code", () => document(parts(repeat('{"executableCode":{"language":"PYTHON","code":"a"}}', 20_000))), /^(\s*```python\na\n```\s*)+$/],
  ["100,000 candidates", () => document(`{"candidates":[${many(100_000, (i) => `{"index":${i},"content":{"parts":[${TEXT}]},"finishReason":"STOP"}`)}]}`), /^(hello)+$/],
  ["2 million candidates that are empty", () => document(`{"candidates":[${repeat("{}", 2_000_000)}]}`), error(/broke off/)],
  ["4,000 calls", () => document(parts(repeat('{"functionCall":{"name":"f","args":{}}}', 4000))), /^(\{\}){4000}$/],
  ["50,000 calls", () => document(parts(repeat('{"functionCall":{"name":"f","args":{}}}', 50_000))), error(/more calls than an answer may have/)],
  ["the name of a call of 10 MB", () => document(parts(`{"functionCall":{"name":"${HALF}","args":{}}}`)), /^\{\}$/],
  ["a signature of 10 MB", () => document(parts(`{"functionCall":{"name":"f","args":{}},"thoughtSignature":"${HALF}"}`)), /^\{\}$/],
  ["arguments of 3 million values", () => document(parts(`{"functionCall":{"name":"f","args":{"a":[${repeat("1", 3_000_000)}]}}}`)), /^\{"a":\[(1,)+1\]\}$/],
  ["arguments that are deep", () => document(parts(`{"functionCall":{"name":"f","args":${'{"a":'.repeat(100_000)}`)), NOT_JSON],
  ["a text of escapes", () => document(parts(`{"text":"${"\\u0041".repeat(1_000_000)}"}`)), /^A{1000000}$/],
  ["a reason of 10 MB why there is none", () => document(`{"candidates":[{"finishReason":"OTHER","finishMessage":"${HALF}"}]}`), error(/^Gemini gave no answer: OTHER: x+/)],
  ["an end of 10 MB", () => document(`{"candidates":[{"content":{"parts":[${TEXT}]},"finishReason":"${HALF}"}]}`), /^hello$/],
  ["an index that is far", () => document(`{"candidates":[{"index":4000000000,"content":{"parts":[${TEXT}]},"finishReason":"STOP"}]}`), /^hello$/],
  ["JSON that is deep", () => document("[".repeat(100_000)), NOT_JSON],
  ["depth where nothing is read", () => document(`{"x":${"[".repeat(100_000)}`), NOT_JSON],
  ["bytes that are no UTF-8", () => document(Buffer.concat([Buffer.from('{"candidates":[{"content":{"parts":[{"text":"'), Buffer.from([0xff, 0xfe, 0xc0, 0x80]), Buffer.from('"}]}}]}')])), NOT_JSON],
  ["a NUL in a text", () => document(parts('{"text":"a\0b"}')), NOT_JSON],
  ["5 million NULs", () => document("\0".repeat(5_000_000)), NOT_JSON],
  ["a NUL as an escape", () => document(parts('{"text":"a\\u0000b"}')), /^a\0b$/],
  ["halves of surrogates", () => document(parts('{"text":"a\\ud800b"}')), NOT_JSON],
]);

// How it is framed.
const drained = (piece, count, last) => (_, response) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  let left = count;
  const more = () => {
    while (left-- > 0) if (!response.write(piece)) return response.once("drain", more);
    return response.end(last);
  };
  more();
};
const LAST = `data: ${parts(TEXT)}`;
const TOO_LARGE = error(/larger than can be held/);
attacks([STREAM], [
  ["lines that end with CR", () => events(`${LAST}\r\r`.repeat(50_000)), /^(hello){50000}$/],
  ["a million lines of one event that end with CR", () => events("data: \r".repeat(1_000_000), `${LAST}\r\r`), /^hello$/],
  ["the same in many pieces", () => drained("data: \r".repeat(8000), 250, `${LAST}\r\r`), /^hello$/],
  ["10 million ends of lines", () => events("\r".repeat(10_000_000), `${LAST}\r\r`), /^hello$/],
  ["line ends that are cut in two", () => events(...Array.from({ length: 200 }, () => [`${LAST}\r`, "\n\r", "\n"]).flat()), /^(hello){200}$/],
  ["4 million comments", () => events(": x\n".repeat(4_000_000), `${LAST}\n\n`), /^hello$/],
  ["a million lines of an event", () => events(`data: {\n${"data: \n".repeat(1_000_000)}data: ${parts(TEXT).slice(1)}\n\n`), /^hello$/],
  ["an event of lines, each in a piece", () => drained(`data: ${" ".repeat(60_000)}\n`, 100, `${LAST}\n\n`), /^hello$/],
  ["a line of 20 MB without end", () => events(`data: ${LONG}`), TOO_LARGE],
  ["an object of 20 MB that is no field", () => events(`{${LONG}`), TOO_LARGE],
  ["an event of 20 lines of a megabyte", () => events(...Array.from({ length: 20 }, () => `data: ${LONG.slice(0, 1_000_000)}\n`)), TOO_LARGE],
]);
attacks([WHOLE], [
  ["33 MB", () => document(`{"a":"${"x".repeat(34_000_000)}"}`), TOO_LARGE],
  ["20 MB that are no JSON", () => document(LONG), NOT_JSON],
]);

// Sources, tools and calls of a stream without end: each event is small.
attacks([STREAM], [
  ["the sources of fifteen choices", () => events(...Array.from({ length: 15 }, (_, i) => `data: {"candidates":[{"index":${i},"content":{"parts":[${TEXT}]},"citationMetadata":{"citationSources":[{"uri":"https://e.com/${LONG.slice(0, 2_000_000)}"}]}}]}\n\n`)), BESIDE],
  ["sources that are told again and again", () => events(...Array.from({ length: 60 }, () => `data: ${beside(`"groundingMetadata":{"groundingChunks":[${source(LONG.slice(0, 300_000))}]}`)}\n\n`)), /^(hello){60}$/],
  ["results of Google's tools without end", () => drained(`data: ${parts(`{"toolCall":{"id":"${LONG.slice(0, 100_000)}"}}`)}\n\n`, 200, `${LAST}\n\n`), BESIDE],
  ["a call whose pieces do not end", () => events(`data: ${parts('{"functionCall":{"name":"f","willContinue":true}}')}\n\n`, `data: ${parts(`{"functionCall":{"partialArgs":[{"jsonPath":"$.a","stringValue":"${LONG.slice(0, 100_000)}"}],"willContinue":true}}`)}\n\n`.repeat(100)), PIECES],
]);

// Errors.
attacks([WHOLE, STREAM], [
  ["an error of 20 MB", () => refusal(400, failure(`"message":"${LONG}"`)), { error: /^Gemini answered with status 400/, status: 400 }],
  ["20 MB that are no error", () => refusal(500, LONG), { error: /^Gemini answered with status 500/, status: 500 }],
  ["an error that is deep", () => refusal(400, `{"error":${"[".repeat(50_000)}`), { error: /^Gemini answered with status 400/, status: 400 }],
  ["an error without end", () => (_, response) => {
    response.writeHead(500, { "content-type": "application/json" });
    const more = () => response.writable && !response.destroyed && response.write("x".repeat(65_536), () => setImmediate(more));
    more();
  }, { error: /^Gemini answered with status 500/, status: 500 }],
]);
attacks([STREAM], [
  ["an error of 10 MB in mid-stream", () => events(geminiEvent("a"), `data: ${failure(`"message":"${HALF}"`)}\n\n`), error(/^x+…$/)],
  ["an error of 10 MB that is no field", () => events(geminiEvent("a"), `${failure(`"message":"${HALF}","details":[${repeat("{}", 1_000_000)}]`)}\n\n`), error(/^x+…$/)],
  ["an error of keys", () => events(geminiEvent("a"), `data: ${failure(`"message":"${"AIzaSecret ".repeat(500_000)}"`)}\n\n`), error(/^(\[key\] )+/)],
  ["500,000 violations", () => events(geminiEvent("a"), `data: ${failure(`"message":"m","details":[{"violations":[${repeat('{"quotaId":"x"}', 500_000)}]}]`)}\n\n`), error(/^m$/)],
  ["a code that is none", () => events(geminiEvent("a"), 'data: {"error":{"code":99999999999,"message":"m"}}\n\n'), error(/^m$/)],
]);

// Lists, images and speech.
const MODELS = ["GET", "/v2/gemini/models"];
const MODEL = ["GET", "/v2/gemini/models/a"];
const inputs = (count, rest = "") => ["POST", "/v2/gemini/embeddings", `{"model":"gemini-embedding-001","input":[${repeat('"a"', count)}]${rest}}`];
const IMAGES = ["POST", "/v2/gemini/images/generations", '{"model":"gemini-2.5-flash-image","prompt":"a"}'];
const SPEECH = ["POST", "/v2/gemini/audio/speech", '{"model":"gemini-2.5-flash-preview-tts","voice":"Kore","input":"a"}'];
const media = (type, data) => `{"inlineData":{"mimeType":"${type}","data":"${data}"}}`;
const useful = (name) => `{"name":"models/${name}","supportedGenerationMethods":["generateContent"]}`;
for (const [name, [method, path, body], sent, status, told] of [
  ["200,000 models", MODELS, () => `{"models":[${many(200_000, (i) => useful(`m${i}`))}]}`, 502, /more models than can be held/],
  ["3 million models that are none", MODELS, () => `{"models":[${repeat("{}", 3_000_000)}]}`, 200, /"data":\[\]/],
  ["a model with a name of 10 MB", MODELS, () => `{"models":[${useful(HALF)}]}`, 200, /"data":\[\]/],
  ["the same model by itself", MODEL, () => useful(HALF), 502, /no model/],
  ["a model with 2 million methods", MODELS, () => `{"models":[{"name":"models/a","supportedGenerationMethods":[${repeat('"a"', 2_000_000)}]}]}`, 200, /"data":\[\]/],
  ["a next page without end", MODELS, () => `{"models":[${useful("a")}],"nextPageToken":"p"}`, 200, /^\{"object":"list","data":\[.{1,5000}\]\}$/],
  ["a next page of 10 MB", MODELS, () => `{"models":[${useful("a")}],"nextPageToken":"${HALF}"}`, 502, /more models than can be held/],
  ["a list of models that is deep", MODELS, () => `{"models":${"[".repeat(100_000)}`, 502, /not JSON/],
  ["an embedding of 3 million values", inputs(1), () => `{"embeddings":[{"values":[${repeat("0.1", 3_000_000)}]}]}`, 502, /more embeddings than can be held/],
  ["the same as base64", inputs(1, ',"encoding_format":"base64"'), () => `{"embeddings":[{"values":[${repeat("0.1", 3_000_000)}]}]}`, 502, /more embeddings than can be held/],
  ["5 million embeddings", inputs(100), () => `{"embeddings":[${repeat("{}", 5_000_000)}]}`, 502, /more embeddings than can be held/],
  ["2,000 embeddings for one text", inputs(1), () => `{"embeddings":[${repeat('{"values":[1]}', 2000)}]}`, 502, /2000 embeddings for 1 texts/],
  ["a value of a million digits", inputs(1, ',"encoding_format":"base64"'), () => `{"embeddings":[{"values":[${"1".repeat(1_000_000)}]}]}`, 200, /"embedding":"AACAfw=="/],
  ["200,000 images", IMAGES, () => parts(repeat(media("image/png", "AAAA"), 200_000)), 200, /^\{"created":\d+,"data":\[(\{"b64_json":"AAAA"\},?){200000}\]/],
  ["speech in 100,000 pieces", SPEECH, () => parts(repeat(media("audio/L16;rate=24000", "AAAA"), 100_000)), 200, /^RIFF/],
  ["speech that is no base64", SPEECH, () => parts(media("audio/L16;rate=24000", "!".repeat(10_000_000))), 502, /sound in the answer is not complete/],
  ["a rate of a million digits", SPEECH, () => parts(media(`audio/L16;rate=${"9".repeat(1_000_000)}`, "AAAA")), 200, /^RIFF/],
]) {
  test(name, async () => {
    reply = document(sent());
    const got = await attacked.attack(path, body, {}, method);
    assert.equal(got.status, status, got.text.slice(0, 300));
    assert.match(got.text, told);
  });
}

test("a large image is an image", async () => {
  for (const [stream, size] of [[false, 15_000_000], [true, 12_000_000]]) {
    const image = "iVBORw0K".repeat(size / 8);
    reply = document(parts(media("image/png", image)));
    const { status, text } = await ask(stream);
    assert.equal(status, 200, text.slice(0, 300));
    assert.ok(text.includes(`"url":"data:image/png;base64,${image}"`), text.slice(0, 500));
  }
});

test("how long to wait is a number of seconds, a day at most, or not told", async () => {
  for (const [delay, seconds] of [["34.07s", "35"], ["900ms", "1"], ["99999999999999999999999s", "86400"], ["1e30s", undefined], ["-5s", undefined], ["soon", undefined], ["5m", undefined], ["1.2.3s", undefined], ["", undefined]]) {
    reply = refusal(429, `{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"${delay}"}]}}`);
    for (const stream of [false, true]) {
      const { status, headers } = await ask(stream);
      assert.equal(status, 429);
      assert.equal(headers["retry-after"], seconds, delay);
    }
  }
});

test("a status in an error of a success is one that HTTP has", async () => {
  for (const code of [-1, 0, 101, 200, 304, 600, 7000, 99999999999, 4294967596]) {
    reply = document(`{"error":{"code":${code},"message":"m"}}`);
    const { status, text } = await ask(false);
    assert.equal(status, 500, `${code}: ${text}`);
    assert.equal(JSON.parse(text).error.message, "m");
  }
});
