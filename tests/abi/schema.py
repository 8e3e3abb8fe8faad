#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""schema.py KEPT-FOLDER SCHEMA-FOLDER: the schema only grows since the last release.

`flatc --conform` runs beside this and overlooks a renamed field, a field that became required, a deleted
last field, a deleted enumerator and a struct's new member. So this reads both and compares every name."""

import pathlib
import re
import sys

TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|[A-Za-z_][\w.]*|-?\d[\w.+-]*|[{}()\[\]:;,=]')


class Reader:
    """The declarations of one .fbs file. Knows what this schema uses and refuses what it does not."""

    def __init__(self, path):
        text = re.sub(r"//[^\n]*|/\*.*?\*/", " ", path.read_text(), flags=re.S)
        self.tokens, self.at, self.name = TOKEN.findall(text), 0, path.name
        self.tables, self.structs, self.enums, self.unions, self.roots = {}, {}, {}, {}, {}

    def next(self, *expected):
        token = self.tokens[self.at] if self.at < len(self.tokens) else "the end"
        if expected and token not in expected:
            raise SystemExit(f"{self.name}: {' or '.join(expected)} was expected, {token} was found")
        self.at += 1
        return token

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def read(self):
        while self.at < len(self.tokens):
            word = self.next()
            if word in ("include", "namespace", "attribute"):
                self.next(), self.next(";")
            elif word in ("root_type", "file_identifier", "file_extension"):
                self.roots[word] = self.next()
                self.next(";")
            elif word in ("table", "struct"):
                name = self.next()
                self.attributes()
                (self.tables if word == "table" else self.structs)[name] = self.fields()
            elif word == "enum":
                name = self.next()
                self.next(":")
                kind = self.next()
                flags = self.attributes()
                self.enums[name] = (kind, "bit_flags" in flags, self.enumerators())
            elif word == "union":
                name = self.next()
                self.attributes()
                self.unions[name] = list(self.enumerators())
            else:
                raise SystemExit(f"{self.name}: {word} is unknown to this check: teach it")
        return self

    def attributes(self):
        found = {}
        if self.peek() != "(":
            return found
        self.next("(")
        while self.peek() != ")":
            name, value = self.next(), True
            if self.peek() == ":":
                self.next(":")
                value = self.next()
            found[name] = value
            if self.peek() == ",":
                self.next(",")
        self.next(")")
        return found

    def kind(self):
        if self.peek() != "[":
            return self.next()
        self.next("[")
        inner = self.next()
        while self.peek() != "]":
            inner += self.next()
        self.next("]")
        return f"[{inner}]"

    def fields(self):
        found = {}
        self.next("{")
        while self.peek() != "}":
            name = self.next()
            self.next(":")
            kind, default = self.kind(), None
            if self.peek() == "=":
                self.next("=")
                default = self.next()
            found[name] = {"type": kind, "default": default, **self.attributes()}
            self.next(";")
        self.next("}")
        return found

    def enumerators(self):
        found, value = {}, 0
        self.next("{")
        while self.peek() != "}":
            name = self.next()
            if self.peek() == ":":  # a union's alias: "Name:Type"
                self.next(":")
                name += ":" + self.next()
            if self.peek() == "=":
                self.next("=")
                value = int(self.next(), 0)
            found[name] = value
            value += 1
            if self.peek() == ",":
                self.next(",")
        self.next("}")
        return found


def load(folder):
    whole = {"table": {}, "struct": {}, "enum": {}, "union": {}, "file": {}}
    for path in sorted(pathlib.Path(folder).glob("*.fbs")):
        one = Reader(path).read()
        for word, part in (("table", one.tables), ("struct", one.structs), ("enum", one.enums), ("union", one.unions)):
            whole[word].update(part)
        if one.roots:
            whole["file"][path.name] = one.roots
    return whole


def sound(new):
    """What every version must keep to, whatever came before it."""
    for table, fields in new["table"].items():
        unions = sum(field["type"] in new["union"] for field in fields.values())
        ids = sorted(int(field["id"]) for field in fields.values() if "id" in field)
        for name, field in fields.items():
            if "id" not in field:
                yield f"{table}.{name} has no explicit id"
            if "nested_flatbuffer" in field:
                yield f"{table}.{name} is a nested FlatBuffer: the Verifier does not look inside"
        if len(ids) == len(fields) and len(set(ids)) != len(ids):
            yield f"{table}: two fields have one id"
        if ids and len(ids) == len(fields) and ids[-1] != len(fields) + unions - 1:
            yield f"{table}: its ids have gaps; a field is deprecated and never deleted"


def grown(old, new):
    """Everything that a reader or writer of the kept version would trip over."""
    for word in ("table", "struct", "enum", "union"):
        for name in old[word]:
            if name not in new[word]:
                yield f"{word} {name} is gone"
    for table, before in old["table"].items():
        after = new["table"].get(table, before)
        by_id = {field.get("id"): name for name, field in after.items()}
        for name, field in before.items():
            if name not in after:
                other = by_id.get(field.get("id"))
                yield f"{table}.{name} " + (f"was renamed to {other}" if other else "was deleted: deprecate it instead")
                continue
            for what, sentence in (("type", "has another type"), ("id", "has another id"),
                                   ("default", "has another default"), ("force_align", "has another alignment")):
                if field.get(what) != after[name].get(what):
                    yield f"{table}.{name} {sentence}: {field.get(what)} became {after[name].get(what)}"
            if bool(field.get("required")) != bool(after[name].get("required")):
                yield f"{table}.{name} " + ("is no longer required" if field.get("required") else "became required")
            if field.get("deprecated") and not after[name].get("deprecated"):
                yield f"{table}.{name} was deprecated and is used again"
        for name, field in after.items():
            if name not in before and field.get("required"):
                yield f"{table}.{name} is new and required: what was written before has none"
    for struct, before in old["struct"].items():
        if list(before.items()) != list(new["struct"].get(struct, before).items()):
            yield f"struct {struct} has changed: structs never do"
    for enum, (kind, flags, before) in old["enum"].items():
        new_kind, new_flags, after = new["enum"].get(enum, (kind, flags, before))
        if (kind, flags) != (new_kind, new_flags):
            yield f"enum {enum} has another type"
        for name, value in before.items():
            if name not in after:
                yield f"{enum}.{name} is gone"
            elif after[name] != value:
                yield f"{enum}.{name} has another number: {value} became {after[name]}"
    for union, before in old["union"].items():
        after = new["union"].get(union, before)
        if after[:len(before)] != before:
            yield f"union {union}: members are added at its end and never moved, renamed or taken away"
    for file, roots in old["file"].items():
        for word, value in roots.items():
            if new["file"].get(file, {}).get(word) != value:
                yield f"{file}: {word} {value} became {new['file'].get(file, {}).get(word)}"


def main(kept, current):
    old, new = load(kept), load(current)
    faults = list(sound(new)) + list(grown(old, new))
    for fault in faults:
        print(fault)
    if not old["table"] or not new["table"]:
        print("no table was found")
    print(f"{len(old['table'])} kept tables, {len(new['table'])} now, {len(faults)} faults")
    return 1 if faults or not old["table"] or not new["table"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
