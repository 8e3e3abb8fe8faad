#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scaffold.py COMMAND PREFIX WORK GENERATOR [KIND.LANG ...]: `alliance new` writes projects that build against the SDK
installed at PREFIX and pass the checker; broken on purpose, the checker names the fault. Without a list: all ten."""

import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys

command, prefix, work, generator, *wanted = sys.argv[1:]
work = pathlib.Path(work)
# What is spoiled in each, and the test that must say so.
spoiled = {
    "measure": (('"value": 3}', '\\"value\\": 3}'), ('"value": 4}', '\\"value\\": 4}'), "definition-vectors"),
    "timing": (("change > now", "changes[at] > now"), ("change < now", "changes[at] < now"), "plan-next-change"),
    "tailoring": (('\\"rule\\": \\"days-without-contact\\"', '"rule": "days-without-contact"'),
                  ('\\"rule\\": \\"\\"', '"rule": ""'), "proposals-evidence"),
    "programme": (('\\"default_path\\": [\\"module-1\\"', '"default_path": ["module-1"'),
                  ('\\"default_path\\": [\\"module-9\\"', '"default_path": ["module-9"'), "catalogue-sound"),
    "transport": (("acknowledged(position)", "acknowledged(self->events->context, position)"),
                  ("acknowledged(position + 1)", "acknowledged(self->events->context, position + 1)"), "send-acknowledges"),
}


def run(*words, fails=False):
    done = subprocess.run(words, capture_output=True, text=True, errors="replace", timeout=300)
    if (done.returncode != 0) != fails:
        sys.exit(f"{' '.join(map(str, words))}: status {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-2000:]}")
    return done.stdout


def build(folder):
    run("cmake", "-G", generator, "-S", folder, "-B", folder / "build", "-D", f"CMAKE_PREFIX_PATH={prefix}")
    run("cmake", "--build", folder / "build")


def options(kind, folder):
    return {"tailoring": ["--settings", folder / "settings.json"], "programme": ["--payload", folder / "sample.txt"],
            "transport": ["--endpoint", folder / "build/reports.jsonl"]}.get(kind, [])


def one(kind, lang):
    folder = work / f"{kind}-{lang}"
    run(command, "new", kind, f"my-{kind}", "--lang", lang, "--folder", folder)
    run(command, "new", kind, f"my-{kind}", "--lang", lang, "--folder", folder, fails=True)  # writes over nothing
    if not (folder / "README.md").read_text().startswith(f"# my-{kind}\n"):
        sys.exit(f"{folder}/README.md does not say what it is about")
    build(folder)
    run("ctest", "--test-dir", folder / "build", "--output-on-failure", "--no-tests=error")
    manifest = folder / f"build/lib/alliance/plugins/my-{kind}.alliance.json"
    warned = [line for line in run(command, "check", manifest, "--json", *options(kind, folder)).splitlines()
              if '"result":"warned"' in line]
    if warned:
        sys.exit(f"{kind} in {lang}: {warned}")

    source = folder / f"my-{kind}.{lang}"
    text = source.read_text()
    good, bad, test = spoiled[kind]
    for before, after in zip(good, bad):
        text = text.replace(before, after)
    if text == source.read_text():
        sys.exit(f"{source}: there is nothing to spoil; has the template changed?")
    source.write_text(text)
    build(folder)
    lines = run(command, "check", manifest, "--json", *options(kind, folder), fails=True).splitlines()
    named = [entry["test"] for entry in map(json.loads, lines) if entry.get("result") in ("failed", "crashed")]
    if test not in named:
        sys.exit(f"{kind} in {lang}: {test} did not name the fault, but {named}")
    print(f"{kind} in {lang}: built, checked, spoiled, found by {test}")


def main():
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    run(command, "new", "measure", "No Good Name", fails=True)
    run(command, "new", "weather", "rain", fails=True)
    projects = [(kind, lang) for kind in spoiled for lang in ("c", "cpp") if not wanted or f"{kind}.{lang}" in wanted]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda project: one(*project), projects))


main()
