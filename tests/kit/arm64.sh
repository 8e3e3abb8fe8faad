#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# arm64.sh BUILD-FOLDER WORK-FOLDER: the library and the plugin of instruments for arm64, under qemu, score the same sheets to the
# same bytes as those of BUILD-FOLDER. Needs `tests/install arm64`. Compiles the whole library: minutes.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$(realpath "$1")
mkdir -p "$2"
work=$(realpath "$2")
jobs=${ALLIANCE_JOBS:-$(nproc)}
export ALLIANCE_ARM64=$work/root

# Libraries of the other processor are unpacked here; this machine's packages stay as they are.
if [ ! -e "$work/root/made" ]; then
  rm -rf "$work/apt" "$work/debs" "$work/root"
  mkdir -p "$work"/apt/state/lists/partial "$work"/apt/cache/archives/partial "$work/debs" "$work/root/usr/include"
  : >"$work/apt/status"
  options=(-q -o "Dir::State=$work/apt/state" -o "Dir::State::status=$work/apt/status" -o "Dir::Cache=$work/apt/cache"
    -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update >"$work/apt.log" 2>&1
  (cd "$work/debs" && apt-get "${options[@]}" download libsqlite3-dev libsqlite3-0 libssl-dev libssl3 libhowardhinnant-date-dev \
    libdate-tz3 libical-dev libical3 libsimdjson-dev libsimdjson14 libcurl4-openssl-dev libcurl4 >>"$work/apt.log" 2>&1) ||
    { tail -n 5 "$work/apt.log"; echo "skipped: arm64 packages cannot be fetched here"; exit 77; }
  for package in "$work"/debs/*.deb; do dpkg -x "$package" "$work/root"; done
  cp "$work"/root/usr/include/aarch64-linux-gnu/openssl/*.h "$work/root/usr/include/openssl/"
  for name in boost flatbuffers tl CLI; do ln -s "/usr/include/$name" "$work/root/usr/include/$name"; done  # the same for all
  for name in cmake/Boost-1.81.0 cmake/boost_headers-1.81.0 cmake/BoostDetectToolset-1.81.0.cmake; do
    [ ! -e "/usr/lib/x86_64-linux-gnu/$name" ] || { mkdir -p "$work/root/usr/lib/aarch64-linux-gnu/cmake"
      ln -s "/usr/lib/x86_64-linux-gnu/$name" "$work/root/usr/lib/aarch64-linux-gnu/$name"; }
  done
  touch "$work/root/made"
fi

cmake -S "$top" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DALLIANCE_TESTS=OFF \
  -DCMAKE_TOOLCHAIN_FILE="$top/tests/kit/arm64.cmake" >"$work/configure.log" 2>&1 || { tail -n 20 "$work/configure.log"; exit 1; }
cmake --build "$work/build" --parallel "$jobs" --target alliance plugin_instruments >"$work/build.log" 2>&1 || {
  tail -n 20 "$work/build.log"
  exit 1
}
python3 "$top/tests/kit/same_bytes.py" "$top" "$build" "$work"
