# SPDX-License-Identifier: Apache-2.0
"""What one more event, a case's review and a practitioner's list cost does not grow with the store, and a service's view of
time replays nothing."""
import json, os, random, statistics, subprocess, tempfile

from .harness import pairs, program, row as as_row, say, side_by_side


def row(name, what, goal, ratios, against, skipped=None):
    return as_row(name, ratios, skipped=skipped, what=what, goal=f"<= {goal}", against=against)


def measure(rows, quick):
    bench = program("bench_accounts")
    sizes = [1_000, 5_000] if quick else [1_000, 10_000, 100_000]
    asked = {size: [] for size in sizes}
    with tempfile.TemporaryDirectory(prefix="alliance-bench-", dir=os.environ.get("TMPDIR")) as folder:
        store = lambda size: os.path.join(folder, f"{size}.db")
        say(f"making stores of {', '.join(f'{size:,}' for size in sizes)} cases with 60 events each")
        side_by_side((bench, "fill", store(size), size) for size in reversed(sizes))
        for number in range(pairs):
            say(f"round {number + 1} of {pairs}")
            for size in random.sample(sizes, len(sizes)):
                out = subprocess.run([bench, "ask", store(size), str(size), str(number)], check=True,
                                     capture_output=True, text=True)
                asked[size].append(json.loads(out.stdout))
    least, most = sizes[0], sizes[-1]
    middle = lambda size, part, key: statistics.median(one[part][key] for one in asked[size])
    ratios = lambda part, key, low=least, high=most: [
        max(big[part][key], 1) / max(small[part][key], 1) for big, small in zip(asked[high], asked[low])]
    of = lambda part, key, low=least: f"{middle(low, part, key):,.0f} -> {middle(most, part, key):,.0f}"
    itself = f"itself with {least:,} cases"
    many = f"{most:,} cases of 60 events"
    yield row("A1", f"one more event in a store just opened, {many}: pages read ({of('first', 'read')})", 1.3,
              ratios("first", "read"), itself)
    yield row("A2", f"the same: SQLite steps ({of('first', 'steps')})", 1.3, ratios("first", "steps"), itself)
    yield row("A3", f"the event after it: SQLite steps ({of('next', 'steps')})", 1.3, ratios("next", "steps"), itself)
    yield row("A4", f"the event after it: processor time in us ({of('next', 'cpu_us')})", 1.3, ratios("next", "cpu_us"), itself)
    counted = all(one["first"]["instructions"] > 0 for size in sizes for one in asked[size])
    yield row("A5", f"the first of them: instructions ({of('first', 'instructions')})", 1.3, ratios("first", "instructions"),
              itself, None if counted else "this machine counts no instructions")
    wide = asked[most]
    yield row("A6", f"a service's view over {wide[0]['in_service']:,} cases ({middle(most, 'view', 'ms'):.0f} ms)", 0.05,
              [one["view"]["cpu_us"] / (one["replay"]["cpu_us"] * one["in_service"]) for one in wide],
              "replaying the logs of these cases")
    if quick:
        yield row("A7", "a service's view: SQLite steps", 1.3, [], "itself in a smaller store", "not in --quick")
    else:
        yield row("A7", f"a service's view over 5,000 cases, of {most:,} in the store: SQLite steps "
                  f"({of('view', 'steps', 10_000)})", 1.3, ratios("view", "steps", 10_000), "itself with 10,000 in the store")
    yield row("A8", f"one case's review: SQLite steps ({of('review', 'steps')})", 1.3, ratios("review", "steps"), itself)
    yield row("A9", f"the list of one practitioner's 50 cases: SQLite steps ({of('list', 'steps')})", 1.3,
              ratios("list", "steps"), itself)
