# SPDX-License-Identifier: Apache-2.0
"""examples.py ALLIANCE OPENAPI WORK: each example of the document is tried, and each answer held against its schema."""

import hashlib
import json
import pathlib
import sys
import urllib.parse

from jsonschema import Draft202012Validator

from served import Served

FIRST = ["recordEvent", "recordEvents", "giveAnswers"]  # what the others read
NOT_TRIED = {"streamReports": "it does not end", "getReport": "its id is made by the host",
             "decideProposal": "a proposal's id is made by the host",
             "beginReading": "it is a form, which tests/browser fills in"}
TOKEN = "examples-examples-examples"


def resolved(document, value):
    while "$ref" in value:
        at = document
        for step in value["$ref"].removeprefix("#/").split("/"):
            at = at[step.replace("~1", "/")]
        value = at
    return value


def requests_of(document, path, operation):
    """(target, body) of each example."""
    target, query = path, []
    for parameter in operation.get("parameters", []):
        parameter = resolved(document, parameter)
        example = parameter.get("example")
        if parameter["in"] == "path":
            target = target.replace("{" + parameter["name"] + "}", urllib.parse.quote(example, safe=""))
        elif parameter["in"] == "query" and example:
            query.append((parameter["name"], example))
    if query:
        target += "?" + urllib.parse.urlencode(query)
    if "requestBody" not in operation:
        return [(target, None)]
    return [(target, one["value"]) for one in operation["requestBody"]["content"]["application/json"]["examples"].values()]


def held(document, operation, status, body, headers, where):
    answers = operation["responses"]
    answer = resolved(document, answers[str(status)])
    assert status < 300, f"{where} answers {status}: {body}"
    content = answer.get("content", {})
    fits = [(kind, what) for kind, what in content.items() if headers["Content-Type"].startswith(kind)]
    assert fits or not content, f"{where}: {headers['Content-Type']}"
    for kind, what in fits:
        if kind == "application/json":
            schema = dict(what["schema"], components=document["components"])
            faults = list(Draft202012Validator(schema).iter_errors(body))
            assert not faults, f"{where}: {faults[0].json_path}: {faults[0].message}"


def settings(work):
    """With all that an example asks for: a key of a study, a page."""
    (work / "pages").mkdir(exist_ok=True)
    (work / "pages/index.html").write_text("<!doctype html><title>A page</title>")
    (work / "study.key").write_text("a key of a study")
    (work / "study.key").chmod(0o600)
    for old in work.glob("examples.db*"):
        old.unlink()
    tokens = [{"name": role, "tenant": "t", "role": role, "sha256": hashlib.sha256((TOKEN + role).encode()).hexdigest()}
              for role in ("service", "researcher")]
    (work / "examples.json").write_text(json.dumps({
        "tenants": [{"tenant": "t", "store": str(work / "examples.db"), "host": {"safety": {"contact": "duty"}},
                     "study": {"key_file": str(work / "study.key")}}], "tokens": tokens, "pages": [str(work / "pages")]}))
    return work / "examples.json"


def main():
    command, openapi, work = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    with open(openapi, encoding="utf-8") as file:
        document = json.load(file)
    every = [(path, method, operation) for path, methods in document["paths"].items() for method, operation in methods.items()]
    every.sort(key=lambda one: FIRST.index(one[2]["operationId"]) if one[2]["operationId"] in FIRST else len(FIRST))
    tried = 0
    with Served(command, "--config", str(settings(work)), log=work / "examples.log") as served:
        served.token = TOKEN + "service"
        personal = served.ask("POST", "/tokens", {"role": "practitioner", "id": "p-7"})[1]["token"]
        for path, method, operation in every:
            name = operation["operationId"]
            if name in NOT_TRIED:
                print(f"not tried: {name}, {NOT_TRIED[name]}")
                continue
            own = method == "get" and ("{case}" in path or "{practitioner}" in path)
            token = personal if own else TOKEN + "researcher" if operation.get("x-roles") == ["researcher"] else None
            viewer = {} if own else {"Alliance_Viewer": "example-viewer"}
            for target, body in requests_of(document, path, operation):
                status, said, headers = served.ask(method.upper(), target, body, token, **viewer)
                held(document, operation, status, said, headers, f"{method.upper()} {target}")
                tried += 1
        assert served.end() == 0, served.said()
    print(f"{tried} examples")


main()
