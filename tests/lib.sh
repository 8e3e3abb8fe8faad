# SPDX-License-Identifier: Apache-2.0
# Shared by tests/run, .ci/run and the scripts of tests: configure and build a folder, run its tests, see what is there.
jobs=${ALLIANCE_JOBS:-$(nproc)}
# Paths below the sources do not count, so that another clone of the same sources finds them compiled already.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

# build FOLDER CMAKE-OPTION... [-- TARGET...]
build() {
  local folder=$1 options=() log
  shift
  while [ $# -gt 0 ] && [ "$1" != -- ]; do options+=("$1"); shift; done
  [ $# -eq 0 ] || shift
  mkdir -p "$folder" || return 1
  # A folder that was configured for another copy of the sources is begun anew.
  if [ -f "$folder/CMakeCache.txt" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$folder/CMakeCache.txt"; then
    options+=(--fresh)
  fi
  log=$folder/configure.log
  if ! cmake -S . -B "$folder" "${options[@]}" >"$log" 2>&1; then
    cat "$log"
    echo "Configuring ${folder#"$PWD"/} failed."
    return 1
  fi
  echo "Building ${folder#"$PWD"/}"
  NINJA_STATUS='[%f/%t, %es] ' cmake --build "$folder" --parallel "$jobs" ${1:+--target "$@"}
}

# run_tests FOLDER CTEST-OPTION...: ends with the line that counts.
run_tests() {
  local folder=$1
  shift
  rm -f "$folder/results.xml"
  ctest --test-dir "$folder" --parallel "$jobs" --test-output-size-passed 8192 --no-tests=ignore \
    --output-junit "$folder/results.xml" "$@" >"$folder/ctest.log" 2>&1 &
  local pid=$!
  trap 'kill $pid 2>/dev/null' INT TERM
  follow "$folder/ctest.log" "$pid"
  wait "$pid"
  local status=$?
  trap - INT TERM
  python3 tests/summary.py "$folder/results.xml" "$status" "$folder/ctest.log"
}

# Each test's line while it runs; what failed is shown in full by the summary.
follow() {
  tail -n +1 -f --pid="$2" "$1" 2>/dev/null | grep --line-buffered -E '^ *[0-9]+/[0-9]+ Test '
}

# node_20 [PROGRAM...]: Node 20 or later, and these programs besides. Debian's Node is older; without it, status 77 and why.
node_20() {
  local program major
  for program in node "$@"; do
    command -v "$program" >/dev/null || { echo "skipped: there is no $program"; return 77; }
  done
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 20 ] || { echo "skipped: node $major is older than 20"; return 77; }
}

# npm_has FOLDER PACKAGE...: these are installed in that folder of the sources; else status 77 and the mend.
npm_has() {
  local folder=$1 package
  shift
  for package in "$@"; do
    [ -d "$folder/node_modules/$package" ] || { echo "skipped: $package is not installed: npm ci in $folder"; return 77; }
  done
}

# debian_root FOLDER LOG: a minimal Debian of the first suite that this machine takes packages from, by its own settings.
debian_root() {
  local source suite
  read -r source suite < <(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' | sort -u |
    awk '$2 !~ /security|updates|backports/ { print; exit }') || true
  [ -n "${suite:-}" ] || { echo "skipped: this machine's apt knows no suite"; return 77; }
  rm -rf "$1"
  debootstrap --variant=minbase "$suite" "$1" "$source" >"$2" 2>&1 || { tail -n 5 "$2"; return 1; }
}
