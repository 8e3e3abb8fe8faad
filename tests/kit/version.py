#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""version.py SOURCE-FOLDER BUILD-FOLDER: one version, wherever somebody looks for it.

The project's, the library's own word and its file name, the command's, pkg-config's, CMake's, the header's example, the
Python package's where it is there, and the newest in CHANGELOG.md."""

import ctypes
import pathlib
import re
import subprocess
import sys


def found(path, pattern):
    match = re.search(pattern, path.read_text(), re.M)
    return match[1] if match else f"nothing like {pattern} in {path}"


def main(top, build):
    top, build = pathlib.Path(top), pathlib.Path(build)
    library = (build / "lib/liballiance.so").resolve()
    said = ctypes.CDLL(str(library)).alliance_version
    said.restype = ctypes.c_char_p
    versions = {
        "CMakeLists.txt": found(top / "CMakeLists.txt", r"^project\(AllianceSDK VERSION (\S+)"),
        "alliance_version()": said().decode(),
        "the library's file name": library.name.removeprefix("liballiance.so."),
        "alliance --version": subprocess.run([build / "bin/alliance", "--version"], check=True, capture_output=True,
                                             text=True).stdout.strip(),
        "alliance.pc": found(build / "cmake/alliance.pc", r"^Version: (\S+)"),
        "AllianceSDKConfigVersion.cmake": found(build / "cmake/AllianceSDKConfigVersion.cmake",
                                                r'^set\(PACKAGE_VERSION "(\S+)"\)'),
        "the packages": found(build / "CPackConfig.cmake", r'^set\(CPACK_PACKAGE_VERSION "(\S+)"\)'),
        "host.h": found(top / "sdk/include/alliance/host.h", r'"(\d+\.\d+\.\d+)"\. \*/'),
        "CHANGELOG.md": found(top / "CHANGELOG.md", r"^## (\d+\.\d+\.\d+)"),
    }
    python = top / "bindings/python/pyproject.toml"
    if python.exists():
        fixed = re.search(r'^version = "(\S+)"', python.read_text(), re.M)
        if fixed:  # else it is read from CMakeLists.txt when the package is made
            versions["bindings/python"] = fixed[1]
    wanted = versions["CMakeLists.txt"]
    for where, version in versions.items():
        if version != wanted:
            print(f"{where} says {version}, CMakeLists.txt {wanted}")
    print(f"{wanted} in {len(versions)} places")
    return 0 if set(versions.values()) == {wanted} else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
