// The `openai` SDK for Python: runs tests/clients/python in the virtual environment that scripts/test.sh makes.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { startAll } from "./setup.mjs";

let all = null;
before(async () => (all = await startAll()));
after(() => all.close());

test("the Python tests", async () => {
  const env = { ...process.env, LLMPROXY_URL: all.url, LLMPROXY_BROKEN_URL: all.brokenUrl };
  const run = promisify(execFile)("build/venv/bin/python", ["-m", "unittest", "-v", "tests/clients/python/test_openai.py"], { env });
  const { stderr } = await run.catch((error) => assert.fail(error.stderr));
  assert.match(stderr, /Ran \d+ tests/);
});
