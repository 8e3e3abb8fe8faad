#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""interface.py diff CC HEADERS-FOLDER FROZEN-FOLDER   abidiff of today's interface against each release's dump
interface.py dump CC HEADERS-FOLDER FILE               writes the dump: when a version is released

The interface is what the headers say: a library in C with every exported function and every struct, those that are
reached by a void pointer included, and nothing of what lies behind them. That the real library exports these functions
and no other is exports.py's to see. Functions may be added, and structs may grow at their end: members that a release
did not know are cut off before it is compared, and then nothing may differ."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import pins


def plain(header):
    return re.sub(r"/\*.*?\*/", " ", header.read_text(), flags=re.S)


def source(folder):
    """C with a body for each function that the headers declare, and a function that takes each struct."""
    lines = ["#include <alliance/alliance.h>"]
    functions = 0
    for header in sorted(pathlib.Path(folder).glob("*.h")):
        for declared in re.findall(r"^ALLIANCE_API ([^;]*\))\s*ALLIANCE_NOEXCEPT;", plain(header), re.M):
            functions += 1
            lines.append(f"{declared} {{ {'' if declared.startswith('void ') else 'return 0;'} }}")
    for name in pins.structs(folder):
        lines.append(f"void takes_{name}(const {name}* it) {{ (void)it; }}")
    return "\n".join(lines) + "\n", functions


def cut(folder, known, to):
    """A copy of the headers whose structs end where those of an earlier release do, if they begin as they did."""
    today = pins.structs(folder)
    to.mkdir(parents=True)
    for header in pathlib.Path(folder).glob("*.h"):
        text = plain(header)
        for name, members in known.items():
            if name in today and len(today[name]) > len(members) and today[name][:len(members)] == members:
                shorter = lambda found: found[1] + ";".join(found[2].split(";")[:len(members)]) + ";\n}"  # noqa: B023,E731
                text = re.sub(rf"(\bstruct {name} \{{)(.*?)\n\}}", shorter, text, flags=re.S)
        (to / header.name).write_text(text)
    return to


def dump(compiler, folder, to):
    text, functions = source(folder)
    if functions < 30:
        sys.exit("the functions were not found in the headers: interface.py no longer understands them")
    with tempfile.TemporaryDirectory() as scratch:
        (pathlib.Path(scratch) / "interface.c").write_text(text)
        include, to = pathlib.Path(folder).resolve().parent, pathlib.Path(to).resolve()
        subprocess.run([compiler, "-std=c11", "-g", "-O0", "-shared", "-fPIC", "-w", f"-I{include}", "interface.c", "-o",
                        "interface.so"], check=True, cwd=scratch)
        subprocess.run(["abidw", "--no-corpus-path", "--no-comp-dir-path", "--no-show-locs", "--out-file", to,
                        "interface.so"], check=True, cwd=scratch)
    return functions


def differences(compiler, folder, release):
    """What abidiff says of what has changed since a release; nothing when that is nothing."""
    with tempfile.TemporaryDirectory() as scratch:
        here = pathlib.Path(scratch)
        headers = cut(folder, pins.structs(release / "include/alliance"), here / "alliance")
        dump(compiler, headers, here / "today.abi")
        done = subprocess.run(["abidiff", "--no-added-syms", "--harmless", release / "interface.abi",
                               here / "today.abi"], capture_output=True, text=True)
        return "" if done.returncode == 0 else f"abidiff: status {done.returncode}\n{done.stdout}{done.stderr}"


# Each in a copy of a release's headers: what to change, and whether that may be.
CHANGES = (
    ("a struct grows at its end", "measure.h", "int32_t* bands;", "int32_t* bands; double* more;", True),
    ("a function is new", "host.h", "alliance_host_close(", "alliance_more(void) ALLIANCE_NOEXCEPT;\n"
     "ALLIANCE_API void alliance_host_close(", True),
    ("a member in the middle", "measure.h", "uint64_t items;", "uint64_t more; uint64_t items;", False),
    ("a member of another size", "measure.h", "uint32_t most;", "int64_t most;", False),
    ("a member of another sign", "measure.h", "uint32_t* answered;", "int32_t* answered;", False),
    ("a slot with another argument", "transport.h", "(*under_way)(void* context)", "(*under_way)(void)", False),
    ("a function with another argument", "host.h", "alliance_host_cancel(", "alliance_host_cancel(int32_t now, ", False),
    ("a function is gone", "host.h", "ALLIANCE_API void alliance_host_cancel(", "void alliance_host_cancel(", False),
)


def selftest(compiler, release):
    wrong = 0
    for what, file, before, after, may_be in CHANGES:
        with tempfile.TemporaryDirectory() as scratch:
            headers = pathlib.Path(scratch) / "alliance"
            shutil.copytree(release / "include/alliance", headers)
            text = (headers / file).read_text()
            (headers / file).write_text(text.replace(before, after, 1))
            found = differences(compiler, headers, release)
            if before not in text or (found == "") != may_be:
                wrong += 1
                print(f"{what}: abidiff must {'take' if may_be else 'refuse'} it\n{found}")
    return wrong


def main(compiler, folder, frozen):
    releases = sorted(path for path in pathlib.Path(frozen).iterdir() if path.is_dir())
    bad = not releases
    for release in releases:
        found = differences(compiler, folder, release)
        wrong = selftest(compiler, release)
        print(found or f"{release.name}: nothing that was released has changed; {len(CHANGES)} changes tried on purpose, "
              f"{wrong} judged wrongly")
        bad |= found != "" or wrong > 0
    return 1 if bad else 0


if __name__ == "__main__":
    if sys.argv[1] == "dump":
        sys.exit(0 if dump(*sys.argv[2:5]) else 1)
    sys.exit(main(*sys.argv[2:5]))
