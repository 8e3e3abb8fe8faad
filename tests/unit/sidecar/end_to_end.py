#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""end_to_end.py ALLIANCE WORK: the command with its sockets, from its first line to its end."""

import http.client
import json
import pathlib
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time

from served import LIMIT, Served

PHQ9 = {"instrument": "phq-9", "answers": [{"item": str(i), "value": 1} for i in range(1, 10)]}


def opened(case, practitioner="p-7"):
    return {"id": case + "-opened", "case": case, "body_type": "CaseOpened",
            "body": {"service": "north", "practitioner": practitioner, "delivery": "blended"}}


def raw(served, data, wait_for_end=True):
    """What comes back for bytes that no client would send."""
    with socket.create_connection((served.host, served.port), timeout=LIMIT) as line:
        line.sendall(data)
        out = b""
        while wait_for_end:
            part = line.recv(4096)
            if not part:
                break
            out += part
        return out


def first_look(command, work):
    with Served(command, log=work / "look.log") as served:
        if shutil.which("curl"):
            said = subprocess.run(shlex.split(served.curl), capture_output=True, text=True, timeout=LIMIT, check=True).stdout
            assert json.loads(said)["scored"]["scores"][0]["value"] == 3, said
        status, said, _ = served.ask("POST", "/score", {"instrument": "phq-2", "answers": [{"item": "1", "value": 2}, {"item": "2", "value": 1}]})
        assert status == 200 and said["scored"]["scores"][0]["value"] == 3, said
        assert served.ask("GET", "/ready")[0] == 200
        assert served.ask("GET", "/cases", token="wrong")[0] == 401
        assert served.end() == 0, served.said()


def limits(command, work):
    token = "limits-limits-limits-limits-limits"
    (work / "token").write_text(token)
    (work / "token").chmod(0o600)
    settings = {"tenants": [{"tenant": "t", "store": str(work / "limits.db"), "host": {"safety": {"contact": "duty"}}}],
                "tokens": [{"name": "n", "tenant": "t", "role": "service", "file": str(work / "token")}],
                "limits": {"body_bytes": 2048, "header_bytes": 2048, "request_seconds": 3, "idle_seconds": 3, "connections": 8}}
    (work / "limits.json").write_text(json.dumps(settings))
    with Served(command, "--config", str(work / "limits.json"), log=work / "limits.log") as served:
        served.token = token
        status, said, headers = served.ask("POST", "/score", b" " * 5000)
        assert status == 413 and headers["Content-Type"] == "application/problem+json", (status, said)
        head = "POST /score HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n"
        assert b" 401 " in raw(served, head.encode()).splitlines()[0], "it waits for the body of a stranger"
        assert served.ask("GET", "/health", X_Long="x" * 4000)[0] == 431
        assert b"400" in raw(served, b"nonsense\r\n\r\n").splitlines()[0]
        # Who says nothing, or half of something, is let go, and others are served meanwhile.
        lines = [socket.create_connection((served.host, served.port), timeout=LIMIT) for _ in range(4)]
        lines[0].sendall(b"POST /score HTTP/1.1\r\nHost: x\r\n")
        lines[1].sendall(f"POST /score HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: 100\r\n\r\n{{".encode())
        assert served.ask("GET", "/health")[0] == 200
        for line in lines:
            assert line.recv(100) == b"", "it was not let go"
            line.close()
        assert token not in served.said()
        assert served.end() == 0, served.said()


def whole(line):
    """One answer off a connection that stays: its first line, its headers in lower case, its body."""
    head, _, rest = b"".join(iter(lambda: line.readline(), b"\r\n")).partition(b"\r\n")
    headers = dict(row.lower().split(": ", 1) for row in rest.decode().splitlines())
    return head.decode(), headers, line.read(int(headers.get("content-length", 0)))


def odd_clients(command, work):
    """What proxies, old programs and careful ones send, on one connection that never loses its place."""
    with Served(command, log=work / "odd.log") as served, socket.create_connection((served.host, served.port), timeout=LIMIT) as line:
        came = line.makefile("rb")
        ask = f"Host: x\r\nAuthorization: Bearer {served.token}\r\n"
        sheet = json.dumps(PHQ9).encode()
        many = f"GET /health HTTP/1.1\r\n{ask}\r\n" * 50
        line.sendall(many.encode())  # without waiting
        for _ in range(50):
            assert whole(came)[2] == b'{"state":"up"}'
        line.sendall(f"HEAD /health HTTP/1.1\r\n{ask}\r\nHEAD /events HTTP/1.1\r\n{ask}\r\n".encode())
        for status in ("200", "405"):
            head = b"".join(iter(came.readline, b"\r\n"))  # and no body: the next answer begins here
            assert head.startswith(f"HTTP/1.1 {status} ".encode()) and b"Content-Length: " in head, head
        line.sendall(f"GET http://elsewhere:1/health HTTP/1.1\r\n{ask}\r\n".encode())
        assert whole(came)[0] == "HTTP/1.1 200 OK"
        line.sendall(f"POST /score HTTP/1.1\r\n{ask}Expect: 100-continue\r\nContent-Length: {len(sheet)}\r\n\r\n".encode())
        assert whole(came)[0] == "HTTP/1.1 100 Continue"
        line.sendall(sheet)
        assert b"scored" in whole(came)[2]
        line.sendall(f"POST /score HTTP/1.1\r\n{ask}Transfer-Encoding: chunked\r\n\r\n".encode())
        for i in range(0, len(sheet), 50):
            part = sheet[i:i + 50]
            line.sendall(f"{len(part):x};x=y\r\n".encode() + part + b"\r\n")
        line.sendall(b"0\r\nX-Trailer: 1\r\n\r\n")
        assert b"scored" in whole(came)[2]
        line.sendall(f"GET /health HTTP/1.0\r\n{ask}Connection: keep-alive\r\n\r\n".encode())
        head, headers, _ = whole(came)
        assert head == "HTTP/1.0 200 OK" and headers["connection"] == "keep-alive" and headers["date"].endswith("gmt"), (head, headers)
        for odd, status in ((b"[" * 3000, 400), (b'{"instrument":"phq-9\xff","answers":[]}', 400), (b'{"instrument":"phq\\u0000","answers":[{"item":"1","value":1}]}', 400),
                            (b'{"instrument":"phq-9","answers":[{"item":"1","value":1e999}]}', 400), (b"\0", 400), (b"", 400), (b"null", 400)):
            assert served.ask("POST", "/score", odd)[0] == status, (odd[:40], served.ask("POST", "/score", odd))
        line.sendall(f"GET /health HTTP/1.1\r\n{ask}Connection: close\r\n\r\n".encode())
        assert whole(came)[1]["connection"] == "close" and came.read() == b""
        assert served.end() == 0, served.said()


def stream(command, work):
    with Served(command, log=work / "stream.log") as served:
        assert served.ask("POST", "/events", opened("anna"))[0] == 201
        personal = served.ask("POST", "/tokens", {"role": "practitioner", "id": "p-7"})[1]["token"]
        line = socket.create_connection((served.host, served.port), timeout=LIMIT)
        line.sendall(f"GET /reports HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {personal}\r\n\r\n".encode())
        text = line.makefile("r", encoding="utf-8")
        assert "200" in text.readline()
        while not text.readline().startswith("retry:"):
            pass
        flagged = dict(PHQ9, answers=PHQ9["answers"][:8] + [{"item": "9", "value": 3}])
        status, said, _ = served.ask("POST", "/cases/anna/answers", flagged, Idempotency_Key="sheet-1")
        assert status == 201 and said["safety"][0]["item"] == "9", said
        names = set()
        while not {"safety-flag", "scored"} <= names:
            row = text.readline()
            assert row, "the stream ended"
            if row.startswith("event: "):
                names.add(row.split()[1])
        assert served.end() == 0, served.said()
        while text.readline():  # it ends with the sidecar
            pass


def tls(command, work):
    """TLS 1.3 alone, with the certificate that the settings name."""
    if not shutil.which("openssl"):
        print("skipped: tls, openssl is not installed")
        return
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-keyout", work / "tls.key", "-out", work / "tls.pem"], check=True, capture_output=True)
    settings = json.loads((work / "limits.json").read_text())
    settings["tls"] = {"certificate": str(work / "tls.pem"), "private_key": str(work / "tls.key")}
    (work / "tls.json").write_text(json.dumps(settings))
    with Served(command, "--config", str(work / "tls.json"), log=work / "tls.log") as served:
        assert served.url.startswith("https://"), served.url
        for version, works in ((ssl.TLSVersion.TLSv1_3, True), (ssl.TLSVersion.TLSv1_2, False)):
            context = ssl.create_default_context(cafile=work / "tls.pem")
            context.minimum_version = context.maximum_version = version
            connection = http.client.HTTPSConnection(served.host, served.port, timeout=LIMIT, context=context)
            try:
                connection.request("GET", "/health")
                status = connection.getresponse().status
            except (ssl.SSLError, OSError):
                status = None
            assert (status == 200) == works, (version, status)
            connection.close()
        assert b"200" not in raw(served, b"GET /health HTTP/1.1\r\n\r\n"), "it answers what is no TLS"
        assert served.end() == 0, served.said()


def log_lines(command, work):
    """One line per event of operation, as JSON where the settings say so, from the first to the last; nothing about a person."""
    settings = json.loads((work / "limits.json").read_text())
    settings["log"] = {"form": "json"}
    (work / "log.json").write_text(json.dumps(settings))
    with Served(command, "--config", str(work / "log.json"), log=work / "log.log") as served:
        assert served.ask("GET", "/cases", token="a-wrong-token")[0] == 401
        assert served.ask("POST", "/events", opened("case-of-anna"), token=(work / "token").read_text())[0] == 201
        assert served.end() == 0, served.said()
        rows = [json.loads(line) for line in served.said().splitlines()]
        for row in rows:
            assert list(row) == ["time", "level", "message"] and row["time"].endswith("Z"), row
        told = [(row["level"], row["message"]) for row in rows]
        for level, part in (("info", "starts with 1 tenants"), ("info", "tenant t is open"), ("info", f"listening on {served.url}"),
                            ("info", "stopping"), ("warning", "1 requests without a good token"), ("info", "stopped")):
            assert any(one == level and part in message for one, message in told), (level, part, told)
        for secret in ("a-wrong-token", (work / "token").read_text(), "anna"):
            assert secret not in served.said(), secret
    settings["log"] = {"level": "error"}
    (work / "log.json").write_text(json.dumps(settings))
    with Served(command, "--config", str(work / "log.json"), log=work / "log.log") as served:
        assert served.end() == 0
        assert served.said() == f"listening on {served.url}\n", served.said()


def graceful_stop(command, work):
    """What was acknowledged before SIGTERM, or while it ended, is there afterwards."""
    store = str(work / "kept.db")
    acknowledged, lock = [], threading.Lock()
    with Served(command, "--store", store, log=work / "stop.log") as served:
        assert served.ask("POST", "/events", opened("anna"))[0] == 201

        def write(name):
            for i in range(1000):
                key = f"{name}-{i}"
                try:
                    status = served.ask("POST", "/events", {"id": key, "case": "anna", "body_type": "ToolUsed", "body": {"tool": "diary"}})[0]
                except (OSError, ValueError):
                    return
                if status != 201:
                    return
                with lock:
                    acknowledged.append(key)

        threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
        for one in threads:
            one.start()
        while len(acknowledged) < 40:
            time.sleep(0.01)
        assert served.end() == 0, served.said()
        for one in threads:
            one.join(LIMIT)
    with Served(command, "--store", store, log=work / "again.log") as served:
        for key in acknowledged:
            status, said, _ = served.ask("POST", "/events", {"id": key, "case": "anna", "body_type": "ToolUsed", "body": {"tool": "diary"}})
            assert status == 200 and said["repeated"], (key, said)
        assert served.end() == 0
    print(f"{len(acknowledged)} events were acknowledged before it ended, and all are there")


def main():
    command, work = sys.argv[1], pathlib.Path(sys.argv[2])
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for part in (first_look, limits, odd_clients, tls, log_lines, stream, graceful_stop):
        print(part.__name__, flush=True)
        part(command, work)


main()
