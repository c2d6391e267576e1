#!/bin/sh
# Builds dist/: exactly what a deployment uploads.
. "$(dirname "$0")/lib.sh"
ensure_packages
ensure_node
build_worker
say "dist/ is ready: $(wc -c <dist/index.js) bytes of JavaScript, $(wc -c <dist/core.wasm) of WebAssembly"
