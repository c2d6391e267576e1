# Set-up that the other scripts share: sourced, not run. POSIX sh, so that it works wherever npm does.
# After `ensure_tools` the machine has everything a build and the tests need.

set -eu
cd "$(dirname "$0")/.."
ROOT=$PWD
# Current Wrangler needs Node 22.12; this one is fetched from npm where the machine's own is older.
NODE_VERSION=22.23.3

say() { printf '\033[1m▸ %s\033[0m\n' "$*"; }
fail() {
  printf '\n\033[31m✗ %s\033[0m\n' "$1" >&2
  shift
  for line in "$@"; do printf '  %s\n' "$line" >&2; done
  exit 1
}

# Runs a command that prints much, and shows what it printed only if it fails.
quietly() {
  log=$1
  shift
  mkdir -p "$(dirname "$log")"
  if ! "$@" >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    fail "This failed: $*" "The whole output is in $log"
  fi
}

has() { command -v "$1" >/dev/null 2>&1; }

ensure_packages() {
  missing=""
  has em++ || missing="$missing emscripten"
  has cmake || missing="$missing cmake"
  has ninja || missing="$missing ninja-build"
  has wasm-opt || missing="$missing binaryen"
  has g++ || missing="$missing g++"
  has python3 || missing="$missing python3"
  found=no
  for folder in /usr/include /usr/local/include /opt/homebrew/include; do
    [ -e "$folder/nlohmann/json.hpp" ] && found=yes
  done
  [ $found = yes ] || missing="$missing nlohmann-json3-dev"
  for package in "$@"; do
    dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0

  case $(uname -s) in
    Linux)
      has apt-get || fail "This machine has no apt-get, so these must be installed by hand:" "$missing"
      if [ "$(id -u)" = 0 ]; then sudo=""; elif has sudo; then sudo=sudo; else
        fail "System packages are missing, and this is not root. Run this as root, then try again:" \
          "apt-get update && apt-get install -y --no-install-recommends$missing"
      fi
      case $missing in *emscripten*) how="once; Emscripten is large" ;; *) how=once ;; esac
      say "Installing system packages:$missing ($how)"
      quietly build/log/apt-update.log $sudo apt-get update
      # shellcheck disable=SC2086
      quietly build/log/apt-install.log $sudo env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends $missing
      ;;
    Darwin)
      has brew || fail "Homebrew is missing: see https://brew.sh, then try again."
      say "Installing with Homebrew (once): emscripten cmake ninja binaryen nlohmann-json catch2"
      quietly build/log/brew.log brew install emscripten cmake ninja binaryen nlohmann-json catch2
      ;;
    *)
      fail "This system is not known here. Install these, then try again:" "$missing"
      ;;
  esac
}

# Can it link its sanitizers? Most releases of Debian and Ubuntu have those in a package for each version.
clang_sanitizes() {
  mkdir -p build/log
  echo 'int main() {}' | clang++ -x c++ -fsanitize=address,undefined -o build/log/clang-sanitizes - 2>/dev/null
}

# Arguments: further packages.
ensure_clang() {
  ensure_packages clang "$@"
  clang_sanitizes || ensure_packages "libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev"
}

is_new_enough() {
  "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) ? 0 : 1)' 2>/dev/null
}

# Puts a Node that Wrangler accepts, and the packages of the lockfile, first on the PATH.
ensure_node() {
  if ! is_new_enough node; then
    if ! is_new_enough build/node/node_modules/.bin/node; then
      say "Fetching Node $NODE_VERSION from npm (this machine has $(node -v))"
      mkdir -p build/node
      quietly build/log/node.log npm install --prefix build/node --no-save --no-audit --no-fund "node@$NODE_VERSION"
      is_new_enough build/node/node_modules/.bin/node ||
        fail "The npm package 'node' brought no Node." "Install Node 22.12 or newer: https://nodejs.org"
    fi
    PATH=$ROOT/build/node/node_modules/.bin:$PATH
  fi
  PATH=$ROOT/node_modules/.bin:$PATH
  export PATH
  if ! cmp -s package-lock.json build/installed-lock.json; then
    say "Installing npm packages"
    # No package here needs an install script.
    quietly build/log/npm.log npm ci --ignore-scripts --no-audit --no-fund
    mkdir -p build
    cp package-lock.json build/installed-lock.json
  fi
}

# The module and dist/, if any source is newer. Arguments: what else to build, for tests and benchmarks.
build_worker() {
  EMSCRIPTEN_ROOT=$(em-config EMSCRIPTEN_ROOT)
  export EMSCRIPTEN_ROOT
  if [ ! -f build/wasm/build.ninja ]; then
    say "Configuring the WebAssembly build"
    quietly build/log/wasm-configure.log cmake --preset wasm
  fi
  if [ "$(ninja -C build/wasm -n core "$@" 2>/dev/null | tail -n 1)" != "ninja: no work to do." ]; then
    say "Compiling C++ to WebAssembly (about a minute the first time)"
    NINJA_STATUS="  [%f/%t] " ninja -C build/wasm core "$@" || fail "The build failed: see above."
  fi
  node scripts/bundle.mjs build/wasm/core.wasm dist
}

export WRANGLER_SEND_METRICS=false
