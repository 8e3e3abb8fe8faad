#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh SOURCES PREFIX WORK GENERATOR SAME-SCORES INSTRUMENTS-MANIFEST LANGUAGE...
# The same instrument in each language, built as a project of its own against the SDK that is installed at PREFIX, run
# through the checker without a warning, and held against the others, byte by byte.
set -euo pipefail
sources=$1 prefix=$2 work=$3 generator=$4 same=$5 instruments=$6
shift 6
rm -rf "$work"
mkdir -p "$work/definitions"

quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }; }

manifests=()
for language in "$@"; do
  quietly cmake -G "$generator" -S "$sources/$language" -B "$work/$language" -D CMAKE_PREFIX_PATH="$prefix" \
    ${RUSTC:+-D RUSTC="$RUSTC"}
  quietly cmake --build "$work/$language"
  quietly ctest --test-dir "$work/$language" --verbose --no-tests=error
  grep -E '[0-9]+ passed, 0 failed, 0 crashed, 0 warned' "$work/log" || { cat "$work/log"; exit 1; }
  manifest=$work/$language/lib/alliance/plugins/follow-up.alliance.json
  exported=$(nm -D --defined-only "${manifest%/*}/liballiance_follow-up.so" | cut -d' ' -f3)
  [ "$exported" = alliance_plugin_entry_v1 ] || { echo "$language exports: $exported"; exit 1; }
  manifests+=("$manifest")
done
"$same" "$work/definitions" "$prefix/bin/alliance-plugin-runner" "$instruments" "${manifests[@]}"
