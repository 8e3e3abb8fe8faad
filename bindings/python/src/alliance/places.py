# SPDX-License-Identifier: Apache-2.0
"""Where plugins lie. A library is begun once per process: a second host that is open at the same time gets a copy."""
from __future__ import annotations

import json
import pathlib
import shutil
import tempfile
import threading
import weakref
from typing import Any, Dict, List

from .errors import InvalidCall, NotFound

#: Where the plugins and the command lie that came with this package.
sdk = pathlib.Path(__file__).parent / "_sdk"
plugin_folder = sdk / "lib" / "alliance" / "plugins"

_lock = threading.Lock()
_copies: Dict[pathlib.Path, List[pathlib.Path]] = {}
_taken: Dict[pathlib.Path, "weakref.ref[Any]"] = {}
_folders: List["tempfile.TemporaryDirectory[str]"] = []  # to the end of the process: what was loaded stays mapped


def manifest_of(path: pathlib.Path) -> pathlib.Path:
    """The manifest of a plugin, which may be named by its library."""
    if path.name.endswith(".alliance.json"):
        return path
    if path.suffix == ".so":
        name = path.name[:-3]
        for short in (name, name[len("liballiance_"):] if name.startswith("liballiance_") else name):
            beside = path.with_name(f"{short}.alliance.json")
            if beside.exists():
                return beside
        raise NotFound(f"there is no manifest beside {path.name}")
    raise InvalidCall(f"{path.name} is no manifest (NAME.alliance.json) and no library (.so)")


def named(plugin: str) -> pathlib.Path:
    """The manifest of a plugin that came with the package."""
    path = plugin_folder / f"{plugin}.alliance.json"
    if not path.exists():
        there = sorted(one.name.split(".")[0] for one in plugin_folder.glob("*.alliance.json"))
        raise NotFound(f"no plugin {plugin!r} came with this package; there are {', '.join(there)}. "
                       "Another plugin is loaded by the path of its manifest")
    return path


def _copy(manifest: pathlib.Path) -> pathlib.Path:
    folder = tempfile.TemporaryDirectory(prefix="alliance-plugin-")
    _folders.append(folder)
    to = pathlib.Path(folder.name)
    for file in json.loads(manifest.read_bytes())["files"]:
        target = to / file["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(manifest.parent / file["path"], target)
    data = manifest.parent / manifest.name.split(".")[0]
    if data.is_dir():
        shutil.copytree(data, to / data.name)
    shutil.copy2(manifest, to)
    return to / manifest.name


def take(manifest: pathlib.Path, core: Any) -> pathlib.Path:
    """A manifest whose library no other open host of this process has: this one, or a copy of it."""
    manifest = manifest.resolve()
    with _lock:
        places = [manifest, *_copies.get(manifest, [])]
        for place in places:
            holder = _taken[place]() if place in _taken else None
            if holder is None or holder.closed or holder is core:
                break
        else:
            try:
                place = _copy(manifest)
            except (OSError, ValueError, KeyError, TypeError):
                return manifest  # the host says what is wrong with it
            _copies.setdefault(manifest, []).append(place)
        _taken[place] = weakref.ref(core)
        return place
