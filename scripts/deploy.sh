#!/bin/sh
# Builds, and uploads to your Cloudflare account. Arguments go to `wrangler deploy`.
. "$(dirname "$0")/lib.sh"
ensure_packages
ensure_node
build_worker
exec wrangler deploy "$@"
