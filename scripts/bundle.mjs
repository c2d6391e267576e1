// Puts into dist/ what a deployment uploads: the shim as one module, and the core beside it.
// usage: node scripts/bundle.mjs CORE.wasm OUT_DIR
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const [core, out] = process.argv.slice(2);
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await build({
  entryPoints: ["shim/index.js"],
  outfile: join(out, "index.js"),
  bundle: true,
  format: "esm",
  target: "es2022",
  external: ["*.wasm"],
  logLevel: "warning",
});
copyFileSync(core, join(out, "core.wasm"));
