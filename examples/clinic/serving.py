# SPDX-License-Identifier: Apache-2.0
"""What `run` and `course` have in common: a sidecar with these pages, until Ctrl-C, on a free port of this machine."""

import contextlib
import json
import pathlib
import re
import secrets
import signal
import subprocess
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
COMMAND = str(TOP / "build/bin/alliance")
WORDS = [{"language": "en", "watched": "Made up: answers are read before the next session.", "crisis": "Made up: where to find help.",
          "contacts": [{"label": "112", "href": "tel:112"}]},
         {"language": "zh-Hans", "watched": "示例：下次会谈前会有人阅读回答。", "crisis": "示例：在哪里可以获得帮助。",
          "contacts": [{"label": "120", "href": "tel:120"}]}]


def ask(url, token, path, body):
    request = urllib.request.Request(url + path, json.dumps(body).encode(), method="POST",
                                     headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def secret(path):
    """A secret in a file that nobody else can read."""
    path.touch(0o600)
    path.write_text(secrets.token_urlsafe(32))
    return path.read_text()


def address_of(sidecar, log):
    for _ in range(1200):
        found = re.search(r"^listening on (\S+)$", log.read_text(), re.M)
        if found:
            return found[1]
        if sidecar.poll() is not None:
            break
        time.sleep(0.1)
    sys.exit(f"the sidecar does not listen: {log.read_text()}")


class Ended(Exception):
    pass


def end(*_):
    raise Ended


@contextlib.contextmanager
def serving(alliance, work, settings):
    """Its process and its address. Ctrl-C and SIGTERM end what stands under `with`, and then the sidecar."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    (work / "sidecar.json").write_text(json.dumps({"pages": [str(HERE), str(TOP / "bindings/web")], "words": WORDS, **settings}))
    log = work / "sidecar.log"
    sidecar = None
    try:
        with log.open("w") as out:
            sidecar = subprocess.Popen([alliance, "serve", "--config", str(work / "sidecar.json")], stdout=out, stderr=out,
                                       stdin=subprocess.DEVNULL, start_new_session=True)
        yield sidecar, address_of(sidecar, log)
    except Ended:
        sys.exit(0)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        if sidecar is not None:
            sidecar.terminate()
            sidecar.wait()
