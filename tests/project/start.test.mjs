// `npm start` as a newcomer sees it: it says where it is, the printed curl line works, and Ctrl-C ends everything.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { createServer } from "node:net";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { promisify } from "node:util";

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

async function start() {
  const port = await freePort();
  const child = spawn(process.execPath, ["scripts/start.mjs"], { env: { ...process.env, PORT: String(port) }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (text) => (output += text));
  child.stderr.on("data", (text) => (output += text));
  for (const end = Date.now() + 60000; !output.includes("Ctrl-C ends it."); ) {
    assert.ok(Date.now() < end && child.exitCode === null, `it does not start:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { port, child, output };
}

test("it starts, the curl line works as printed, and Ctrl-C ends everything", { skip: existsSync(".dev.vars") && ".dev.vars is there, so it would talk to real suppliers" }, async () => {
  const { port, child, output } = await start();
  assert.match(output, /DEMO suppliers/);
  assert.match(output, new RegExp(`http://127.0.0.1:${port}/v2/gemini`));
  const curl = /^ {2}curl [\s\S]*?\}'$/m.exec(output)[0];
  const { stdout } = await promisify(execFile)("sh", ["-c", curl.replace("curl ", "curl -s --max-time 20 ")]);
  assert.match(stdout, /"content":"Hello "/);
  assert.match(stdout, /data: \[DONE\]/);

  child.kill("SIGINT");
  await new Promise((resolve) => child.on("exit", resolve));
  await new Promise((resolve) => setTimeout(resolve, 500));
  await assert.rejects(fetch(`http://127.0.0.1:${port}/health`), "the port is free again");
});

test("wrangler takes dist/ as it is, and nothing else", async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["node_modules/wrangler/bin/wrangler.js", "deploy", "--dry-run", "--outdir", "build/dry-run"],
    { env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false" } },
  );
  assert.match(stdout, /core\.wasm/);
  assert.deepEqual(readFileSync("build/dry-run/index.js"), readFileSync("dist/index.js"));
});
