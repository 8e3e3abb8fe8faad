# SPDX-License-Identifier: Apache-2.0
"""The manifest of a plugin in Python (``"runtime": "python"``), and how a Python host loads it.

    python -m alliance.manifest sleep-diary.py --id org.example.sleep-diary

writes ``sleep-diary.alliance.json`` beside the file, with its hash. A host refuses a file that was changed afterwards.
"""
from __future__ import annotations

import argparse
import hashlib
import json
import pathlib
import sys
import types
from typing import Any, Dict, List, Optional, Sequence, Tuple, Type

from .errors import BadInput, Error, InputOutput, VersionMismatch
from .kinds import _Plugin, described

_needed = ("id", "name", "vendor", "version", "licence", "kinds", "runtime", "library", "files")


def runs_in_python(manifest: pathlib.Path) -> bool:
    try:
        return bool(json.loads(manifest.read_bytes()).get("runtime") == "python")
    except (OSError, ValueError, AttributeError):
        return False  # the host says what is wrong with it


def id_of(manifest: pathlib.Path) -> str:
    return str(json.loads(manifest.read_bytes()).get("id"))


def _bad(manifest: pathlib.Path, why: str) -> BadInput:
    return BadInput(f"{manifest.name}: {why}")


def _checked(manifest: pathlib.Path) -> Tuple[Dict[str, Any], bytes]:
    """The manifest, and the bytes of its main file that were hashed."""
    said: Dict[str, Any] = json.loads(manifest.read_bytes())
    if said.get("format") != 1:
        raise VersionMismatch(f"{manifest.name}: its format is {said.get('format')} and this package reads 1: take a newer package")
    missing = [field for field in _needed if field not in said]
    if missing:
        raise _bad(manifest, f"field {missing[0]} is missing")
    if said.get("abi_major") != 1:
        raise VersionMismatch(f"{manifest.name}: it is made for ABI {said.get('abi_major')} and this package offers 1")
    folder, main = manifest.parent.resolve(), None
    for file in said["files"]:
        path = (folder / str(file.get("path", ""))).resolve()
        if folder not in path.parents:
            raise _bad(manifest, f"path {file.get('path')!r} leaves the folder: keep the plugin's files beside the manifest")
        try:
            written = path.read_bytes()
        except OSError as why:
            raise InputOutput(f"{manifest.name}: {file.get('path')} cannot be read: {why.strerror}") from None
        if hashlib.sha256(written).hexdigest() != file.get("sha256"):
            raise _bad(manifest, f"{file['path']} is not the file that the manifest was written for: write the manifest anew with "
                                 "python -m alliance.manifest, or take the file back")
        if file["path"] == said["library"]:
            main = written
    if main is None:
        raise _bad(manifest, f"library {said['library']!r} is none of its files")
    return said, main


def _classes(source: bytes, path: pathlib.Path) -> List[Type[_Plugin]]:
    """What the file offers: the classes that it defines itself, or those that its ``plugins`` lists."""
    module = types.ModuleType(f"alliance_plugin_{hashlib.sha256(source).hexdigest()[:16]}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    try:
        exec(compile(source, str(path), "exec"), module.__dict__)
    except Error:
        raise
    except Exception as why:
        raise BadInput(f"{path.name} cannot be run: {type(why).__name__}: {why}") from why
    named = getattr(module, "plugins", None)
    if named is not None:
        return list(named)
    return [one for one in vars(module).values()
            if isinstance(one, type) and issubclass(one, _Plugin) and one.__module__ == module.__name__ and not one.__name__.startswith("_")]


def classes_of(manifest: pathlib.Path) -> Tuple[str, List[Type[_Plugin]]]:
    """The id of a plugin in Python and its classes. Nothing of it runs before manifest and hashes were checked."""
    said, source = _checked(manifest)
    classes = _classes(source, manifest.parent / said["library"])
    kinds = sorted({one[0] for one in described(classes)})
    if kinds != sorted(said["kinds"]):
        raise _bad(manifest, f"it names the kinds {', '.join(said['kinds'])} and {said['library']} offers {', '.join(kinds) or 'none'}")
    return said["id"], classes


def write(source: pathlib.Path, id: str, *, name: Optional[str] = None, vendor: str = "not said", version: str = "0.1.0",
          licence: str = "not said", files: Sequence[pathlib.Path] = ()) -> pathlib.Path:
    """Writes the manifest of a plugin in Python beside its file. It runs the file once, to see what it offers."""
    folder = source.parent.resolve()
    written = source.read_bytes()
    kinds = sorted({one[0] for one in described(_classes(written, source))})
    if not kinds:
        raise BadInput(f"{source.name} defines no class that derives from Instrument, TimingPolicy, TailoringPolicy, ProgrammeAdapter or Transport")
    listed = [{"path": one.resolve().relative_to(folder).as_posix(), "sha256": hashlib.sha256(one.read_bytes()).hexdigest()}
              for one in (source, *files)]
    manifest = source.with_name(f"{source.stem}.alliance.json")
    manifest.write_text(json.dumps({
        "format": 1, "id": id, "name": name or source.stem, "vendor": vendor, "version": version, "licence": licence, "kinds": kinds,
        "abi_major": 1, "abi_minor": 0, "runtime": "python", "library": source.name, "files": listed}, indent=2) + "\n")
    return manifest


def _main(words: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m alliance.manifest", description="Writes the manifest of a plugin in Python.")
    parser.add_argument("source", type=pathlib.Path, help="the plugin's file")
    parser.add_argument("files", type=pathlib.Path, nargs="*", help="what else belongs to it, in the same folder")
    parser.add_argument("--id", required=True, help="a name of your own in reverse: org.example.sleep-diary")
    for field, default in (("name", None), ("vendor", "not said"), ("version", "0.1.0"), ("licence", "not said")):
        parser.add_argument(f"--{field}", default=default)
    asked = parser.parse_args(words)
    try:
        print(write(asked.source, asked.id, name=asked.name, vendor=asked.vendor, version=asked.version, licence=asked.licence,
                    files=asked.files))
    except (Error, OSError, ValueError) as why:
        print(f"alliance.manifest: {why}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(_main())
