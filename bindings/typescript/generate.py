#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""generate.py OPENAPI.json EVENT.schema.json FOLDER

Writes types.d.ts and routes.js of the npm package: the sidecar's OpenAPI document as TypeScript, and with it the bodies
of all events, as flatc describes them. A table that holds `body_type` and `body` becomes a union: one per kind."""

import json
import pathlib
import re
import sys

PREFIXES = ("#/components/schemas/", "#/definitions/alliance_fb_")
HEAD = "// Written by bindings/typescript/generate.py from the OpenAPI document and the schema. Not to be changed by hand.\n"


def name_of(reference):
    for prefix in PREFIXES:
        if reference.startswith(prefix):
            return reference[len(prefix):]
    sys.exit(f"generate.py: {reference} leads nowhere that is known")


def comment(text, indent=""):
    return f"{indent}/** {text.replace('*/', '* /')} */\n" if text else ""


def key(name):
    return name if re.fullmatch(r"[A-Za-z_]\w*", name) else json.dumps(name)


def type_of(schema, indent):
    if "$ref" in schema:
        return name_of(schema["$ref"])
    if "anyOf" in schema:
        return " | ".join(type_of(one, indent) for one in schema["anyOf"])
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(one) for one in schema["enum"])
    kind = schema.get("type")
    if kind == "array":
        inner = type_of(schema["items"], indent)
        return f"Array<{inner}>"
    if kind == "object":
        return table(schema, indent) if "properties" in schema else "Record<string, unknown>"
    plain = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}.get(kind)
    if plain is None:
        sys.exit(f"generate.py: what type is {json.dumps(schema)[:120]}?")
    return plain


def table(schema, indent="", without=()):
    required = schema.get("required", [])
    out = "{\n"
    for field, about in schema["properties"].items():
        if field not in without:
            out += comment(about.get("description"), indent + "  ")
            out += f"{indent}  {key(field)}{'' if field in required else '?'}: {type_of(about, indent + '  ')};\n"
    return out + indent + "}"


def tagged(name, schema, schemas):
    """One alternative for each kind of body."""
    kinds = [one for one in schemas[name_of(schema["properties"]["body_type"]["$ref"])]["enum"] if one != "NONE"]
    missing = [one for one in kinds if one not in schemas]
    if missing:
        sys.exit(f"generate.py: {name} can hold {missing[0]}, which no schema has")
    bodies = "".join(f"  {one}: {one};\n" for one in kinds)
    rest = table(schema, without=("body_type", "body"))
    return (f"export interface {name}Bodies {{\n{bodies}}}\n"
            f"export type {name} = {rest} & {{ [K in keyof {name}Bodies]: {{ body_type: K; body: {name}Bodies[K] }} }}[keyof {name}Bodies];\n")


def declared(name, schema, schemas):
    out = comment(schema.get("description"))
    properties = schema.get("properties", {})
    if "body_type" in properties and "body" in properties:
        return out + tagged(name, schema, schemas)
    if schema.get("type") == "object" and properties:
        return out + f"export interface {name} {table(schema)}\n"
    if schema.get("type") == "object" and "properties" in schema:
        return out + f"export type {name} = Record<string, never>;\n"
    return out + f"export type {name} = {type_of(schema, '')};\n"


def resolved(document, parameter):
    if "$ref" in parameter:
        return document["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[1]]
    return parameter


def answer_of(operation):
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            content = response.get("content", {})
            media = next(iter(content), None)
            if media == "application/json":
                return type_of(content[media]["schema"], "    ")
            return "string" if media else "void"
    sys.exit(f"generate.py: {operation['operationId']} has no good answer")


def operations(document):
    types, routes = "", {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            given, where = "", {}
            for parameter in (resolved(document, one) for one in operation.get("parameters", [])):
                name, needed = parameter["name"], parameter.get("required", False)
                if parameter.get("explode"):  # whatever is given: for browsers
                    continue
                where[name] = parameter["in"]
                given += comment(parameter.get("description"), "      ")
                given += f"      {key(name)}{'' if needed else '?'}: {type_of(parameter['schema'], '      ')};\n"
            body = operation.get("requestBody")
            if body and "application/json" not in body["content"]:  # a form: for browsers
                continue
            if body:
                schema = body["content"]["application/json"]["schema"]
                given += f"      body{'' if body.get('required') else '?'}: {type_of(schema, '      ')};\n"
            types += comment(operation["summary"], "  ")
            types += f"  {operation['operationId']}: {{\n    given: {{\n{given}    }};\n    answer: {answer_of(operation)};\n  }};\n"
            routes[operation["operationId"]] = [method.upper(), path, where]
    return types, routes


def main(openapi, events, folder):
    document = json.loads(pathlib.Path(openapi).read_text(encoding="utf-8"))
    schemas = json.loads(pathlib.Path(events).read_text(encoding="utf-8"))["definitions"]
    schemas = {name.removeprefix("alliance_fb_"): schema for name, schema in schemas.items()}
    schemas |= document["components"]["schemas"]
    types, routes = operations(document)
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    text = HEAD + "".join(declared(name, schema, schemas) for name, schema in sorted(schemas.items()))
    text += f"\nexport interface Operations {{\n{types}}}\n"
    (folder / "types.d.ts").write_text(text, encoding="utf-8")
    lines = "".join(f"  {name}: {json.dumps(route)},\n" for name, route in routes.items())
    (folder / "routes.js").write_text(f"{HEAD}export const routes = {{\n{lines}}};\n", encoding="utf-8")
    (folder / "routes.d.ts").write_text(
        f"{HEAD}import type {{ Operations }} from \"./types.js\";\n"
        "export const routes: { [K in keyof Operations]: [method: string, path: string, where: Record<string, string>] };\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
