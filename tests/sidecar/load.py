# SPDX-License-Identifier: Apache-2.0
"""load.py ALLIANCE OPENAPI WORK: many requests, a thousand idle streams, and clients that misbehave. What fails here is an
error, memory that grows, or somebody who is not served; how fast it is, is printed."""

import json
import pathlib
import re
import socket
import subprocess
import sys
import time

from served import LIMIT, Served

SECONDS, CONNECTIONS, STREAMS = 6, 32, 1000
BODY = '{"instrument":"phq-9","answers":[' + ",".join(f'{{"item":"{i}","value":1}}' for i in range(1, 10)) + "]}"
LUA = """
wrk.method = "POST"
wrk.body = [[%s]]
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer %s"
local pause = %f
if pause > 0 then function delay() return math.floor(-math.log(1 - math.random()) * pause + 0.5) end end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('{"requests":%%d,"seconds":%%f,"errors":%%d,"p50":%%f,"p99":%%f}\\n', summary.requests, summary.duration / 1e6,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
"""


def wrk(served, work, pause=0.0):
    script = work / "post.lua"
    script.write_text(LUA % (BODY, served.token, pause))
    said = subprocess.run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--timeout", "60s", "-s", script, served.url + "/score"],
                          capture_output=True, text=True, check=True, timeout=LIMIT).stdout
    found = json.loads(said.splitlines()[-1])
    assert found["errors"] == 0, said
    found["rate"] = found["requests"] / found["seconds"]
    return found


def at_half(served, work, most):
    """wrk knows no rate: connections rest between requests, so long that about half of the highest comes out."""
    turn = 1000 * CONNECTIONS / (most["rate"] / 2)
    found = wrk(served, work, max(turn - most["p50"], 1))
    if not 0.4 < found["rate"] / most["rate"] < 0.6:
        found = wrk(served, work, max(turn - (1000 * CONNECTIONS / found["rate"] - max(turn - most["p50"], 1)), 1))
    return found


def settings(work):
    token = "load-load-load-load-load-load"
    (work / "load.token").write_text(token)
    (work / "load.token").chmod(0o600)
    for old in work.glob("load.db*"):
        old.unlink()
    (work / "load.json").write_text(json.dumps({
        "tenants": [{"tenant": "t", "store": str(work / "load.db"), "host": {"safety": {"contact": "duty"}}}],
        "tokens": [{"name": "load", "tenant": "t", "role": "service", "file": str(work / "load.token")}],
        "limits": {"requests_per_second": 0, "request_seconds": 5}}))
    return token


def stream(served, token):
    line = socket.create_connection((served.host, served.port), timeout=LIMIT)
    line.sendall(f"GET /reports HTTP/1.1\r\nHost: x\r\nAlliance-Viewer: s\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    assert line.recv(4096).startswith(b"HTTP/1.1 200"), "a stream was not begun"
    return line


def figure(served, name):
    text = served.ask("GET", "/metrics")[1].decode()
    return float(re.search(rf"^{name} (\S+)$", text, re.M).group(1))


def until(condition):
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.05)


def main():
    command, work = sys.argv[1], pathlib.Path(sys.argv[3])
    token = settings(work)
    with Served(command, "--config", str(work / "load.json"), log=work / "load.log") as served:
        served.token = token
        wrk(served, work)  # what is allocated once, is now
        before = served.memory()
        most = wrk(served, work)
        half = at_half(served, work, most)
        after = served.memory()
        print(f"highest rate {most['rate']:.0f}/s, p50 {most['p50']:.2f} ms, p99 {most['p99']:.2f} ms")
        print(f"at {half['rate'] / most['rate']:.2f} of it: p50 {half['p50']:.2f} ms, p99 {half['p99']:.2f} ms, ratio {half['p99'] / half['p50']:.1f}")
        print(f"memory {before} kB before {most['requests'] + half['requests']} requests, {after} kB after")
        assert after < before + 32 * 1024, "memory grows with requests"

        personal = served.ask("POST", "/tokens", {"role": "supervisor", "id": "s", "minutes": 60})[1]["token"]
        idle = [stream(served, personal) for _ in range(STREAMS)]
        until(lambda: figure(served, "alliance_streams") == STREAMS)
        full = served.memory()
        print(f"{STREAMS} idle streams: {(full - after) / STREAMS:.1f} kB each")
        assert full - after < STREAMS * 64, "a stream costs more than its buffers"
        beside = wrk(served, work)
        print(f"beside them {beside['rate'] / most['rate']:.2f} of the highest rate, p50 {beside['p50']:.2f} ms, p99 {beside['p99']:.2f} ms")

        # Halves of requests, and lines that say nothing: let go, and nobody else is kept from anything.
        halves = [socket.create_connection((served.host, served.port), timeout=LIMIT) for _ in range(200)]
        for line in halves[::2]:
            line.sendall(f"POST /score HTTP/1.1\r\nAuthorization: Bearer {token}\r\nContent-Length: 10\r\n\r\n{{".encode())
        assert served.ask("GET", "/health")[0] == 200
        for line in halves:
            assert line.recv(1) == b""
            line.close()

        # Every stream is told of a report, those that nobody reads besides.
        opened = {"id": "o", "case": "c", "body_type": "CaseOpened", "body": {"service": "s", "practitioner": "p", "delivery": "blended"}}
        assert served.ask("POST", "/events", opened)[0] == 201
        assert served.ask("POST", "/cases/c/answers", json.loads(BODY))[0] == 201
        for line in idle[:: STREAMS // 20]:
            seen = b""
            while b"event: scored" not in seen:
                part = line.recv(65536)
                assert part, "a stream ended"
                seen += part
        for line in idle:
            line.close()
        until(lambda: figure(served, "alliance_streams") == 0)
        assert served.end() == 0, served.said()


main()
