#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# fetch.sh FOLDER: unpacks Debian's older Boost there, beside the one that is installed and without touching it.
# Status 77 where it cannot be fetched.
set -euo pipefail
folder=$1
[ ! -e "$folder/usr/include/boost/version.hpp" ] || exit 0
command -v dpkg >/dev/null || { echo "skipped: no Debian system, so no older Boost to unpack"; exit 77; }
rm -rf "$folder.part"
mkdir -p "$folder.part"
# Fetched by root, apt would rather write as a user of its own, who may not write here.
(cd "$folder.part" && apt-get -q -o APT::Sandbox::User=root download libboost1.74-dev >log 2>&1) ||
  { tail -n 3 "$folder.part/log"; echo "skipped: libboost1.74-dev cannot be fetched here"; exit 77; }
dpkg -x "$folder.part"/libboost1.74-dev_*.deb "$folder.part"
rm -rf "$folder" "$folder.part"/*.deb "$folder.part/usr/share" "$folder.part/usr/lib"
mv "$folder.part" "$folder"
