#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# python_deb.sh PACKAGE-FOLDER OUTPUT-FOLDER: the Debian package python3-alliance, of the Python package `alliance` as pip
# installed it with Python 3.11, which is Debian 12's. It brings its own library and plugins, as the wheel does, so it stands
# beside the other packages and needs none of them.
set -euo pipefail
source=$(realpath "$1") out=$(realpath "$2")
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
version=$(sed -nE 's/^project\(AllianceSDK VERSION ([0-9.]+) .*/\1/p' "$top/CMakeLists.txt")
architecture=$(dpkg --print-architecture)
extension=$(echo "$source"/_core.cpython-311-*.so)
[ -f "$extension" ] || { echo "there is no extension for Python 3.11 in $source"; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
package=$work/python3-alliance
installed=$package/usr/lib/python3/dist-packages
mkdir -p "$installed" "$package/DEBIAN" "$package/usr/share/doc/python3-alliance" "$work/debian"
cp -rL "$source" "$installed/alliance"
find "$installed" -name __pycache__ -prune -exec rm -rf {} +
chmod -R u=rwX,go=rX "$package"
cp "$top/LICENSE" "$package/usr/share/doc/python3-alliance/copyright"

# What the libraries ask for, theirs excepted.
printf 'Source: alliance\n\nPackage: python3-alliance\nArchitecture: any\n' >"$work/debian/control"
mapfile -t binaries < <(find "$installed" -type f \( -name '*.so' -o -name '*.so.1' -o -path '*/bin/*' \))
depends=$(cd "$work" && dpkg-shlibdeps -O --ignore-missing-info -l"$installed/alliance/_sdk/lib" "${binaries[@]/#/-e}" 2>"$work/shlibdeps.log" |
  sed -n 's/^shlibs:Depends=//p') || { tail -n 5 "$work/shlibdeps.log"; exit 1; }
cat >"$package/DEBIAN/control" <<CONTROL
Package: python3-alliance
Version: $version
Architecture: $architecture
Maintainer: Alliance SDK maintainers <maintainers@alliance-sdk.invalid>
Section: python
Priority: optional
Installed-Size: $(du -sk "$package/usr" | cut -f1)
Depends: python3 (>= 3.11), python3 (<< 3.12), python3-numpy, $depends
Description: The working alliance in blended CBT, from Python
 Scores, schedules, tailors and reviews; prototypes instruments, schedules, rules, programmes and transports as classes.
CONTROL
dpkg-deb --root-owner-group -b "$package" "$out/python3-alliance_${version}_$architecture.deb" >/dev/null
echo "python3-alliance $version depends on python3 3.11, python3-numpy, $depends"
