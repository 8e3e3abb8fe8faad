#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The fragments that are there can be read, and a release of made-up ones does what it says, once and again."""

import pathlib
import subprocess
import sys
import tempfile

SCRIPT = pathlib.Path(__file__).with_name("changelog.py")


def run(*words):
    done = subprocess.run([sys.executable, SCRIPT, *map(str, words)], capture_output=True, text=True)
    return done.returncode, done.stdout


def main():
    status, said = run("check")
    print(said, end="")
    assert status == 0
    with tempfile.TemporaryDirectory() as folder:
        top = pathlib.Path(folder)
        (top / "changes").mkdir()
        (top / "CMakeLists.txt").write_text("project(AllianceSDK VERSION 7.1.0 LANGUAGES C)\n")
        (top / "CHANGELOG.md").write_text("# Changes\n\n## 7.1.0, not released yet\n\nLater.\n\n## 7.0.0, 2026-01-01\n\n- Old.\n")
        assert run("release", "2026-02-03", top)[0] == 1, "a release without a change"
        (top / "changes/README.md").write_text("stays\n")
        (top / "changes/a.fixed.md").write_text("A fault\nis mended.\n")
        (top / "changes/b.removed.md").write_text("It is gone.\n")
        assert run("release", "2026-02-03", top)[0] == 0
        log = (top / "CHANGELOG.md").read_text()
        assert log.index("## 7.1.0, 2026-02-03") < log.index("- It is gone.") < log.index("- A fault is mended.") < log.index("## 7.0.0")
        assert "not released yet" not in log and log.count("## ") == 4, log
        assert [path.name for path in (top / "changes").iterdir()] == ["README.md"]
        for name, text in (("odd.txt", "A sentence."), ("c.improved.md", "A sentence."), ("d.added.md", "no sentence")):
            (top / "changes" / name).write_text(text)
            status, said = run("check", top)
            assert status == 1 and name in said, (name, said)
            (top / "changes" / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
