# SPDX-License-Identifier: Apache-2.0
"""examples.py ALLIANCE OPENAPI WORK: each example of the document is tried, and each answer held against its schema."""

import json
import pathlib
import sys
import urllib.parse

from jsonschema import Draft202012Validator

from served import Served

FIRST = ["recordEvent", "recordEvents", "giveAnswers"]  # what the others read
NOT_TRIED = {"streamReports": "it does not end", "getReport": "its id is made by the host",
             "decideProposal": "a proposal's id is made by the host", "getStudy": "it needs a key in the settings"}


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
    for kind, what in answer.get("content", {}).items():
        assert headers["Content-Type"].startswith(kind), f"{where}: {headers['Content-Type']}"
        if kind == "application/json":
            schema = dict(what["schema"], components=document["components"])
            faults = list(Draft202012Validator(schema).iter_errors(body))
            assert not faults, f"{where}: {faults[0].json_path}: {faults[0].message}"


def main():
    command, openapi, work = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    with open(openapi, encoding="utf-8") as file:
        document = json.load(file)
    every = [(path, method, operation) for path, methods in document["paths"].items() for method, operation in methods.items()]
    every.sort(key=lambda one: FIRST.index(one[2]["operationId"]) if one[2]["operationId"] in FIRST else len(FIRST))
    tried = 0
    with Served(command, log=work / "examples.log") as served:
        personal = served.ask("POST", "/tokens", {"role": "practitioner", "id": "p-7"})[1]["token"]
        for path, method, operation in every:
            name = operation["operationId"]
            if name in NOT_TRIED:
                print(f"not tried: {name}, {NOT_TRIED[name]}")
                continue
            own = method == "get" and ("{case}" in path or "{practitioner}" in path)
            viewer = {} if own else {"Alliance_Viewer": "example-viewer"}
            for target, body in requests_of(document, path, operation):
                status, said, headers = served.ask(method.upper(), target, body, personal if own else None, **viewer)
                held(document, operation, status, said, headers, f"{method.upper()} {target}")
                tried += 1
        assert served.end() == 0, served.said()
    print(f"{tried} examples")


main()
