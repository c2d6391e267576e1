// What the documents name is there: paths in back quotes, and what links lead to. So a file that moves takes its mentions along.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

const SKIPPED = new Set([".git", ".wrangler", "build", "dist", "node_modules", "cases", "vectors"]);
const files = (dir) =>
  readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    return entry.isDirectory() ? files(join(dir, entry.name)) : [join(dir, entry.name)];
  });
const all = files(".");
const names = new Set(all.map((path) => path.slice(path.lastIndexOf("/") + 1)));
// What changed tells of what was.
const documents = all.filter((path) => path.endsWith(".md") && path !== "CHANGELOG.md");
const isThere = (document, path) => existsSync(path) || existsSync(join(dirname(document), path));

const withoutFences = (text) => text.replace(/^```.*?^```/gms, "");
// Made by a build, or made up.
const isOutside = (path) => /^(build|dist|node_modules)\b|[<>{}*…]/.test(path);
const SOURCE = /^[\w./-]+\.(h|cpp|c|js|mjs|json|csv|cmake|md|sh|toml|txt|yml|py|svg)$/;

/** Words in back quotes that are meant to be paths, and of no other project. */
function paths(text) {
  const words = [...withoutFences(text).matchAll(/`([^`\n]+)`/g)].flatMap(([, code]) => code.split(/\s+/));
  return words.filter((word) => {
    if (isOutside(word) || word.startsWith("/")) return false;
    return SOURCE.test(word) || (/^[\w.-]+\/[\w./-]*$/.test(word) && existsSync(word.split("/")[0]));
  });
}

test("there are documents, and paths in them", () => {
  for (const name of ["README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md", "docs/glossary.md", "docs/performance.md"]) {
    assert.ok(documents.includes(name), name);
  }
  assert.ok(paths(readFileSync("docs/architecture.md", "utf8")).length > 50);
});

test("every path in back quotes is there", () => {
  // Files that a user or a build makes.
  const made = new Set(["core.wasm", "index.js"]);
  for (const document of documents) {
    for (const path of paths(readFileSync(document, "utf8"))) {
      const found = path.includes("/") ? isThere(document, path) : names.has(path) || made.has(path);
      assert.ok(found, `${document} names ${path}`);
    }
  }
});

test("every link inside of the project leads to a file", () => {
  for (const document of documents) {
    for (const [, link] of withoutFences(readFileSync(document, "utf8")).matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)) {
      if (/^[a-z]+:/.test(link)) continue;
      assert.ok(existsSync(join(dirname(document), link)), `${document} leads to ${link}`);
    }
  }
});
