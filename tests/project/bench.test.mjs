// That the benchmark runs, and that its contenders do the work that they are compared in. How fast is not tested.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { SCENARIOS } from "../bench/scenarios.mjs";
import { start, startSupplier } from "../bench/workerd.mjs";
import { JSON_HEADERS, send, textOf } from "../worker/harness.mjs";

test("a short run measures every contender", async () => {
  const only = ["--only", "small,stream,openai", "--requests", "16", "--rounds", "1", "--warm-up", "0"];
  const { stdout } = await promisify(execFile)(process.execPath, ["tests/bench/run.mjs", ...only]);
  for (const { title } of [SCENARIOS.small, SCENARIOS.stream, SCENARIOS.openai]) assert.ok(stdout.includes(title), stdout);
  for (const [name, times] of Object.entries({ pass: 3, copy: 1, pump: 2, js: 2, floor: 2, llmproxy: 3 })) {
    assert.equal(stdout.split(`  ${name} `).length - 1, times, `${name}\n${stdout}`);
  }
});

test("the empty core gives a client what the supplier said", async () => {
  const supplier = await startSupplier();
  const floor = await start("floor", "build/floor", supplier.port);
  try {
    for (const scenario of [SCENARIOS.small, SCENARIOS.image, SCENARIOS.stream]) {
      const ask = (url) => send(url, { headers: JSON_HEADERS, body: scenario.body }).then(({ response }) => textOf(response));
      const own = await ask(`http://127.0.0.1:${supplier.port}/v1beta/models/${scenario.model}:${scenario.method}`);
      assert.equal(await ask(`http://127.0.0.1:${floor.port}/v2/gemini/chat/completions`), own, scenario.title);
    }
  } finally {
    floor.stop();
    supplier.stop();
  }
});

test("plain JavaScript and the core give a client the same answers", async () => {
  const supplier = await startSupplier();
  const contenders = [];
  const answer = async (contender, { body, supplier: name }) => {
    const url = `http://127.0.0.1:${contender.port}/v2/${name}/chat/completions`;
    const { status, response } = await send(url, { headers: JSON_HEADERS, body });
    const text = await textOf(response);
    assert.equal(status, 200, text);
    return text;
  };
  const values = (text) => [...text.matchAll(/"(?:content|name|arguments)":"((?:[^"\\]|\\.)+)"/g)].map(([, value]) => JSON.parse(`"${value}"`));
  try {
    for (const [name, path] of [["js", "tests/bench/contenders/js.js"], ["llmproxy", "dist"]]) contenders.push(await start(name, path, supplier.port));
    for (const scenario of [SCENARIOS.small, SCENARIOS.image, SCENARIOS.stream, SCENARIOS.tools]) {
      const [js, core] = await Promise.all(contenders.map((contender) => answer(contender, scenario)));
      assert.ok(values(js).join("").length > 600, js.slice(0, 500));
      assert.equal(values(core).join(""), values(js).join(""), scenario.title);
    }
  } finally {
    for (const contender of contenders) contender.stop();
    supplier.stop();
  }
});
