#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""upgrade.py SOURCE-FOLDER BUILD-FOLDER WORK-FOLDER: stores that earlier programs wrote open in the library of today.

In each: every event that was in it is known again, the sheet has its score and the flag its item, nothing is damaged, what
comes next is taken, and it is all there when it is opened once more. A store of a format yet to come is refused by a sentence
that names both, and not a byte of it changes."""

import ctypes
import hashlib
import json
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
from ctypes import POINTER, byref, c_char_p, c_int32, c_uint8, c_uint32, c_uint64, c_void_p

SINK = ctypes.CFUNCTYPE(c_int32, c_void_p, POINTER(c_uint8), c_uint64)
JSON, PRACTITIONER, CASE, VERSION = 2, 2, 1, 5
NEXT = ('{"id":"after","case":"c1","time":1770000240000000,"body_type":"SessionHeld",'
        '"body":{"session":1,"minutes":30,"mode":"in_person"}}')


def structs(top):
    """Those of the example for other languages, and three more."""
    sys.path.insert(0, str(top / "examples/12_other_languages"))
    sys.dont_write_bytecode = True
    import score

    class Sink(score.Sized):
        _fields_ = [("size", c_uint32), ("reserved", c_uint32), ("context", c_void_p), ("write", SINK)]

    class Recorded(score.Sized):
        _fields_ = [("size", c_uint32), ("repeated", c_uint32), ("reports", c_uint64), ("safety_flags", c_uint64)]

    class Viewer(score.Sized):
        _fields_ = [("size", c_uint32), ("role", c_int32), ("id", c_char_p)]

    score.Sink, score.Recorded, score.Viewer = Sink, Recorded, Viewer
    return score


class Host:
    def __init__(self, lib, api, plugins, store):
        self.lib, self.api, self.host, self.error = lib, api, c_void_p(), api.alliance_error()
        options = api.alliance_host_options(
            tenant=b"example", store_path=str(store).encode(),
            config=b'{"safety":{"contact":"duty-desk","respond_minutes":60}}')
        self.status = lib.alliance_host_create(byref(options), byref(self.host), byref(self.error))
        if self.status == 0:
            self.done(lib.alliance_host_load_folder(self.host, str(plugins).encode(), None, None, byref(self.error)))
            self.done(lib.alliance_host_run(self.host, byref(self.error)))

    def done(self, status):
        assert status == 0, self.error.message.decode()

    def sink(self, pieces):
        def write(_, data, length):
            pieces.append(ctypes.string_at(data, length))
            return 0
        self.kept = SINK(write)  # as long as the call lasts
        return self.api.Sink(write=self.kept)

    def record(self, event):
        recorded = self.api.Recorded()
        self.done(self.lib.alliance_host_record(self.host, event.encode(), c_uint64(len(event.encode())), JSON, byref(self.sink([])),
                                                byref(recorded), byref(self.error)))
        return recorded

    def review(self):
        pieces = []
        viewer = self.api.Viewer(role=PRACTITIONER, id=b"p1")
        self.done(self.lib.alliance_host_review(self.host, CASE, b"c1", byref(viewer), JSON, byref(self.sink(pieces)), byref(self.error)))
        return json.loads(b"".join(pieces))

    def cases(self):
        """None: the list could not be made."""
        pieces = []
        viewer = self.api.Viewer(role=PRACTITIONER, id=b"p1")
        status = self.lib.alliance_host_cases(self.host, byref(viewer), JSON, byref(self.sink(pieces)), byref(self.error))
        return [case["id"] for case in json.loads(b"".join(pieces))["cases"]] if status == 0 else None

    def close(self):
        self.lib.alliance_host_close(self.host)


def events_of(example):
    """The events that the example records, out of its source."""
    array = re.search(r"events\[\] = \{(.*?)\n\};", example.read_text(), re.S)[1]
    joined = re.sub(r'"\s*\n\s*"', "", array)
    return [text.replace('\\"', '"') for text in re.findall(r'"((?:[^"\\]|\\.)*)"', joined)]


def format_of(store):
    database = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    try:
        return database.execute("PRAGMA user_version").fetchone()[0]
    finally:
        database.close()


def in_database(store, *statements):
    database = sqlite3.connect(store)
    try:
        answers = [database.execute(statement).fetchall() for statement in statements]
        database.commit()
        return answers
    finally:
        database.close()


def a_key_that_comes_back(lib, api, plugins, store):
    """Where a case cannot be read while it is looked for who carries each, nobody is left out of a list in silence: the list
    says what is the matter, and once the case is readable again it is looked for anew."""
    in_database(store, "UPDATE streams SET key = randomblob(length(key)) WHERE name = 'c1'")
    key = in_database(store.parent / "kept.db", "SELECT key FROM streams WHERE name = 'c1'")[0][0][0]
    host = Host(lib, api, plugins, store)
    host.done(host.status)
    assert host.cases() is None, "a case whose key is not there was left out of a list in silence"
    said = host.error.message.decode()
    host.close()
    assert in_database(store, "SELECT 1 FROM meta WHERE name = 'carriers'") == [[]], "what was not looked at is said to be known"
    in_database(store, f"UPDATE streams SET key = x'{key.hex()}' WHERE name = 'c1'")
    host = Host(lib, api, plugins, store)
    host.done(host.status)
    assert host.cases() == ["c1"], host.cases()
    host.close()
    assert in_database(store, "SELECT 1 FROM meta WHERE name = 'carriers'") == [[(1,)]]
    print(f"not in silence: {said}")


def copied(kept, work):
    folder = work / kept.name
    shutil.copytree(kept, folder)
    for path in folder.iterdir():
        path.chmod(0o600)
    return folder / "store.db"


def main(top, build, work):
    top, build, work = (pathlib.Path(name).resolve() for name in (top, build, work))
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    api = structs(top)
    lib = ctypes.CDLL(str(build / "lib/liballiance.so"))
    lib.alliance_host_close.restype = None
    plugins, events = build / "lib/alliance/plugins", events_of(top / "examples/02_record_and_review.c")
    assert len(events) == 4, events
    kept = sorted(path for path in (top / "tests/stores").iterdir() if (path / "store.db").exists())
    assert len(kept) >= 7, "a kept store is gone"

    newest = 0
    for folder in kept:
        store = copied(folder, work)
        before = format_of(store)
        for opened in ("first", "again"):
            host = Host(lib, api, plugins, store)
            host.done(host.status)
            for event in events:
                assert host.record(event).repeated == 1, f"{folder.name}: an event that was in it is not known: {event}"
            assert host.record(NEXT).repeated == (0 if opened == "first" else 1), folder.name
            course = host.review()["course"]
            assert host.cases() == ["c1"], f"{folder.name}: who carries the case is not known: {host.cases()}"
            scores = {score["scale"]: score["value"] for sheet in course["sheets"] for score in sheet["scores"]}
            assert scores.get("total") == 12, f"{folder.name}: the sheet's score is not what it was: {scores}"
            assert [session["minutes"] for session in course["sessions"]] == [30], course["sessions"]
            host.close()
        checked = subprocess.run([build / "bin/alliance", "store", "check", "--store", store], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        newest = max(newest, format_of(store))
        print(f"{folder.name}: format {before} opens as {format_of(store)}, with all that was in it")

    last = max(kept, key=lambda folder: format_of(folder / "store.db"))
    store = copied(last, work / "key")
    shutil.copy(store, store.parent / "kept.db")
    a_key_that_comes_back(lib, api, plugins, store)

    store = copied(kept[0], work / "newer")
    database = sqlite3.connect(store)
    database.execute(f"PRAGMA user_version = {newest + 1}")
    database.close()
    digest = hashlib.sha256(store.read_bytes()).hexdigest()
    host = Host(lib, api, plugins, store)
    said = host.error.message.decode()
    assert host.status == VERSION and str(newest) in said and str(newest + 1) in said, (host.status, said)
    assert hashlib.sha256(store.read_bytes()).hexdigest() == digest, "it was refused, and changed"
    print(f"refused: {said.replace(str(work), '...')}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
