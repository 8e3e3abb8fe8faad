#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { echo "skipped: there is no python3"; exit 77; }
python3 "$course/make_course.py" --into "$work/made" >"$work/make.log"
for file in programme-export.jsonl service-events.jsonl; do
  cmp "$work/made/$file" "$course/$file" || fail "$file is not what make_course.py makes: run it again and commit"
done
