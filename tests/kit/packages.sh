#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# packages.sh BUILD-FOLDER PACKAGE-FOLDER: installs the Debian packages of a folder in a root that has nothing but a minimal
# Debian, and scores a sheet there: with the command, and through the library. Needs root, debootstrap, and the machine's own
# source of packages. Exit status 77: one of these is not there.
set -euo pipefail
build=$(realpath "$1") packages=$2
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/lib.sh
. "$top/tests/lib.sh"
[ "$(id -u)" -eq 0 ] || { echo "skipped: a clean root is made by root alone"; exit 77; }
command -v debootstrap >/dev/null || { echo "skipped: debootstrap is not installed (tests/install kit)"; exit 77; }

packages=$(realpath "$packages")
for name in liballiance1 liballiance-dev alliance-tools alliance-plugins; do
  file=$(echo "$packages/${name}"_*.deb)
  [ -f "$file" ] || { echo "there is no $name in $packages"; exit 1; }
  dpkg-deb -f "$file" Package Version Installed-Size Depends | paste -sd' ' | sed 's/Package: //'
done

# The root stays for the next time; ours are taken out and put in again.
root=$build/clean-root
if [ ! -e "$root/made" ]; then
  debian_root "$root" "$build/debootstrap.log" || exit
  cp -r /etc/apt/. "$root/etc/apt/"
  touch "$root/made"
fi
within() { chroot "$root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }
rm -rf "$root/packages"
mkdir "$root/packages"
cp "$packages"/*.deb "$root/packages"
cp /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
within apt-get -q update >"$build/clean-apt.log" 2>&1
# The core alone first: a vendor needs no more.
within apt-get -q -y --no-install-recommends purge 'alliance-*' 'liballiance*' >>"$build/clean-apt.log" 2>&1 || true
within sh -c 'apt-get -q -y --no-install-recommends install /packages/liballiance1_*.deb' >>"$build/clean-apt.log" 2>&1 || {
  tail -n 10 "$build/clean-apt.log"
  exit 1
}
within sh -c '/sbin/ldconfig -p | grep -q liballiance.so.1' || { echo "the loader does not find liballiance.so.1"; exit 1; }
within sh -c 'apt-get -q -y --no-install-recommends install /packages/alliance-*.deb' >>"$build/clean-apt.log" 2>&1 || {
  tail -n 10 "$build/clean-apt.log"
  exit 1
}
# The command finds its plugins by where it is itself, which /proc knows.
mount -t proc proc "$root/proc" || { echo "skipped: nothing can be mounted here"; exit 77; }
trap 'umount "$root/proc"' EXIT
version=$(within alliance --version)
installed=$(within dpkg-query -W -f '${Version}' liballiance1)
[ "$version" = "$installed" ] || { echo "the command says $version, its package $installed"; exit 1; }
within sh -c 'printf "q1,q2,q3,q4,q5,q6,q7\n1,1,1,2,2,0,0\n" >/tmp/sheet.csv'
scored=$(within alliance score gad-7 --input /tmp/sheet.csv)
echo "$scored" | tail -n 1
[[ $scored == *,7,* || $scored == *,7 ]] || { echo "gad-7 of 1,1,1,2,2,0,0 is 7, not: $scored"; exit 1; }

# Python's, where it was made (tests/release/python_deb.sh); it needs none of the others.
if compgen -G "$packages/python3-alliance_*.deb" >/dev/null; then
  within apt-get -q -y --no-install-recommends purge 'alliance-*' 'liballiance*' >>"$build/clean-apt.log" 2>&1
  within sh -c 'apt-get -q -y --no-install-recommends install /packages/python3-alliance_*.deb' >>"$build/clean-apt.log" 2>&1 || {
    tail -n 10 "$build/clean-apt.log"
    exit 1
  }
  within /usr/bin/python3 -c 'import alliance
print("python3-alliance:", alliance.load("gad-7").score([1, 1, 1, 2, 2, 0, 0])["total"].value)' | tee "$build/clean-python.log"
  grep -qF ': 7.0' "$build/clean-python.log"
fi
