#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# make.sh BUILD-FOLDER FOLDER: the store that a release leaves behind, written by its own program: the four events of
# examples/02_record_and_review.c. The format-... ones were made in the same way, by the sources from before the store's next
# format. Keys and all, for there is nobody in them.
set -euo pipefail
build=$(realpath "$1")
rm -rf "$2"
mkdir -p "$2"
"$build/bin/02_record_and_review" "$build/lib/alliance/plugins" "$2/store.db" >/dev/null
rm -f "$2"/*.lock
ls "$2"
