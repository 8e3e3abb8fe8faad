# SPDX-License-Identifier: Apache-2.0
"""What every group of rows uses: building, running, and a row from what was measured."""
import concurrent.futures, functools, json, os, pathlib, platform, random, re, shutil, socket, sqlite3, statistics, subprocess, sys

root = pathlib.Path(__file__).resolve().parents[3]
build = root / "build"
pairs = 7
goals = {one["row"]: one for one in json.loads((pathlib.Path(__file__).parent / "goals.json").read_text())}
peers = {}  # name: version, of those that were measured against


class Missing(Exception):
    """What a row needs is not here: its rows are skipped with these words."""


def say(what):
    print(what, file=sys.stderr, flush=True)


def built(target, path):
    """What lies at `path` of the build folder once the target is built."""
    program(target)
    return build / path


@functools.cache
def program(name):
    if not (build / "CMakeCache.txt").exists():
        subprocess.run(["cmake", "--preset", "default"], cwd=root, check=True, stdout=subprocess.DEVNULL)
    known = subprocess.run(["cmake", "--build", str(build), "--target", "help"], capture_output=True, text=True).stdout
    if not re.search(rf"^{name}: phony", known, re.M):  # perhaps since a peer was installed
        subprocess.run(["cmake", "--preset", "default"], cwd=root, check=True, stdout=subprocess.DEVNULL)
    say(f"building {name}")
    made = subprocess.run(["cmake", "--build", str(build), "--target", name], capture_output=True, text=True)
    if made.returncode != 0:
        if "unknown target" in made.stdout + made.stderr:
            raise Missing(f"{name} is not built: a library that it is measured against is not installed")
        raise SystemExit(made.stdout + made.stderr)
    return build / "bench" / name


def version(package):
    got = subprocess.run(["dpkg-query", "-W", "-f=${Version}", package], capture_output=True, text=True)
    return got.stdout if got.returncode == 0 else None


def peer(name, package):
    """Notes the peer's version. Not installed: its row is skipped."""
    found = version(package)
    if not found:
        raise Missing(f"{package} is not installed: tests/install bench")
    peers[name] = found


def machine():
    cache = (build / "CMakeCache.txt").read_text()
    cached = lambda name: re.search(rf"^{name}:\w+=(.*)$", cache, re.M).group(1)
    compiler = subprocess.run([cached("CMAKE_CXX_COMPILER"), "--version"], capture_output=True, text=True).stdout
    kind = cached("CMAKE_BUILD_TYPE")
    flags = re.search(rf"CMAKE_CXX_FLAGS_{kind.upper()} \"(.*)\"", (root / "sdk/cmake/AllianceBuild.cmake").read_text())
    model = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    facts = (f"{model.group(1) if model else platform.machine()}, {os.cpu_count()} processors, {platform.system()} "
             f"{platform.release()}; {compiler.splitlines()[0]}, {kind} {flags.group(1) if flags else ''} "
             f"-ffp-contract=off; SQLite {sqlite3.sqlite_version}")
    return facts + "".join(f"; {name} {number}" for name, number in sorted(peers.items()))


def row(name, ratios, note="", skipped=None, what=None, goal=None, against=None):
    """Ratios as the goal means them: of costs where it is "<=", of rates where it is ">="."""
    known = goals.get(name, {})
    goal, against = goal or known["goal"], against or known["against"]
    made = {"row": name, "what": (what or known["what"]) + (f" ({note})" if note else ""), "goal": goal, "ratio": None,
            "min": None, "max": None, "met": None, "against": against, "skipped": skipped}
    if not skipped:
        made |= {"ratio": statistics.median(ratios), "min": min(ratios), "max": max(ratios)}
        sign, value = goal.split()
        made["met"] = made["ratio"] <= float(value) if sign == "<=" else made["ratio"] >= float(value)
    return made


def of_costs(name, ratios, note=""):
    """A row from ratios of costs, ours to theirs."""
    rates = goals[name]["goal"].startswith(">=")
    return row(name, [1 / one for one in ratios] if rates else ratios, note)


def amount(nanoseconds):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"


def rows_of(lines):
    """Rows from what a program printed, one object a line."""
    for line in lines.splitlines():
        one = json.loads(line)
        if one["row"] not in goals:
            say(f"{one['row']} has no goal: {line}")
        elif "skipped" in one:
            yield row(one["row"], [], skipped=one["skipped"])
        else:
            note = one.get("note") or f"{amount(one['ours'])}, {amount(one['theirs'])}"
            yield of_costs(one["row"], one["ratios"], note)


def run(bench, rows, quick, *more, env=None):
    asked = [str(bench), *more, *sorted({name.split()[0] for name in rows}), *(["--quick"] if quick else [])]
    say("running " + " ".join(pathlib.Path(word).name for word in asked))
    out = subprocess.run(asked, capture_output=True, text=True, env=env)
    if out.returncode != 0:
        raise SystemExit(f"{asked[0]} failed: {out.stderr}{out.stdout}")
    return list(rows_of(out.stdout))


def in_turns(ours, theirs, number=pairs, slices=5):
    """Ratios of two costs that are functions, each asked `slices` times a pair, in a shuffled order."""
    ratios, costs = [], ([], [])
    for _ in range(number):
        sums = [0.0, 0.0]
        for _ in range(slices):
            for which in random.sample((0, 1), 2):
                sums[which] += (ours, theirs)[which]()
        ratios.append(sums[0] / sums[1])
        for which in (0, 1):
            costs[which].append(sums[which] / slices)
    return ratios, [statistics.median(one) for one in costs]


def side_by_side(commands):
    """All of them, as many at once as there are processors; the first comes first."""
    def run_one(command):
        subprocess.run([str(word) for word in command], check=True)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as workers:
        list(workers.map(run_one, commands))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tool(name, *places):
    for place in places:
        if os.access(place, os.X_OK):
            return place
    found = shutil.which(name)
    if not found:
        raise Missing(f"{name} is not installed: tests/install bench")
    return found
