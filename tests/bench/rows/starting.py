# SPDX-License-Identifier: Apache-2.0
"""S5: from process start to the first score. P3: loading a plugin beside dlopen and init."""
import json, pathlib, subprocess, tempfile, time

from .harness import amount, build, in_turns, of_costs, pairs, peers, program, root


def thirty_instruments(folder):
    """The definitions that ship, and copies under other ids up to thirty."""
    shipped = sorted((root / "plugins/instruments/definitions").glob("*.json"))
    for at in range(30):
        one = json.loads(shipped[at % len(shipped)].read_text())
        if at >= len(shipped):
            one["id"] += "-once-more"
        (pathlib.Path(folder) / f"{one['id']}.json").write_text(json.dumps(one))


def elapsed(*command):
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, close_fds=False)
    return time.perf_counter() - begin


def note(costs):
    return ", ".join(amount(cost) for cost in costs)


def measure(rows, quick):
    bench = program("bench_start")
    slices = 3 if quick else 10
    if "S5" in rows:
        python = "/usr/bin/python3"
        peers["python3"] = subprocess.run([python, "--version"], capture_output=True, text=True).stdout.split()[-1]
        with tempfile.TemporaryDirectory(prefix="alliance-bench-") as folder:
            thirty_instruments(folder)
            ours, theirs = [str(bench), "score", folder], [python, "-c", "pass"]
            ratios, costs = in_turns(lambda: elapsed(*ours), lambda: elapsed(*theirs), 5 if quick else pairs, slices)
            yield of_costs("S5", ratios, note([cost * 1e9 for cost in costs]))
    if "P3" in rows:
        manifest = str(build / "lib/alliance/plugins/instruments.alliance.json")

        def loaded(how):
            one = json.loads(subprocess.run([str(bench), how, manifest], check=True, capture_output=True).stdout)
            return one["ns"] - (one["hashing"] if how == "host" else 0)

        ratios, costs = in_turns(lambda: loaded("host"), lambda: loaded("raw"), 5 if quick else pairs, slices)
        yield of_costs("P3", ratios, "the instruments: " + note(costs))
