#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh PREFIX OTHER-BOOST WORK GENERATOR TOGETHER: the same plugin, built against the SDK at PREFIX with the Boost that
# is installed and with the one that fetch.sh has unpacked, and both in one host.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
prefix=$1 other=$2/usr/include work=$3 generator=$4 together=$5
version() { sed -n 's/^#define BOOST_VERSION \([0-9]*\).*/\1/p' "$1/boost/version.hpp"; }

if [ ! -e "$other/boost/version.hpp" ]; then
  echo "skipped: no other Boost is unpacked in $2 (tests/plugins/two_boosts/fetch.sh $2)"
  exit 77
fi
other=$(realpath "$other")
rm -rf "$work"
words=()
for include in /usr/include "$other"; do
  folder=$work/$(version "$include")
  cmake -G "$generator" -S "$here/project" -B "$folder" -D CMAKE_PREFIX_PATH="$prefix" -D BOOST="$include" >"$work.log"
  cmake --build "$folder" >>"$work.log" || { cat "$work.log"; exit 1; }
  library=$folder/lib/alliance/plugins/liballiance_counter.so
  # Nothing of Boost is there for others to find, and nothing of it is looked for elsewhere.
  if nm -D "$library" | c++filt | grep 'boost'; then
    echo "$library shares these with the process"
    exit 1
  fi
  nm "$library" | c++filt | grep 'boost::asio' >/dev/null || { echo "$library has no Boost in it"; exit 1; }
  words+=("${library%/*}/counter.alliance.json" "$(version "$include")")
done
"$together" "${words[@]}"
