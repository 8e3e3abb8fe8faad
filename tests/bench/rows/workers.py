# SPDX-License-Identifier: Apache-2.0
"""G3: hosts that share a partitioned stream, each held to a quarter of a processor (examples/10_workers_over_nats)."""
import contextlib, json, os, random, signal, socket, subprocess, tempfile, threading, time

from .brokers import nats
from .harness import built, row, say

partitions, cases, sheets = 2, 8, 150  # cases of a partition, and answered sheets of a case
quarter, patience = 0.25, 240


def request(url, subject, body=""):
    """One request of NATS, spoken by hand: the answer as JSON."""
    with socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1])), 10) as wire:
        talk = wire.makefile("rwb")
        talk.readline()  # what the server says of itself
        talk.write(f"CONNECT {{}}\r\nSUB answer 1\r\nPUB {subject} answer {len(body)}\r\n{body}\r\n".encode())
        talk.flush()
        while not (line := talk.readline()).startswith(b"MSG"):
            if not line or line.startswith(b"-ERR"):
                raise OSError(f"NATS: {line.decode().strip()}")
        return json.loads(talk.read(int(line.split()[-1])))


def partition_of(key):
    value = 2166136261
    for byte in key.encode():
        value = (value ^ byte) * 16777619 & 0xffffffff
    return value % partitions


def events():
    """As many cases in each partition, each with as many sheets; a practitioner's name says where a case lies."""
    names = {at: [] for at in range(partitions)}
    number = 0
    while any(len(some) < cases for some in names.values()):
        number += 1
        some = names[partition_of(f"practitioner-{number}")]
        if len(some) < cases:
            some.append(number)
    count = 0

    def line(at, name, kind, body):
        nonlocal count
        count += 1
        event = {"id": f"e{count}", "case": f"part{at}-{name}", "time": 1_770_022_800_000_000 + 60_000_000 * count,
                 "body_type": kind, "body": body}
        return f"practitioner-{name}\t{json.dumps(event, separators=(',', ':'))}\n"

    all_of = [(at, name) for at, some in names.items() for name in some]
    for at, name in all_of:
        yield line(at, name, "CaseOpened", {"service": "north", "practitioner": f"p{name}", "delivery": "blended",
                                            "zone": "Europe/London", "weeks": 11, "planned_sessions": 6, "planned_modules": 5})
        yield line(at, name, "ConsentGiven", {"scope": "measures"})
    for turn in range(sheets):
        for at, name in all_of:
            answers = [{"item": str(item), "value": (turn + item) % 4} for item in range(1, 8)]
            yield line(at, name, "AnswersGiven", {"instrument": "gad-7", "rater": "client", "answers": answers})


def hold(process, ended):
    """Stops it whenever it has used more than a quarter of the time, all its threads together, and lets it go on.
    What it leaves unused it may not save up."""
    clock, last, had, credit, stopped = ~process.pid << 3 | 2, time.monotonic(), 0.0, 0.0, False
    while not ended.wait(0.002):
        try:
            now, used = time.monotonic(), time.clock_gettime(clock)
            credit = min(credit + quarter * (now - last), 0.005) - (used - had)
            last, had = now, used
            if (credit < 0) != stopped:
                process.send_signal(signal.SIGCONT if stopped else signal.SIGSTOP)
                stopped = not stopped
        except OSError:  # it is gone
            return


@contextlib.contextmanager
def running(command, **how):
    process = subprocess.Popen([str(word) for word in command], **how)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def rate(url, number):
    """Sheets a second that so many workers score, while each of them is at it."""
    request(url, "$JS.API.STREAM.PURGE.KV_ALLIANCE_WORKERS")  # nobody has a partition
    arrived = {f"part{at}": [] for at in range(partitions)}
    with tempfile.TemporaryDirectory(prefix="alliance-bench-") as folder, contextlib.ExitStack() as all_of:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        receiver = all_of.enter_context(running(
            [built("alliance_command", "bin/alliance"), "listen", "tcp://127.0.0.1:0", "--inbox",
             os.path.join(folder, "inbox"), "--json-only"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        address = next(line for line in receiver.stderr if line.startswith("listening on "))
        address = address[address.index("tcp://"):].split()[0]
        threading.Thread(target=lambda: [None for _ in receiver.stderr], daemon=True).start()
        ended = threading.Event()
        all_of.callback(ended.set)
        for at in range(number):
            own = os.path.join(folder, f"worker{at}")
            os.mkdir(own)
            worker = all_of.enter_context(running(
                [built("10_workers_over_nats", "bin/10_workers_over_nats"), "work", url, partitions, own, address,
                 built("plugin_instruments", "lib/alliance/plugins"), "clinic"], **quiet))
            threading.Thread(target=hold, args=(worker, ended), daemon=True).start()
        late = threading.Timer(patience, receiver.kill)
        late.start()
        all_of.callback(late.cancel)
        for line in receiver.stdout:
            if '"kind":"scored"' not in line:
                continue
            arrived[line[line.index('"case":"') + 8:].split("-")[0]].append(time.monotonic())
            if sum(len(some) == cases * sheets for some in arrived.values()) == number:
                break
    busy = [some for some in arrived.values() if len(some) >= cases * sheets]
    if len(busy) != number:
        raise OSError(f"{number} workers did not come to their end: {[len(some) for some in arrived.values()]}")
    begin, end = max(some[len(some) // 10] for some in busy), min(some[len(some) * 9 // 10] for some in busy)
    return sum(begin <= one < end for some in busy for one in some) / (end - begin)


def measure(rows, quick):
    with tempfile.TemporaryDirectory(prefix="alliance-bench-", ignore_cleanup_errors=True) as folder, nats(folder) as env:
        url = env["BENCH_NATS"]
        stream = {"name": "ALLIANCE_EVENTS", "subjects": ["alliance.event.>"], "storage": "file"}
        request(url, "$JS.API.STREAM.CREATE.ALLIANCE_EVENTS", json.dumps(stream))
        say(f"publishing {partitions * cases * (sheets + 2):,} events")
        subprocess.run([str(built("10_workers_over_nats", "bin/10_workers_over_nats")), "publish", url, str(partitions)],
                       input="".join(events()), text=True, stdout=subprocess.DEVNULL, check=True)
        ratios, rates = [], {1: [], 2: []}
        for pair in range(5):
            say(f"one worker and two, pair {pair + 1} of 5")
            for number in random.sample((1, 2), 2):
                rates[number].append(rate(url, number))
            ratios.append(rates[2][-1] / rates[1][-1])
        middle = {number: sorted(some)[len(some) // 2] for number, some in rates.items()}
        yield row("G3", ratios, f"{middle[2]:.0f} sheets a second, {middle[1]:.0f}")
