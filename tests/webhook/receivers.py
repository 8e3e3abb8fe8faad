#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""receivers.py LANGUAGE EXAMPLE PLATFORM PLUGINS WORK: the example of a receiver, in node or php, before the webhook plugin.

The plugin posts a case's reports to it in its modes, with one key and with two; then what nobody signed, what was signed
with another key, altered, too old, or sent again is posted by hand. Status 77 where the language is not there."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

language, example, platform, plugins, work = sys.argv[1:]
work = pathlib.Path(work)
KEYS = {"old": "a key that is on its way out, of 24 bytes", "new": "whsec_" + base64.b64encode(bytes(range(32))).decode(),
        "other": "a key that this receiver does not have"}


def check(condition, sentence):
    if not condition:
        sys.exit(f"FAILED: {sentence}")


class Receiver:
    def __init__(self, name, *keys):
        self.inbox = work / name
        files = [str(work / f"{key}.key") for key in keys]
        command = {"node": ["node", example, str(self.inbox), *files], "php": ["php", "-S", "127.0.0.1:0", example]}[language]
        environment = os.environ | {"INBOX": str(self.inbox), "KEYS": ":".join(files)}
        self.log = work / f"{name}.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def __enter__(self):
        for _ in range(600):
            found = re.search(r"http://127\.0\.0\.1:(\d+)", self.log.read_text(errors="replace"))
            if found:
                self.port = int(found[1])
                return self
            check(self.process.poll() is None, f"the receiver ended: {self.log.read_text()}")
            time.sleep(0.1)
        sys.exit("FAILED: the receiver did not say its port")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def kept(self):
        return sorted(path.name for path in self.inbox.glob("*.json"))

    def post(self, headers, body, method="POST"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, "/hook", body, headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status


def key_of(name):
    text = KEYS[name]
    return base64.b64decode(text[6:]) if text.startswith("whsec_") else text.encode()


def signed(body, *keys, seconds=None, ident="msg-1"):
    seconds = str(int(time.time()) if seconds is None else seconds)
    content = f"{ident}.{seconds}.".encode() + body
    signs = ["v1," + base64.b64encode(hmac.new(key_of(key), content, hashlib.sha256).digest()).decode() for key in keys]
    return {"webhook-id": ident, "webhook-timestamp": seconds, "webhook-signature": " ".join(signs), "content-type": "application/json"}


def report(receiver, name, mode, *keys):
    secrets = ",".join(str(work / f"{key}.key") for key in keys)
    status = subprocess.run([platform, f"http://127.0.0.1:{receiver.port}/hook", secrets, mode, plugins, str(work / f"{name}.db")],
                            check=False, timeout=300).returncode
    check(status == 0, f"the platform ended with {status}")
    return receiver.kept()


def from_the_plugin():
    """While keys are replaced: the sender has the old one, both, the new one; the receiver has both, or one of them."""
    arrived = {}
    for name, theirs, mode, ours in [("before", ["old"], "structured", ["old"]), ("first", ["old", "new"], "structured", ["old"]),
                                     ("both", ["old", "new"], "batched", ["new", "old"]), ("only-old", ["old"], "structured", ["new", "old"]),
                                     ("after", ["new"], "batched", ["new"])]:
        with Receiver(name, *theirs) as receiver:
            arrived[name] = report(receiver, name, mode, *ours)
            for path in receiver.inbox.glob("*.json"):
                event = json.loads(path.read_text())
                check(bytes.fromhex(path.stem).decode() == event["id"], "a file is named by its report")
                check(event["type"].startswith("org.alliance-sdk.report."), f"{event['type']} is no report")
    kinds = {json.loads(path.read_text())["type"].rsplit(".", 1)[1] for path in (work / "both").glob("*.json")}
    check({"scored", "safety-flag"} <= kinds, f"only {kinds} arrived")
    check(all(one == arrived["before"] for one in arrived.values()), f"not the same arrived each time: {arrived}")
    return len(arrived["before"])


def by_hand():
    body = json.dumps({"id": "r-1", "type": "org.alliance-sdk.report.scored", "sequence": "9007199254740993", "data": {"π": 1.0}}).encode()
    now = int(time.time())
    with Receiver("hand", "old", "new") as receiver:
        for why, headers, sent in [
            ("without a signature", {"content-type": "application/json"}, body),
            ("with an empty one", signed(body, "old") | {"webhook-signature": ""}, body),
            ("with another key", signed(body, "other"), body),
            ("altered", signed(body, "old"), body.replace(b"r-1", b"r-2")),
            ("under another id", signed(body, "old") | {"webhook-id": "msg-2"}, body),
            ("at another time", signed(body, "old", seconds=now) | {"webhook-timestamp": str(now - 1)}, body),
            ("six minutes old", signed(body, "old", seconds=now - 360), body),
            ("six minutes ahead", signed(body, "old", seconds=now + 360), body),
            ("with a time that is none", signed(body, "old", seconds=0) | {"webhook-timestamp": "now"}, body),
            ("of another version", signed(body, "old") | {"webhook-signature": signed(body, "old")["webhook-signature"].replace("v1,", "v2,")}, body),
            ("cut off", signed(body, "old") | {"webhook-signature": signed(body, "old")["webhook-signature"][:-6]}, body),
        ]:
            status = receiver.post(headers, sent)
            check(status == 401, f"what comes {why} is answered {status}")
        check(receiver.kept() == [], "something of it was kept")
        check(receiver.post({}, None, "GET") == 405, "GET is answered as POST")
        check(receiver.post(signed(b"{", "old"), b"{") == 400, "what is no JSON is taken")
        check(receiver.post(signed(b"{}", "old"), b"{}") == 422, "an event without an id is taken")
        for ident in ("../r", "r\n"):
            odd = json.dumps({"id": ident, "type": "x"}).encode()
            check(receiver.post(signed(odd, "old"), odd) in (204, 422), f"{ident!r}")
        check(not (work / "r.json").exists(), "an id leads out of the inbox")
        before = set(receiver.kept())
        for headers in (signed(body, "old"), signed(body, "new"), signed(body, "other", "new"), signed(body, "old", ident="msg-9")):
            check(receiver.post(headers, body) == 204, "what is genuine is not taken")
        new = set(receiver.kept()) - before
        check(new == {"r-1".encode().hex() + ".json"}, f"a repeat was kept twice: {new}")
        check(json.loads((receiver.inbox / new.pop()).read_text()) == json.loads(body), "what was kept is not what came")
        large = json.dumps({"id": "r-3", "data": "x" * (1 << 20)}).encode()
        check(receiver.post(signed(large, "old"), large) == 413, "a body beyond the limit is taken")


if not shutil.which(language):
    print(f"skipped: there is no {language}")
    sys.exit(77)
shutil.rmtree(work, ignore_errors=True)
work.mkdir(parents=True)
for each, text in KEYS.items():
    (work / f"{each}.key").write_text(text + "\n")
count = from_the_plugin()
by_hand()
print(f"{count} reports, five times")
