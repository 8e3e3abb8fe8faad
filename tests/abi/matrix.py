#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""matrix.py CC FROZEN-FOLDER HEADERS-FOLDER LIBRARY SERVANT WORK

Every release leaves its headers, plugins and two programs behind in a folder: host.c, a host in small, and platform.c,
a platform that links the library of today. Each of them is built with the headers of that release, with those of
today, and with those of a release to come, in which every struct has grown. Then each host runs with the plugins of
each age, and must print the same as all others. Structs end at pages that nobody may touch, so that whoever goes past
the size that the other side declared is named. SERVANT is a plugin of today in C++, which uses every service. Three faults are put in on purpose, and must be found."""

import itertools
import json
import hashlib
import pathlib
import re
import shutil
import subprocess
import sys

KINDS = ("measure", "timing", "tailoring", "programme", "transport")


def grown(headers, to, members="uint64_t later[3];"):
    """A copy of the headers in which each struct that says its size has more members at its end."""
    to.mkdir(parents=True)
    count = 0
    for header in sorted(headers.glob("*.h")):
        text, changed = re.subn(r"(\bstruct alliance_\w+ \{\s*uint32_t size;.*?)(\n\})", rf"\1\n  {members}\2",
                                header.read_text(), flags=re.S)
        count += changed
        (to / header.name).write_text(text)
    return count


def compile_c(compiler, include, source, to, *options):
    words = [compiler, "-std=c11", "-D_GNU_SOURCE", "-O1", "-Wall", "-Wextra", "-Werror", "-Wno-missing-field-initializers",
             f"-I{include.parent}", str(source), "-o", str(to), *map(str, options)]
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{source} does not compile with {include}:\n{done.stderr[-3000:]}")


def build_plugins(compiler, release, include, to, spoil=lambda text: text):
    """The five plugins of a release, with manifests, in the folder `to`."""
    sources = to / "sources"
    shutil.copytree(release / "plugins", sources)
    for kind in KINDS:
        for source in (sources / "glue.h", sources / f"kept-{kind}.c"):
            source.write_text(spoil(source.read_text()))
        library = to / f"libkept-{kind}.so"
        compile_c(compiler, include, release / "plugin.c", library, "-shared", "-fPIC", "-fvisibility=hidden",
                  f'-DSOURCE="{sources}/kept-{kind}.c"', f"-I{release}")
        manifest = {"format": 1, "id": f"org.example.kept-{kind}", "name": "Kept", "vendor": "Example",
                    "version": "1.0.0", "licence": "Apache-2.0", "kinds": [kind], "abi_major": 1, "abi_minor": 0,
                    "runtime": "native", "library": library.name,
                    "files": [{"path": library.name, "sha256": hashlib.sha256(library.read_bytes()).hexdigest()}]}
        (to / f"kept-{kind}.alliance.json").write_text(json.dumps(manifest))


def run(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, errors="replace", timeout=120)
    return done.returncode, done.stdout, done.stderr


def run_host(host, plugins, work):
    """What the host in small prints with the plugins of a folder; the first that fails is what is told."""
    said = ""
    for kind in KINDS:
        file = work / "lines"
        file.unlink(missing_ok=True)
        status, out, error = run(host, plugins / f"libkept-{kind}.so", kind, file)
        if status != 0:
            return f"{kind}: status {status}: {error.strip()}"
        said += out + (file.read_text() if file.exists() else "")
    return said


def run_servant(host, servant, work):
    """What a plugin in C++ makes of each service of the host: the word that it gets says which."""
    said = ""
    for word in ("log", "clock", "config", "folder", "control", "put", "get", "encode", "decode", "report"):
        status, out, error = run(host, servant, "tailoring", work / "lines", word)
        if status != 0:
            return f"{word}: status {status}: {error.strip()}"
        said += out
    return said


def run_platform(platform, plugins, work):
    store = work / "store"
    shutil.rmtree(store, ignore_errors=True)
    store.mkdir()
    status, out, error = run(platform, plugins, store / "events.db", store / "lines")
    lines = (store / "lines").read_text().count("\n") if (store / "lines").exists() else 0
    return f"{out}{'some' if lines else 'no'} batches" if status == 0 else f"status {status}: {error.strip()}"


def matrix(compiler, release, headers, library, servant, work):
    """Prints what differs; returns how many pairs there were, and how many were wrong."""
    ages = {f"of {release.name}": release / "include/alliance", "of today": headers, "to come": work / "to-come/alliance"}
    if grown(headers, ages["to come"]) < 20:
        sys.exit("the structs were not found in the headers: matrix.py no longer understands them")
    for number, (age, include) in enumerate(ages.items()):
        plugins = work / f"plugins-{number}"
        build_plugins(compiler, release, include, plugins)
        compile_c(compiler, include, release / "host.c", work / f"host-{number}", f"-I{release}", "-ldl")
        compile_c(compiler, include, release / "platform.c", work / f"platform-{number}", f"-I{release}", library,
                  f"-Wl,-rpath,{library.parent}")
    plugins = {age: work / f"plugins-{number}" for number, age in enumerate(ages)}
    pairs = wrong = 0
    for program, start, those in (("host", run_host, plugins), ("platform", run_platform, plugins),
                                  ("host", run_servant, {"in C++": servant})):
        wanted = None
        for (at, age), (plugin_age, place) in itertools.product(enumerate(ages), those.items()):
            got = start(work / f"{program}-{at}", place, work)
            pairs += 1
            if wanted is None and "\ndone\n" in got:
                wanted = got
            if got != wanted:
                wrong += 1
                print(f"the {program} {age} with the plugins {plugin_age}:\n{got[-2000:]}\nwhere it should print:\n"
                      f"{(wanted or 'done')[-2000:]}")
    return pairs, wrong


# Each is a mistake that a release to come could make.
FAULTS = (
    ("a plugin that writes past the error", "alliance_error",
     lambda text: text.replace("error->vendor_code = 0;", "error->vendor_code = 0; error->later[0] = 1;")),
    ("a plugin that reads a member without asking whether it is there", "alliance_services",
     lambda text: text.replace("    host = services;  ", "    host = services; if (services->later[2]) return 1;  ")),
    ("a plugin that fills in more than there is room for", "alliance_descriptor",
     lambda text: text.replace("out->title = title;", "{ out->title = title; out->later[0] = 1; }")),
)


def faults(compiler, release, work):
    missed = 0
    for number, (what, named, spoil) in enumerate(FAULTS):
        plugins = work / f"faulty-{number}"
        build_plugins(compiler, release, work / "to-come/alliance", plugins, spoil)
        got = run_host(work / "host-0", plugins, work)
        if f"past the end of {named}" not in got:
            missed += 1
            print(f"{what} was not found; the host says: {got[-500:]}")
    return missed


def main(compiler, frozen, headers, library, servant, work):
    releases = sorted(path for path in pathlib.Path(frozen).iterdir() if path.is_dir())
    bad = not releases
    for release in releases:
        place = pathlib.Path(work) / release.name
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        pairs, wrong = matrix(compiler, release, pathlib.Path(headers), pathlib.Path(library), servant, place)
        missed = faults(compiler, release, place)
        print(f"{release.name}: {pairs} pairs, {wrong} wrong; {len(FAULTS)} faults, {missed} missed")
        bad |= wrong > 0 or missed > 0
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:7]))
