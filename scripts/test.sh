#!/bin/sh
# Everything: unit tests and cases natively with two compilers under sanitizers, the built Worker in workerd, and the
# clients people use. One line per suite, then the total. `npm test -- worker` runs the suites whose name holds "worker".
. "$(dirname "$0")/lib.sh"
ONLY=${1:-}
case $(uname -s) in
  Linux) ensure_clang catch2 curl python3-venv ;;
  *) ensure_packages ;;
esac
ensure_node
build_worker all

mkdir -p build/log
PASSED=0
FAILED=0
SKIPPED=0
printf '\n'

line() { printf '  %-34s %s\n' "$1" "$2"; }

# suite NAME COUNT-PATTERN COMMAND…: COUNT-PATTERN is a sed expression that finds "passed failed" in the output.
suite() {
  name=$1
  count=$2
  shift 2
  case $name in *"$ONLY"*) ;; *) return 0 ;; esac
  log=build/log/test-$(printf %s "$name" | tr -c 'a-z0-9\n' '-').log
  begin=$(date +%s)
  status=0
  "$@" >"$log" 2>&1 </dev/null || status=$?
  took=$(($(date +%s) - begin))
  # shellcheck disable=SC2046
  set -- $($count "$log")
  passed=${1:-0}
  failed=${2:-0}
  if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
  if [ "$status" -eq 0 ] && [ "$passed" -eq 0 ]; then failed=1; fi
  PASSED=$((PASSED + passed))
  FAILED=$((FAILED + failed))
  if [ "$failed" -eq 0 ]; then
    line "$name" "$passed passed (${took} s)"
  else
    line "$name" "$passed passed, $failed FAILED (${took} s): $log"
    grep -vE '^(ok|#|\s+(ok|---|\.\.\.|duration_ms|type))' "$log" | tail -n 40 | sed 's/^/      /'
  fi
}

skip() {
  SKIPPED=$((SKIPPED + 1))
  line "$1" "skipped: $2"
}

count_catch() {
  sed -n -e 's/^All tests passed (.* in \([0-9]*\) test cases*)$/\1 0/p' \
    -e 's/^test cases: *\([0-9]*\) | *\([0-9]*\) passed | *\([0-9]*\) failed$/\2 \3/p' \
    -e 's/^test cases: *\([0-9]*\) | *\([0-9]*\) failed$/0 \2/p' "$1" | tail -n 1
}
count_node() { awk '/^# pass /{p=$3} /^# fail /{f=$3} END{print p+0, f+0}' "$1"; }
count_fuzz() { sed -n 's/^Done \([0-9]*\) runs.*/1 0/p' "$1"; }
# Sections are what the one test case of the runner counts in.
count_cases() { printf '%s 0\n' "$(find tests/cases -name request.head | wc -l)"; }

native() {
  preset=$1
  if ! [ -f "build/$preset/build.ninja" ]; then quietly "build/log/$preset-configure.log" cmake --preset "$preset"; fi
  if [ "$(ninja -C "build/$preset" -n 2>/dev/null | tail -n 1)" != "ninja: no work to do." ]; then
    say "Compiling the native tests with $2 (some minutes the first time)"
    NINJA_STATUS="  [%f/%t] " ninja -C "build/$preset" -v >"build/log/$preset-build.log" 2>&1 || {
      grep -E 'error|FAILED' "build/log/$preset-build.log" | head -n 20
      fail "The native tests do not compile with $2." "The whole output is in build/log/$preset-build.log"
    }
  fi
  suite "native unit ($2)" count_catch "build/$preset/tests/unit_tests"
  suite "native cases ($2)" count_cases "build/$preset/tests/case_tests"
}

case $ONLY in "" | *native* | *unit* | *cases* | *fuzz*)
  native debug g++
  if has clang++; then
    native clang clang++
    # Short: enough to catch what is broken. Longer:
    # build/clang/tests/fuzz_exchange -max_total_time=3600 build/fuzz/exchange tests/fuzz/seeds/exchange
    for target in json_cursor sse_parser chat_reply exchange; do
      seeds=
      if [ -d "tests/fuzz/seeds/$target" ]; then
        # New inputs go into the first folder.
        mkdir -p "build/fuzz/$target"
        seeds="build/fuzz/$target tests/fuzz/seeds/$target"
      fi
      # shellcheck disable=SC2086
      suite "fuzz $target" count_fuzz "build/clang/tests/fuzz_$target" -max_total_time=10 -rss_limit_mb=4096 \
        -timeout=10 "-artifact_prefix=build/log/fuzz-$target-" $seeds
    done
  else
    skip "native unit (clang++)" "no clang++ on this machine"
  fi
  ;;
esac

suite "worker" count_node node --test --test-reporter=tap --test-timeout=60000 tests/worker/worker.test.mjs
suite "worker cases" count_node node --test --test-reporter=tap --test-timeout=60000 tests/worker/cases.test.mjs
suite "worker attacks" count_node node --test --test-reporter=tap --test-timeout=120000 tests/worker/attacks.test.mjs
suite "worker hostile supplier" count_node node --test --test-reporter=tap --test-timeout=120000 tests/worker/hostile_supplier.test.mjs
suite "worker abandoned" count_node node --test --test-reporter=tap --test-timeout=120000 tests/worker/abandoned.test.mjs
suite "worker edge" count_node node --test --test-reporter=tap --test-timeout=120000 tests/worker/edge.test.mjs
suite "worker memory" count_node node --test --test-reporter=tap --test-timeout=120000 tests/worker/memory.test.mjs
suite "worker module" count_node node --test --test-reporter=tap --test-timeout=60000 tests/worker/module.test.mjs
suite "worker links" count_node node --test --test-reporter=tap --test-timeout=60000 tests/worker/links.test.mjs
suite "worker limits" count_node node --test --test-reporter=tap --test-timeout=120000 tests/worker/limits.test.mjs
suite "worker uploads" count_node node --test --test-reporter=tap --test-timeout=120000 tests/worker/uploads.test.mjs
suite "project layers" count_node node --test --test-reporter=tap --test-timeout=60000 tests/project/layers.test.mjs
suite "project documents" count_node node --test --test-reporter=tap --test-timeout=60000 tests/project/docs.test.mjs
suite "project sources" count_node node --test --test-reporter=tap --test-timeout=60000 tests/project/sources.test.mjs
suite "project start" count_node node --test --test-reporter=tap --test-timeout=120000 tests/project/start.test.mjs
suite "project bench" count_node node --test --test-reporter=tap --test-timeout=120000 tests/project/bench.test.mjs
suite "clients openai (Node)" count_node node --test --test-reporter=tap --test-timeout=120000 tests/clients/openai.test.mjs
suite "clients endpoints" count_node node --test --test-reporter=tap --test-timeout=120000 tests/clients/endpoints.test.mjs
suite "clients agents" count_node node --test --test-reporter=tap --test-timeout=120000 tests/clients/agents.test.mjs
suite "clients ai, LangChain, curl" count_node node --test --test-reporter=tap --test-timeout=120000 tests/clients/frameworks.test.mjs

python_environment() {
  cmp -s tests/clients/python/requirements.txt build/venv/installed.txt && return 0
  python3 -m venv build/venv >build/log/venv.log 2>&1 &&
    build/venv/bin/python -m pip install --disable-pip-version-check -q -r tests/clients/python/requirements.txt >>build/log/venv.log 2>&1 &&
    cp tests/clients/python/requirements.txt build/venv/installed.txt
}
case "clients openai (Python)" in *"$ONLY"*)
  if python_environment; then
    suite "clients openai (Python)" count_node node --test --test-reporter=tap --test-timeout=120000 tests/clients/python.test.mjs
  else
    skip "clients openai (Python)" "no PyPI"
  fi
  ;;
esac

printf '\n%s passed, %s failed, %s skipped\n' "$PASSED" "$FAILED" "$SKIPPED"
[ "$FAILED" -eq 0 ] && [ "$PASSED" -gt 0 ]
