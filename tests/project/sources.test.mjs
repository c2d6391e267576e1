// Every source of the core has a test: tests/unit/<its path>_test.cpp, or those that covered_by.json names. They are the tests that
// run most of its code: tests/native/case_test.cpp stands for the cases.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const LIST = "tests/project/covered_by.json";
// Of headers without code: there is nothing to run.
const DECLARATIONS = "declarations only";

const files = (dir) =>
  readdirSync(dir, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? files(join(dir, entry.name)) : [join(dir, entry.name)]));
// A source and its header are one.
const sources = new Set(
  files("wasm")
    .filter((name) => /\.(h|cpp|c)$/.test(name))
    .map((name) => name.replace(/\.\w+$/, "")),
);
const ownTest = (source) => source.replace(/^wasm/, "tests/unit") + "_test.cpp";
const covered = JSON.parse(readFileSync(LIST, "utf8"));

test("every source has a test of its name, or a line in the list", () => {
  assert.ok(sources.size > 100);
  for (const source of sources) {
    assert.ok(existsSync(ownTest(source)) || source in covered, `${source}: write ${ownTest(source)}, or a line in ${LIST}`);
  }
});

test("the list holds sources without a test of their name, and tests that are there", () => {
  for (const [source, by] of Object.entries(covered)) {
    assert.ok(sources.has(source), `${source} is no source any more`);
    assert.ok(!existsSync(ownTest(source)), `${source} has a test of its name`);
    if (by === DECLARATIONS) assert.ok(!existsSync(`${source}.cpp`), source);
    else for (const path of [by].flat()) assert.ok(existsSync(path), `${source}: ${path} is not there`);
  }
  assert.deepEqual(Object.keys(covered), Object.keys(covered).sort(), "sorted");
});

test("every unit test is built", () => {
  const listed = readFileSync("tests/CMakeLists.txt", "utf8");
  for (const name of files("tests/unit").filter((file) => file.endsWith("_test.cpp"))) {
    assert.ok(listed.includes(name.slice("tests/".length)), name);
  }
});
