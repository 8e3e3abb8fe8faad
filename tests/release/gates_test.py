#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gates_test.py SOURCE-FOLDER: what keeps tests/release/run from making a release, each gate closed alone. The gates run in a
small repository of their own, where .ci/run says at once what it would say after half an hour."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(sys.argv[1]).resolve()
GIT = {"GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@t.invalid", "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@t.invalid",
       "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}


def git(top, *words):
    subprocess.run(["git", "-c", f"safe.directory={top}", *words], cwd=top, check=True, capture_output=True, env={**os.environ, **GIT})


def commit(top):
    git(top, "add", "-A")
    git(top, "commit", "-q", "--allow-empty", "-m", "as it is")


def ready(top, version="7.1.0"):
    """A repository whose every gate is open, as far as .ci/run; what it was asked is in its file `asked`."""
    (top / "tests/release").mkdir(parents=True)
    shutil.copy(SOURCE / "tests/release/run", top / "tests/release/run")
    (top / "CMakeLists.txt").write_text(f"project(AllianceSDK VERSION {version} LANGUAGES C)\n")
    (top / "CHANGELOG.md").write_text(f"# Changes\n\n## {version}, 2026-02-03\n\n- All.\n")
    for kept in ("tests/abi/frozen", "tests/stores"):
        (top / kept / "7.1").mkdir(parents=True)
        (top / kept / "7.1/kept").write_text("x")
    (top / ".gitignore").write_text("asked\nbuild/\n")
    gates(top, 0)
    git(top, "init", "-q")
    commit(top)


def gates(top, status):
    (top / ".ci").mkdir(exist_ok=True)
    (top / ".ci/run").write_text(f"#!/bin/sh\necho asked >>asked\nexit {status}\n")
    (top / ".ci/run").chmod(0o755)


def release(top, *words):
    done = subprocess.run(["bash", "tests/release/run", *words], cwd=top, capture_output=True, text=True, env={**os.environ, **GIT})
    return done.returncode, done.stdout + done.stderr


def closed(what, change, sentence, asks=False):
    with tempfile.TemporaryDirectory() as folder:
        top = pathlib.Path(folder).resolve()
        ready(top)
        change(top)
        status, said = release(top)
        assert status == 1 and sentence in said, (what, status, said)
        assert (top / "asked").exists() == asks, (what, "the gates were " + ("not asked" if asks else "asked in vain"))
        assert not (top / "build/dist").exists(), (what, "artefacts were made all the same")
        print(f"{what}: {sentence}")


def undated(top):
    (top / "CHANGELOG.md").write_text("# Changes\n\n## 7.1.0, not released yet\n")
    commit(top)


def another(top):
    (top / "CHANGELOG.md").write_text("# Changes\n\n## 7x1.0, 2026-02-03\n\n## 7.0.0, 2026-01-01\n")
    commit(top)


def without(folder):
    def change(top):
        shutil.rmtree(top / folder)
        commit(top)
    return change


def failing(top):
    gates(top, 1)
    commit(top)


def main():
    closed("a change", lambda top: (top / "CMakeLists.txt").open("a").write("# more\n"), "there are changes that are not committed")
    closed("a new file", lambda top: (top / "more").write_text("x"), "there are changes that are not committed")
    closed("no date", undated, "CHANGELOG.md has no dated section 7.1.0")
    closed("another version", another, "CHANGELOG.md has no dated section 7.1.0")
    closed("nothing frozen", without("tests/abi/frozen/7.1"), "tests/abi/frozen/7.1 is not there")
    closed("no store kept", without("tests/stores/7.1"), "tests/stores/7.1 is not there")
    closed("a stage that fails", failing, "a gate is closed", asks=True)
    closed("nothing built", lambda top: None, "nothing is built yet", asks=True)
    with tempfile.TemporaryDirectory() as folder:  # all that is closed is said at once
        top = pathlib.Path(folder).resolve()
        ready(top)
        undated(top)
        without("tests/stores/7.1")(top)
        status, said = release(top)
        assert status == 1 and said.count("release: ") == 2, said
        for words in (("--artifacts",), ("--artefacts", "now"), ("", "now")):
            status, said = release(top, *words)
            assert status == 2 and "usage" in said, (words, status, said)
        assert not (top / "asked").exists()


main()
