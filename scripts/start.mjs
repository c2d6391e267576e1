// Runs the Worker with `wrangler dev`: against the real suppliers when .dev.vars holds keys of them, else against
// the demo suppliers of this folder. Ctrl-C ends everything.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { parseEnv } from "node:util";
import { startDemoSuppliers } from "./demo/suppliers.mjs";

const port = Number(process.env.PORT ?? 8787);
const vars = existsSync(".dev.vars") ? parseEnv(readFileSync(".dev.vars", "utf8")) : {};
const suppliers = ["openai", "gemini", "groq"];
const real = suppliers.filter((name) => vars[`${name.toUpperCase()}_API_KEY`]);

function portIsFree() {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

if (!(await portIsFree())) {
  console.error(`\n✗ Port ${port} is in use. Stop what uses it, or choose another: PORT=8788 npm start`);
  process.exit(1);
}

const demo = real.length > 0 ? null : await startDemoSuppliers();
const args = ["dev", "--port", String(port), "--ip", "127.0.0.1", "--show-interactive-dev-session=false", "--log-level=error"];
for (const name of demo ? suppliers : []) args.push("--var", `${name.toUpperCase()}_BASE_URL:${demo.urls[name]}`);

// A group of its own, so that ending it ends what it started.
const wrangler = spawn(process.execPath, ["node_modules/wrangler/bin/wrangler.js", ...args], {
  stdio: ["ignore", "inherit", "inherit"],
  detached: true,
  env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" },
});
let ending = false;
function end(code) {
  if (ending) return;
  ending = true;
  demo?.close();
  try {
    process.kill(-wrangler.pid, "SIGTERM");
  } catch {
    // It is gone already.
  }
  setTimeout(() => process.exit(code), 300);
}
wrangler.on("exit", (code) => end(code ?? 1));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => end(0));

const base = `http://127.0.0.1:${port}`;
for (let tries = 0; ; tries++) {
  try {
    await fetch(`${base}/health`, { signal: AbortSignal.timeout(1000) });
    break;
  } catch {
    if (tries > 300 || ending) {
      console.error("\n✗ The Worker did not start: see above.");
      end(1);
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const name = real[0] ?? "gemini";
const model = { openai: "gpt-4o-mini", gemini: "gemini-2.5-flash", groq: "openai/gpt-oss-120b" }[name];
const key = demo ? "demo" : `$(sed -n 's/^${name.toUpperCase()}_API_KEY *= *//p' .dev.vars | tr -d '"')`;
const where = demo
  ? "DEMO suppliers on this machine (scripts/demo): no account, no internet. Put OPENAI_API_KEY, GEMINI_API_KEY or\n  GROQ_API_KEY into .dev.vars to talk to the real ones."
  : `the REAL suppliers. Keys in .dev.vars: ${real.join(", ")}. (Callers still send a key with each request.)`;
if (!ending) {
  console.log(`
llmproxy is running, and talks to ${where}

  Base URL   ${base}/v2/${name}        (also /v2/openai, /v2/gemini, /v2/groq, and /v1 with header "supplier")

  curl -N ${base}/v2/${name}/chat/completions -H 'Content-Type: application/json' \\
    -H "Authorization: Bearer ${key}" \\
    -d '{"model":"${model}","stream":true,"messages":[{"role":"user","content":"Hello!"}]}'

  from openai import OpenAI
  client = OpenAI(base_url="${base}/v2/${name}", api_key="${demo ? "demo" : `YOUR ${name} KEY`}")
  reply = client.chat.completions.create(model="${model}", messages=[{"role": "user", "content": "Hello!"}])
  print(reply.choices[0].message.content)

Ctrl-C ends it.`);
}
