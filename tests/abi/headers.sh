#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# headers.sh COMPILER LANGUAGE STANDARD INCLUDE-FOLDER HEADER...: each header compiles with nothing before it.
set -u
compiler=$1 language=$2 standard=$3 folder=$4
shift 4
bad=0
for header in "$@"; do
  printf '#include <alliance/%s>\n#include <alliance/%s>\nint main(void) { return 0; }\n' "$header" "$header" |
    "$compiler" -x "$language" -std="$standard" -Wall -Wextra -pedantic -Werror -I"$folder" -fsyntax-only - || {
    echo "$header does not compile alone as $standard with $compiler"
    bad=1
  }
done
[ $# -gt 0 ] || { echo "no header was found"; bad=1; }
echo "$# headers as $standard with $compiler"
exit $bad
