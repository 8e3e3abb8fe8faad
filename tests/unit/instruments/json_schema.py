#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""json_schema.py SCHEMAS PLUGIN: the JSON Schemas for editors take what ships and refuse what the reader refuses."""

import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: the Python package jsonschema is not installed")
    sys.exit(0)


def faults(schema, value):
    return [f"{'/'.join(map(str, error.path))}: {error.message[:200]}"
            for error in jsonschema.Draft201909Validator(schema).iter_errors(value)]


def main(schemas, plugin):
    read = lambda path: json.loads(path.read_text())
    definition, pack, key = (read(schemas / f"{name}.schema.json") for name in ("instrument", "content-pack", "key-pack"))
    found = []
    definitions = sorted((plugin / "definitions").glob("*.json"))
    packs = sorted((plugin / "content").glob("*.json"))
    for schema, paths in ((definition, definitions), (pack, packs)):
        for path in paths:
            found += [f"{path.name}: {fault}" for fault in faults(schema, read(path))]
    good = read(plugin / "definitions" / "phq-9.json")
    for name, change in {
        "an unknown field": {"mising": {"rule": "none"}},
        "an unknown word": {"perspective": "patient"},
        "a number for a text": {"title": 9},
        "a text for a number": {"scales": [dict(good["scales"][0], max="27")]},
    }.items():
        if not faults(definition, good | change):
            found.append(f"{name} is not refused")
    if not faults(definition, {k: v for k, v in good.items() if k != "licence"}):
        found.append("a missing licence is not refused")
    if not faults(key, {"instrument": "phq-9"}):
        found.append("a key pack without a key is not refused")
    print("\n".join(found) or f"{len(definitions)} definitions, {len(packs)} packs")
    return 1 if found or not definitions or not packs else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])))
