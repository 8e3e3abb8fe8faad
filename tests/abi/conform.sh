#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# conform.sh FLATC KEPT-FOLDER SCHEMA-FOLDER: flatc's own comparison, file by file.
set -u
flatc=$1
kept=$(realpath "$2") current=$(realpath "$3")
bad=0 count=0
for old in "$kept"/*.fbs; do
  name=$(basename "$old")
  count=$((count + 1))
  if [ ! -f "$current/$name" ]; then
    echo "$name is gone"
    bad=1
  else
    said=$(cd "$current" && "$flatc" --conform "$old" --conform-includes "$kept" "$name" 2>&1) || {
      echo "$name: $(grep -A5 '^error' <<<"$said" || echo "$said" | tail -n 3)"
      bad=1
    }
  fi
done
[ "$count" -gt 1 ] || { echo "no kept schema was found"; bad=1; }
echo "$count schemas"
exit $bad
