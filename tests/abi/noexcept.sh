#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# noexcept.sh COMPILER INCLUDE-FOLDER SOURCE: a C++17 compiler takes plugin functions that are noexcept, and
# refuses each of those that are not, because of that and for no other reason.
set -u
compiler=$1 folder=$2 source=$3
compile() { LC_ALL=C "$compiler" -std=c++17 -Wall -Wextra -I"$folder" -fsyntax-only "$@" "$source" 2>&1; }

if ! said=$(compile); then
  echo "$said"
  echo "the functions that are noexcept were refused"
  exit 1
fi
bad=0 count=0
for slot in $(grep -oE 'MAY_THROW_[A-Z_]+' "$source" | sort -u); do
  count=$((count + 1))
  if said=$(compile -D"$slot"); then
    echo "$slot: a function that may throw was taken"
    bad=1
  elif ! grep -qE "noexcept" <<<"$said"; then
    echo "$said"
    echo "$slot: refused, but not because it may throw"
    bad=1
  fi
done
[ "$count" -gt 0 ] || { echo "no slot was tried"; bad=1; }
echo "$count slots with $compiler"
exit $bad
