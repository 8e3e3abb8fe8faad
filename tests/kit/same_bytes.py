#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""same_bytes.py SOURCE-FOLDER BUILD-FOLDER ARM64-FOLDER: the same sheets to the same bytes, here and under qemu."""

import json
import os
import pathlib
import random
import subprocess
import sys


def sheets(top, each):
    """Lines for same_bytes.c: for every instrument that ships, answers drawn from what may be answered."""
    draw, lines = random.Random(20260201), []
    for path in sorted((top / "plugins/instruments/definitions").glob("*.json")):
        definition = json.loads(path.read_text())
        options = {response["id"]: [option["value"] for option in response["options"]] if response.get("options")
                   else [response.get("min", 0), response.get("max", 10)] for response in definition["responses"]}
        for _ in range(each):
            answers = [draw.choice(options[item["response"]]) for item in definition["items"]]
            lines.append(" ".join(map(str, [definition["id"], len(definition["items"]), len(definition["scales"]), *answers])))
    return lines


def main(top, build, work):
    top, build, work = (pathlib.Path(name).resolve() for name in (top, build, work))
    root = work / "root"
    given = "\n".join(sheets(top, 200)) + "\n"
    said = {}
    for name, compiler, tree, runner in (
            ("here", "cc", build, []),
            ("arm64", "aarch64-linux-gnu-gcc", work / "build", ["qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu"])):
        program = work / f"same_bytes-{name}"
        subprocess.run([compiler, "-std=c11", "-O2", top / "tests/kit/same_bytes.c", "-o", program, f"-I{top}/sdk/include",
                        f"-L{tree}/lib", "-lalliance", "-Wl,--allow-shlib-undefined"], check=True)
        libraries = [tree / "lib"] + ([root / "usr/lib/aarch64-linux-gnu", pathlib.Path("/usr/aarch64-linux-gnu/lib")] if runner else [])
        path = ":".join(map(str, libraries))
        command = [*runner, *(["-E", f"LD_LIBRARY_PATH={path}"] if runner else []), program,
                   tree / "lib/alliance/plugins/instruments.alliance.json"]
        done = subprocess.run(command, input=given, capture_output=True, text=True,
                              env=dict(os.environ) if runner else {**os.environ, "LD_LIBRARY_PATH": path})
        if done.returncode:
            raise SystemExit(f"{name}: {done.stderr[-2000:]}")
        said[name] = done.stdout.splitlines()
    different = [(a, b) for a, b in zip(said["here"], said["arm64"]) if a != b]
    scored = sum(1 for line in said["here"] if line.split()[1] == "0")
    if different or len(said["here"]) != len(said["arm64"]) or scored < 1000:
        raise SystemExit(f"{len(different)} sheets score otherwise, the first: {different[:1]}; {scored} were scored")
    print(f"{scored} sheets of {len(set(line.split()[0] for line in said['here']))} instruments: the same bytes on arm64")


if __name__ == "__main__":
    main(*sys.argv[1:4])
