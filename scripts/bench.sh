#!/bin/sh
# What the Worker costs, beside what any Worker must cost, and the core alone. Some fifteen minutes; `npm run bench -- --quick`
# takes five. `-- --write` puts the tables and charts where the README shows them.
. "$(dirname "$0")/lib.sh"
case $(uname -s) in
  Linux) ensure_packages libbenchmark-dev ;;
  *) fail "The benchmark reads CPU time from /proc: it needs Linux." ;;
esac
ensure_node
build_worker floor
if ! [ -f build/bench/build.ninja ]; then quietly build/log/bench-configure.log cmake --preset bench; fi
say "Compiling the core's own benchmark"
quietly build/log/bench-build.log ninja -C build/bench
exec node tests/bench/run.mjs "$@"
