#!/bin/sh
# What does not run code: format, clang-tidy, layers, documents, and the JavaScript linter. `npm run check -- --fix` formats.
. "$(dirname "$0")/lib.sh"
case $(uname -s) in
  Linux) ensure_clang clang-format clang-tidy catch2 ;;
  *) ensure_packages ;;
esac
ensure_node

SOURCES=$(find wasm tests -name '*.h' -o -name '*.cpp' -o -name '*.c' | sort)
if [ "${1:-}" = "--fix" ]; then
  # shellcheck disable=SC2086
  clang-format -i $SOURCES
  eslint --fix .
fi

say "Format"
# shellcheck disable=SC2086
clang-format --dry-run --Werror $SOURCES || fail "Not formatted. This formats it: npm run check -- --fix"

say "Layers, documents, and a test for each source"
node --test --test-reporter=dot tests/project/layers.test.mjs tests/project/docs.test.mjs tests/project/sources.test.mjs

say "JavaScript"
eslint --max-warnings 0 .

say "clang-tidy (some minutes)"
[ -f build/clang/build.ninja ] || quietly build/log/clang-configure.log cmake --preset clang
# The one file of Emscripten's own is C that says nothing natively.
find wasm -name "*.cpp" | sort | xargs -P "$(getconf _NPROCESSORS_ONLN)" -n 4 clang-tidy --quiet -p build/clang 2>build/log/tidy.log ||
  fail "clang-tidy found something: see above."
say "Nothing to complain about"
