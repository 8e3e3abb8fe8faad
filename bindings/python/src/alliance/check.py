# SPDX-License-Identifier: Apache-2.0
"""The plugin checker, from Python."""
from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys
from typing import Any, Dict, List, NamedTuple, Union

from .errors import InternalFault, Unsupported
from .places import manifest_of, sdk


class Checked(NamedTuple):
    """What the checker said. ``tests`` are its tests in their order: ``test``, ``result``, ``text``, ``mend``."""

    ok: bool
    tests: List[Dict[str, Any]]

    @property
    def failed(self) -> List[Dict[str, Any]]:
        return [one for one in self.tests if one.get("result") == "failed"]

    def __bool__(self) -> bool:
        return self.ok


def command() -> pathlib.Path:
    """The `alliance` command: the one in the package, else that in the path."""
    own = sdk / "bin" / "alliance"
    if own.exists():
        return own
    found = shutil.which("alliance")
    if found is None:
        raise Unsupported("the command `alliance` is neither in this package nor in the path")
    return pathlib.Path(found)


def surroundings() -> Dict[str, str]:
    """The environment of the command: plugins in Python run with the interpreter that runs this."""
    return {"ALLIANCE_PYTHON": sys.executable, **os.environ}


def main() -> None:
    """`alliance`, as it is installed with the package."""
    found = str(command())
    os.execve(found, [found, *sys.argv[1:]], surroundings())


def check(path: Union[str, "os.PathLike[str]"]) -> Checked:
    """Runs the plugin checker on a plugin, named by its manifest or library. Each test runs in a process of its own: a
    plugin that crashes does not end this one.

    >>> import alliance
    >>> bool(alliance.check(alliance.plugin_folder / "rules.alliance.json"))
    True
    """
    manifest = manifest_of(pathlib.Path(os.fspath(path)))
    done = subprocess.run([str(command()), "check", "--json", str(manifest)], capture_output=True, text=True, env=surroundings())
    try:
        tests = [json.loads(line) for line in done.stdout.splitlines() if line]
    except ValueError:
        tests = []
    if not tests:
        raise InternalFault(f"the checker ended with status {done.returncode}: {done.stderr.strip()[:200]}")
    return Checked(done.returncode == 0, tests)
