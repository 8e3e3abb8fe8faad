#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sign.py COMMAND TEST-PLUGINS: a key is made, a plugin is signed, and inspect says what a host would say of it."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

command, built = sys.argv[1], pathlib.Path(sys.argv[2])
wrong = []


def run(*words, status=0, says=""):
    done = subprocess.run([command, *map(str, words)], capture_output=True, text=True, timeout=120)
    if done.returncode != status or says not in done.stdout + done.stderr:
        wrong.append(f"alliance {' '.join(map(str, words))}: status {done.returncode}, wanted {status} and '{says}':\n"
                     f"{done.stdout}{done.stderr}")
    return done


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for file in ("test_mood.alliance.json", "liballiance_test_mood.so"):
            shutil.copy(built / file, folder)
        manifest, key, trust = folder / "test_mood.alliance.json", folder / "key.pem", folder / "trust.json"
        run("inspect", manifest, says="signature  none")
        made = run("sign", "--make-key", key, "--name", "Example Ltd", "--until", "2099-12-31")
        trust.write_text(made.stdout)
        for day, says in (("yesterday", "is no day"), ("2020-01-01", "is over already")):
            run("sign", "--make-key", folder / "other.pem", "--name", "X", "--until", day, status=2, says=says)
        if (folder / "other.pem").exists():
            wrong.append("a key was made for a day that is none")
        run("sign", "--make-key", key, "--name", "Example Ltd", status=1, says="cannot be made")
        run("inspect", manifest, "--trust", trust, says="signature  none")
        before = json.loads(manifest.read_text())
        run("sign", manifest, "--key", key, says="org.example.mood 1.0.0 is signed")
        after = json.loads(manifest.read_text())
        if {**before, "signature": after.get("signature")} != after:
            wrong.append("signing changed more than the signature")
        run("inspect", manifest, says="not checked: name a trust file")
        run("inspect", manifest, "--trust", trust, says="good, by Example Ltd")
        told = json.loads(run("inspect", manifest, "--trust", trust, "--json").stdout)
        if not told["signature"].startswith("good") or not told["isolation_here"]:
            wrong.append(f"inspect --json says {told}")
        signed = manifest.read_text()
        run("sign", manifest, "--key", key)  # again: the same bytes
        if manifest.read_text() != signed:
            wrong.append("signed twice it is not the same")
        run("check", manifest, "--only", "manifest-hashes")
        manifest.write_text(signed.replace('"Example"', '"Another"'))
        run("inspect", manifest, "--trust", trust, status=1, says="is not over these bytes")
        run("sign", manifest, "--key", trust, status=3, says="no private key")
        run("sign", manifest, "--key", folder / "gone", status=3, says="cannot be opened")
        run("sign", folder / "gone", "--key", key, status=3)
        run("sign", manifest, status=2)
        run("sign", status=2)
        run("inspect", manifest, "--trust", folder / "gone", status=3, says="trust file")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
