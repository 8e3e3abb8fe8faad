# SPDX-License-Identifier: Apache-2.0
"""G1, G2: what grows with the store. ALLIANCE_BENCH_CASES gives other sizes than 1000,100000,1000000 for G1."""
import json, os, random, re, shutil, statistics, subprocess, tempfile

from .harness import in_turns, pairs, program, row, say, side_by_side

events = 3  # of a case of G1; those of G2 have 20


def out_of(*command):
    return json.loads(subprocess.run([str(word) for word in command], check=True, capture_output=True).stdout)


def instructions(bench, store, cases, number, folder):
    """Of the event after the first, by callgrind: the machine's own counters are often not there."""
    counts = os.path.join(folder, "callgrind")
    subprocess.run(["valgrind", "-q", "--tool=callgrind", "--collect-atstart=no", f"--callgrind-out-file={counts}",
                    str(bench), "next", store, str(cases), str(number)], check=True, capture_output=True)
    with open(counts) as file:
        return int(re.search(r"^(?:totals|summary): (\d+)", file.read(), re.M).group(1))


def one_more_event(bench, folder):
    sizes = [int(one) for one in os.environ.get("ALLIANCE_BENCH_CASES", "1000,100000,1000000").split(",")]
    store = lambda size: os.path.join(folder, f"{size}.db")
    say(f"making stores of {', '.join(f'{size:,}' for size in sizes)} cases with {events} events each")
    side_by_side((bench, "fill", store(size), size, events) for size in reversed(sizes))
    read, steps = {size: [] for size in sizes}, {size: [] for size in sizes}
    for number in range(pairs):
        for size in random.sample(sizes, len(sizes)):
            asked = out_of(bench, "next", store(size), size, number)
            read[size].append(max(asked["first"]["read"], 1))
    least, most = sizes[0], sizes[-1]
    middle = lambda of: [statistics.median(of[size]) for size in sizes]
    plot = lambda of: {"x": sizes, "y": middle(of), "of": "cases"}
    listed = lambda of: " -> ".join(f"{one:,.0f}" for one in middle(of))
    one = row("G1 pages", [many / few for many, few in zip(read[most], read[least])], f"{most:,} cases: {listed(read)}")
    yield one | {"plot": plot(read)}
    if not shutil.which("valgrind"):
        yield row("G1 instructions", [], skipped="valgrind is not installed")
        return
    for number in range(pairs):
        say(f"counting instructions, round {number + 1} of {pairs}")
        for size in random.sample(sizes, len(sizes)):
            steps[size].append(instructions(bench, store(size), size, 100 + number, folder))
    one = row("G1 instructions", [many / few for many, few in zip(steps[most], steps[least])],
              f"{most:,} cases: {listed(steps)}")
    yield one | {"plot": plot(steps)}


def opening(bench, folder):
    cases = [50, 50_000]  # of 20 events: 1,000 and 1,000,000
    store = lambda size: os.path.join(folder, f"open-{size}.db")
    say(f"making stores of {' and '.join(f'{size * 20:,}' for size in cases)} events")
    side_by_side((bench, "fill", store(size), size, 20) for size in reversed(cases))
    memory = []

    def cost(size):
        opened = out_of(bench, "open", store(size))
        memory.append((size, opened["after_kib"] - opened["before_kib"]))
        return opened["cpu_us"]

    ratios, costs = in_turns(lambda: cost(cases[1]), lambda: cost(cases[0]), pairs, 3)
    kib = {size: statistics.median(one for at, one in memory if at == size) for size in cases}
    each = (kib[cases[1]] - kib[cases[0]]) / (cases[1] - cases[0])
    asked = out_of(bench, "hold", store(cases[1]), 5_000)["kib"]
    note = (f"{costs[1] / 1e3:.3g} ms, {costs[0] / 1e3:.3g} ms with 50,000 cases; {asked:,.1f} KiB of memory for each case that was "
            f"asked for, {max(each, 0):,.1f} for each other")
    yield row("G2", ratios, note) | {"plot": {"x": [size * 20 for size in cases], "y": costs[::-1], "of": "events"}}


def measure(rows, quick):
    bench = program("bench_accounts")
    with tempfile.TemporaryDirectory(prefix="alliance-bench-", dir=os.environ.get("TMPDIR")) as folder:
        if "G1" in rows:
            yield from one_more_event(bench, folder)
        if "G2" in rows:
            yield from opening(bench, folder)
