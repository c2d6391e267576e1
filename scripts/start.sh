#!/bin/sh
# Runs the Worker locally, in the runtime that Cloudflare uses. See scripts/start.mjs.
. "$(dirname "$0")/lib.sh"
ensure_packages
ensure_node
build_worker
exec node scripts/start.mjs "$@"
