// Which part may use which: a row may include the rows above it, and nothing else. And each case says why it is there.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { HEADER, header } from "../../scripts/special-ranges.mjs";

// None may use another.
const DIALECTS = {
  "dialects/openai_chat": ["base", "json", "sse", "http", "chat", "dialects"],
  "dialects/gemini": ["base", "json", "http", "chat", "dialects"],
};

const MAY_USE = {
  base: [],
  json: ["base"],
  sse: ["base"],
  http: ["base"],
  chat: ["base", "json"],
  dialects: ["base", "json", "chat", ...Object.keys(DIALECTS)],
  ...DIALECTS,
  suppliers: ["base", "json", "http", "dialects", "dialects/openai_chat"],
  policy: ["base", "http", "chat", "dialects", "suppliers"],
  gateway: ["base", "json", "sse", "http", "chat", "dialects", "suppliers", "policy"],
  exports: ["base", "policy", "gateway", "dialects"],
};

const files = (dir) =>
  readdirSync(dir, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? files(join(dir, entry.name)) : [join(dir, entry.name)]));
const sources = files("wasm").filter((name) => /\.(h|cpp|c)$/.test(name));

test("layers include only what is above them", () => {
  assert.ok(sources.length > 40);
  for (const source of sources) {
    const layer = dirname(source).slice("wasm/".length);
    assert.ok(layer in MAY_USE, `${source} is in no layer`);
    for (const [, included] of readFileSync(source, "utf8").matchAll(/^#include "([^"]+)"/gm)) {
      const other = dirname(included);
      assert.ok(other === layer || MAY_USE[layer].includes(other), `${source} includes ${included}`);
    }
  }
});

test("only the table of dialects knows which there are", () => {
  for (const source of sources) {
    if (dirname(source) !== "wasm/dialects" || source.endsWith("table.cpp")) continue;
    assert.doesNotMatch(readFileSync(source, "utf8"), /#include "dialects\/\w+\//, source);
  }
});

test("the policy, the gateway and the exports name no dialect and no namespace of one", () => {
  for (const source of sources.filter((name) => /^wasm\/(policy|gateway|exports)\//.test(name))) {
    assert.doesNotMatch(readFileSync(source, "utf8"), /\b(openai_chat|gemini)::|"dialects\/\w+\/|"(openai_chat|gemini)"/, source);
  }
});

const suppliers = JSON.parse(readFileSync("wasm/suppliers/suppliers.json", "utf8")).suppliers.map(({ name }) => name);
const SUPPLIER = new RegExp(suppliers.join("|"), "i");
const withoutAddresses = (text) => text.replace(/https?:\/\/\S+/g, "");
const withoutComments = (text) => text.replace(/^\s*\/\/.*$|\s\/\/ .*$/gm, "");

test("suppliers are data: the policy, the gateway and the exports name none, not even in a comment", () => {
  assert.ok(suppliers.length >= 3);
  for (const source of sources.filter((name) => /^wasm\/(policy|gateway|exports)\//.test(name))) {
    assert.doesNotMatch(withoutAddresses(readFileSync(source, "utf8")), SUPPLIER, source);
  }
});

// Comments may say whose form, limit or fault something is about.
test("no code below the dialects names a supplier, nor does that of their table", () => {
  for (const source of sources.filter((name) => /^wasm\/(base|json|sse|http|chat|suppliers)\//.test(name))) {
    const code = withoutComments(readFileSync(source, "utf8")).replace(/\bopenai_chat(::|\/|")/g, "");
    assert.doesNotMatch(code, SUPPLIER, source);
  }
});

test("every supplier has a folder of cases", () => {
  for (const name of suppliers) assert.ok(existsSync(join("tests/cases", name)), name);
});

test("every source is built", () => {
  const listed = readFileSync("CMakeLists.txt", "utf8") + readFileSync("cmake/wasm.cmake", "utf8");
  for (const source of sources) {
    if (!source.endsWith(".h")) assert.ok(listed.includes(source), `${source} is in no CMake list`);
  }
});

test("the shim knows no supplier and no JSON", () => {
  for (const file of files("shim")) {
    assert.doesNotMatch(readFileSync(file, "utf8"), /openai|gemini|groq|\bJSON\b/i, file);
  }
});

test("every case says why it is there", () => {
  for (const file of files("tests/cases")) {
    assert.ok(existsSync(join(dirname(file), "why.md")), file);
  }
});

test("the table of special ranges is made of the list as it is", () => {
  assert.equal(readFileSync(HEADER, "utf8"), header());
});
