#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""openapi.py OPENAPI.json VERSION OUTPUT TABLES.schema.json...

Writes the sidecar's whole OpenAPI document: what stands in OPENAPI.json, and of the tables of sdk/schema, as flatc
describes them, those that it refers to."""

import json
import re
import sys

PREFIX = "#/definitions/alliance_fb_"
PLACE = "#/components/schemas/"


def renamed(value):
    """flatc's references and names, as components of the document. 64-bit limits are beyond what JavaScript counts to,
    and flatc writes null where it means that the shape is somebody else's."""
    if isinstance(value, dict):
        kept = {key: one for key, one in value.items() if not (key in ("minimum", "maximum") and abs(one) > 2**53)}
        return {key: renamed(one) for key, one in kept.items()}
    if isinstance(value, list):
        return [renamed(one) for one in value]
    if isinstance(value, str) and value.startswith(PREFIX):
        return PLACE + value[len(PREFIX):]
    return value


def references(value):
    return set(re.findall(PLACE + r'([A-Za-z]+)"', json.dumps(value)))


def main():
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    base, version, output, *files = sys.argv[1:]
    with open(base, encoding="utf-8") as file:
        document = json.load(file)
    known = {}
    for name in files:
        with open(name, encoding="utf-8") as file:
            found = json.load(file)["definitions"]
        known |= {table.removeprefix("alliance_fb_"): renamed(one) for table, one in found.items()}
    schemas = document["components"]["schemas"]
    both = sorted(set(schemas) & references(schemas) & set(known))
    if both:
        sys.exit(f"openapi.py: the schema has a table {', '.join(both)} too: give what stands in {base} another name")
    wanted = references(document) - set(schemas)
    while wanted:
        name = wanted.pop()
        if name not in known:
            sys.exit(f"openapi.py: {base} refers to {name}, which neither it nor the schema has")
        schemas[name] = known[name]
        wanted |= references(known[name]) - set(schemas)
    # What can be asked for in words of another language has them beside it.
    for path in document["paths"].values():
        for operation in path.values():
            if {"$ref": "#/components/parameters/said"} in operation.get("parameters", []):
                answer = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
                schemas[answer.removeprefix(PLACE)]["properties"]["said"] = {"$ref": PLACE + "Said"}
    document["info"]["version"] = version
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    with open(output, "w", encoding="utf-8") as out:
        json.dump(document, out, indent=1, ensure_ascii=False)
        out.write("\n")


main()
