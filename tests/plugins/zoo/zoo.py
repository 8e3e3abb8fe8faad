#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""zoo.py COMMAND TEST-PLUGINS PLUGINS ZOO.TXT: the checker passes good plugins and names every fault of bad ones."""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

command, built, shipped, table = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]), sys.argv[4]
faults = [line.split() for line in open(table) if line.strip() and not line.startswith("#")]


def check(manifest, *options, fault=None):
    """{test: (result, text)} and the exit status."""
    environment = {**os.environ, "ZOO_FAULT": fault} if fault else dict(os.environ)
    done = subprocess.run([command, "check", str(manifest), "--json", *options], capture_output=True, text=True,
                          errors="replace", env=environment, timeout=300)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["test"]: (line["result"], line["text"]) for line in lines if "test" in line}, done


def named(what, manifest, test, *options, fault=None, wanted=("failed", "crashed")):
    results, done = check(manifest, "--only", test, *options, fault=fault)
    result = results.get(test, ("nothing", done.stderr))
    if result[0] in wanted and (result[0] == "warned" or done.returncode == 1):
        return None
    return f"{what}: {test} says {result[0]} ({result[1]}), status {done.returncode}"


def good(manifest, *options):
    results, done = check(manifest, *options)
    bad = [f"{test}: {text}" for test, (result, text) in results.items() if result in ("failed", "crashed")]
    if done.returncode == 0 and not bad and len(results) >= 60:
        return None
    return f"{manifest.name} is good, and the checker says: {bad or done.stderr}, {len(results)} tests"


def fuzzed(manifest, fault=None):
    """The fuzzer finds a plugin that trusts its bytes, and finds it again by the round that it named."""
    environment = {**os.environ, "ZOO_FAULT": fault or "NONE"}
    fuzz = lambda *options: subprocess.run([command, "fuzz", str(manifest), "--seconds", "1", *options], text=True,
                                           capture_output=True, errors="replace", env=environment, timeout=120)
    first = fuzz("--seed", "7")
    if not fault:
        return None if first.returncode == 0 else f"{manifest.name} is good, and the fuzzer says: {first.stdout}"
    words = first.stdout.split()
    if first.returncode != 1 or "--round" not in words:
        return f"the fuzzer did not find {fault}: {first.stdout}{first.stderr}"
    again = fuzz("--seed", "7", "--round", words[words.index("--round") + 1])
    same = again.returncode == 1 and again.stdout.splitlines()[0] == first.stdout.splitlines()[0]
    return None if same else f"the round that found {fault} does not find it again: {again.stdout}{again.stderr}"


def broken_manifests(folder):
    """(what, manifest, test): a copy of a good plugin with one thing wrong."""
    library = "liballiance_test_rest.so"
    whole = json.loads((built / "test_rest.alliance.json").read_text())
    file = {**whole["files"][0]}
    cases = {
        "no JSON": ("manifest-readable", "{"),
        "a newer format": ("manifest-readable", {"format": 99}),
        "an unknown field": ("manifest-readable", {"colour": "red"}),
        "no name": ("manifest-words", {"name": ""}),
        "an id in capitals": ("manifest-words", {"id": "Org Example"}),
        "a line break in the vendor": ("manifest-words", {"vendor": "a\nb"}),
        "an unknown runtime": ("manifest-runtime", {"runtime": "ruby"}),
        "a python plugin without a line of Python": ("manifest-library", {"runtime": "python"}),
        "a newer ABI": ("manifest-abi", {"abi_major": 2}),
        "an unknown kind": ("manifest-kinds", {"kinds": ["weather"]}),
        "a kind twice": ("manifest-kinds", {"kinds": ["measure", "measure"]}),
        "no kind": ("manifest-kinds", {"kinds": []}),
        "a file that is not there": ("manifest-paths", {"files": [{**file, "path": "gone.so"}], "library": "gone.so"}),
        "a path that leaves the folder": ("manifest-paths", {"files": [{**file, "path": "../" + library}]}),
        "another hash": ("manifest-hashes", {"files": [{**file, "sha256": "0" * 64}]}),
        "a hash that is none": ("manifest-hashes", {"files": [{**file, "sha256": "abc"}]}),
        "a library that is not listed": ("manifest-library", {"library": "other.so"}),
        "a version in words": ("manifest-version", {"version": "the new one"}),
        "a kind that it has not": ("factories-of-manifest", {"kinds": ["timing"]}),
    }
    for number, (what, (test, change)) in enumerate(cases.items()):
        place = folder / str(number)
        place.mkdir()
        shutil.copy(built / library, place)
        manifest = place / "broken.alliance.json"
        manifest.write_text(change if isinstance(change, str) else json.dumps({**whole, **change}))
        yield what, manifest, test
    place = folder / "script"
    place.mkdir()
    text = b"#!/bin/sh\necho this is no library, whatever it is called\n" * 9
    (place / library).write_bytes(text)
    change = {"files": [{**file, "sha256": hashlib.sha256(text).hexdigest()}]}
    (place / "broken.alliance.json").write_text(json.dumps({**whole, **change}))
    yield "a script", place / "broken.alliance.json", "manifest-library"


def main():
    zoo = built / "test_zoo.alliance.json"
    work = []
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        here = pathlib.Path(folder) / "here"  # where the checker is run: nothing may be left lying there
        here.mkdir()
        os.chdir(here)
        run = lambda *arguments, **more: work.append(pool.submit(*arguments, **more))
        for fault, *test in faults:
            if not test:
                continue
            limit = ("--seconds", "1") if fault.startswith(("HANGS", "NEVER")) else ()
            wanted = ("warned",) if fault == "SLOW" else ("failed", "crashed")
            run(named, fault, zoo, test[0], *limit, fault=fault, wanted=wanted)
        for what, manifest, test in broken_manifests(pathlib.Path(folder)):
            run(named, what, manifest, test, wanted=("warned",) if test == "manifest-version" else ("failed",))
        for name, test in (("no-symbol", "library-exports-entry"), ("exports-more", "library-exports-nothing-else"),
                           ("unique", "library-no-unique-symbols"), ("text-relocations", "library-no-text-relocations"),
                           ("undefined-symbol", "library-loads"), ("executable-stack", "library-no-executable-stack")):
            run(named, name, built / f"test_{name}.alliance.json", test)
        run(named, "run-path", built / "test_run-path.alliance.json", "library-no-run-path", wanted=("warned",))
        run(fuzzed, zoo, fault="TRUSTS_BYTES")
        run(fuzzed, zoo)
        for manifest in [zoo, built / "test_rest.alliance.json", built / "test_mood.alliance.json",
                         *shipped.glob("*.alliance.json")]:
            run(good, manifest)
        wrong = [line for line in (one.result() for one in work) if line]
        wrong += [f"the checker left {path.name!r} behind" for path in here.iterdir()]
        os.chdir("/")
    print("\n".join(wrong))
    print(f"{len(work)} plugins and manifests, {len(wrong)} judged wrongly")
    return 1 if wrong or len(work) < 60 else 0


if __name__ == "__main__":
    sys.exit(main())
