# SPDX-License-Identifier: Apache-2.0
"""clients.py ALLIANCE OPENAPI WORK: clients that stall, dawdle or vanish. Each is let go in bounded memory, and nobody else
is kept from anything meanwhile."""

import ctypes
import json
import pathlib
import socket
import sys
import threading
import time

from served import LIMIT, Served, settings, until

PATIENCE = 4  # seconds: request_seconds of the settings
STALLED, REPORTS = 40, 1200
PHQ9 = [{"item": str(i), "value": 1} for i in range(1, 10)]
SO_ATTACH_FILTER = 26


def connected(served, room=0):
    line = socket.socket()
    if room:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    line.settimeout(LIMIT)
    line.connect((served.host, served.port))
    return line


def stream(served, token, room=0):
    line = connected(served, room)
    line.sendall(f"GET /reports HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    assert line.recv(64).startswith(b"HTTP/1.1 200"), "a stream was not begun"
    return line


def answer_sheets(served, count):
    """`count` reports at least, from four people at once."""
    def some(name):
        for i in range(count // 8):
            status, said, _ = served.ask("POST", f"/cases/{name}/answers", {"instrument": "phq-9", "answers": PHQ9}, Idempotency_Key=f"{name}-{tag}-{i}")
            assert status == 201, said

    tag = time.monotonic_ns()
    threads = [threading.Thread(target=some, args=(name,)) for name in ("c0", "c1", "c2", "c3")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


class Reader(threading.Thread):
    """Takes what comes, as a page does."""

    def __init__(self, line):
        super().__init__()
        self.line, self.seen, self.missed = line, 0, 0

    def run(self):
        for row in self.line.makefile("rb"):
            self.seen += row.startswith(b"event: scored")
            self.missed += row.startswith(b"event: missed")


def stalled_readers(served, personal):
    """They open a stream and never read it, while report after report comes."""
    good = Reader(stream(served, personal))
    good.start()
    answer_sheets(served, 64)  # what is allocated once, is now
    before = served.memory()
    stalled = [stream(served, personal, room=4096) for _ in range(STALLED)]
    until("all streams are open", lambda: served.figure("alliance_streams") == STALLED + 1)
    answer_sheets(served, REPORTS)
    most = served.memory()
    until("who does not read is let go", lambda: served.figure("alliance_streams") == 1)
    assert served.figure("alliance_dropped_streams_total") >= STALLED, "they went, and were not counted"
    print(f"{STALLED} streams that nobody read cost {(most - before) / STALLED:.0f} kB each beside {good.seen} reports, and were let go")
    assert most - before < STALLED * 512, "memory grows with what a stalled reader has not taken"
    wanted = 64 // 8 * 4 + REPORTS // 8 * 4
    until("who reads has all of them", lambda: good.seen >= wanted)
    assert good.missed == 0 and good.seen == wanted, (good.missed, good.seen, wanted)
    for line in stalled:
        line.close()
    good.line.shutdown(socket.SHUT_RDWR)
    good.join()
    until("who hangs up is let go", lambda: served.figure("alliance_streams") == 0)


def slow_clients(served, token):
    """One byte now and then is no request, and an answer that nobody takes is not waited for."""
    head = f"POST /score HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: 1000\r\n\r\n".encode()
    lines = [connected(served) for _ in range(200)]
    began = time.monotonic()
    for i in range(4 * PATIENCE):  # a byte every quarter of a second, of the head and of the body
        for number, line in enumerate(lines):
            try:
                line.sendall(head[i:i + 1] if number % 2 else (head + b"{" if i == 0 else b" "))
            except OSError:
                pass  # it was let go
        assert served.ask("GET", "/health")[0] == 200
        time.sleep(0.25)
    for line in lines:
        try:
            assert line.recv(1) == b"", "half of a request was answered"
        except ConnectionResetError:
            pass
        line.close()
    print(f"200 slow clients are let go within {time.monotonic() - began:.0f} s")
    # Many answers are asked for at once and none is read.
    asked = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 400
    greedy = [connected(served, room=4096) for _ in range(20)]
    before = served.memory()
    for line in greedy:
        line.sendall(asked)
    time.sleep(PATIENCE / 2)
    grown = served.memory() - before
    assert served.ask("GET", "/health")[0] == 200
    until("they are let go", lambda: served.figure("alliance_connections") <= 2)
    print(f"20 clients that ask 400 times and read nothing cost {grown / 20:.0f} kB each")
    assert grown < 20 * 1024, "answers that nobody takes are heaped up"
    for line in greedy:
        line.close()


def vanish(line):
    """Nothing that arrives is seen from here on, and nothing acknowledged: as if the network were gone."""
    nothing = ctypes.create_string_buffer((6).to_bytes(2, sys.byteorder) + bytes(6))  # BPF: ret 0

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]

    program = Program(1, ctypes.addressof(nothing))
    line.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, bytes(program))


def half_open(served, personal):
    lines = [stream(served, personal) for _ in range(50)]
    until("all streams are open", lambda: served.figure("alliance_streams") == len(lines))
    for line in lines:
        vanish(line)
    began = time.monotonic()
    answer_sheets(served, 64)
    until("who has vanished is let go", lambda: served.figure("alliance_streams") == 0)
    print(f"50 half-open streams are seen to be gone after {time.monotonic() - began:.0f} s")
    for line in lines:
        line.close()


def main():
    command, work = sys.argv[1], pathlib.Path(sys.argv[3])
    work.mkdir(parents=True, exist_ok=True)
    token = settings(work, "clients", request_seconds=PATIENCE, idle_seconds=PATIENCE)
    with Served(command, "--config", str(work / "clients.json"), log=work / "clients.log") as served:
        served.token = token
        for name in ("c0", "c1", "c2", "c3"):
            opened = {"id": name, "case": name, "body_type": "CaseOpened", "body": {"service": "s", "practitioner": "p", "delivery": "blended"}}
            assert served.ask("POST", "/events", opened)[0] == 201
        personal = served.ask("POST", "/tokens", {"role": "supervisor", "id": "s", "minutes": 60})[1]["token"]
        stalled_readers(served, personal)
        slow_clients(served, token)
        half_open(served, personal)
        assert served.end() == 0, served.said()
        assert "streams that nobody read" in served.said(), "the operator is not told: " + served.said()


main()
