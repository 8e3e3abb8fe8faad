# SPDX-License-Identifier: Apache-2.0
"""A sidecar that runs: begun, asked, ended by its process id."""

import http.client
import json
import os
import re
import signal
import subprocess
import time

LIMIT = 120  # seconds for whatever should come at once on a quiet machine


def until(what, condition):
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, f"in {LIMIT} s it did not come to this: {what}"
        time.sleep(0.05)


def settings(work, name, **limits):
    """A tenant t with an empty store and one token of a service, in NAME.json; the token."""
    token = "-".join([name] * 6)
    (work / f"{name}.token").write_text(token)
    (work / f"{name}.token").chmod(0o600)
    for old in work.glob(f"{name}.db*"):
        old.unlink()
    (work / f"{name}.json").write_text(json.dumps({
        "tenants": [{"tenant": "t", "store": str(work / f"{name}.db"), "host": {"safety": {"contact": "duty"}}}],
        "tokens": [{"name": name, "tenant": "t", "role": "service", "file": str(work / f"{name}.token")}],
        "limits": {"requests_per_second": 0, **limits}}))
    return token


class Served:
    """The command with these arguments; with --config the url is on standard error."""

    def __init__(self, command, *more, log):
        self.log = open(log, "wb+")
        printed = "--config" not in more
        self.process = subprocess.Popen([command, "serve", *more, *(["--json"] if printed else [])],
                                        stdout=subprocess.PIPE, stderr=self.log)
        self.token = self.curl = None
        if printed:
            said = json.loads(self.process.stdout.readline())
            self.url, self.token, self.curl = said["url"], said["token"], said["curl"]
        else:
            self.url = self._from_log()
        self.host, port = self.url.split("//")[1].rsplit(":", 1)
        self.port = int(port)

    def _from_log(self):
        for _ in range(LIMIT * 10):
            if found := re.search(r"\blistening on (https?://[^\s\"]+)[\n\"]", self.said()):
                return found[1]
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError("it does not listen: " + self.said())

    def said(self):
        return os.pread(self.log.fileno(), 1 << 20, 0).decode(errors="replace")

    def ask(self, method, target, body=None, token=None, **headers):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=LIMIT)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers["Authorization"] = "Bearer " + (token or self.token or "")
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if "json" in answer.headers.get("Content-Type", "") else text, answer.headers
        finally:
            connection.close()

    def figure(self, name):
        return float(re.search(rf"^{name} (\S+)$", self.ask("GET", "/metrics")[1].decode(), re.M).group(1))

    def memory(self):
        """Kilobytes in memory now."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def end(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(LIMIT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.log.close()
