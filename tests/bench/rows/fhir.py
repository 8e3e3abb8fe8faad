# SPDX-License-Identifier: Apache-2.0
"""S3: FHIR answers beside fhirpath.js and plain JavaScript."""
import json, os, pathlib, random, shutil, subprocess, tempfile

from .harness import Missing, amount, in_turns, of_costs, pairs, peers, program, root, row, tool


def responses(path):
    system = "urn:alliance-sdk:answer-value"
    with open(path, "w") as out:
        for number in range(500):
            answers = [str(random.randint(1, 5)) for _ in range(12)]
            items = [{"linkId": str(at + 1), "answer": [{"valueCoding": {"system": system, "code": code}}]}
                     for at, code in enumerate(answers)]
            out.write(json.dumps({
                "resourceType": "QuestionnaireResponse", "id": f"r{number}", "status": "completed",
                "questionnaire": "https://example.org/Questionnaire/wai-sr-c", "subject": {"reference": f"Patient/{number}"},
                "authored": "2026-03-02T10:00:00Z", "item": items}) + "\n")


def measure(rows, quick):
    node = tool("node")
    peers["node"] = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip()
    bench = program("bench_fhir")
    folder = root / "tests/bench/peers/fhirpath"
    script = str(folder / "score.mjs")
    if not quick and os.environ.get("ALLIANCE_NO_INSTALL") != "1" and not (folder / "node_modules").is_dir():
        subprocess.run([tool("npm"), "ci", "--no-audit", "--no-fund"], cwd=folder, stdout=subprocess.DEVNULL, check=False)
    with tempfile.TemporaryDirectory(prefix="alliance-bench-") as work:
        file = os.path.join(work, "responses.ndjson")
        responses(file)
        totals = set()

        def cost(*command):
            one = json.loads(subprocess.run([str(word) for word in command], check=True, capture_output=True).stdout)
            totals.add(one["total"])
            return one["ns"]

        for name, how, rounds in (("S3 table", "table", 400), ("S3 fhirpath", "fhirpath", 4)):
            if how == "fhirpath":
                if not (folder / "node_modules/fhirpath").is_dir():
                    yield row(name, [], skipped="fhirpath is not installed: npm ci in tests/bench/peers/fhirpath")
                    continue
                package = json.loads((folder / "node_modules/fhirpath/package.json").read_text())
                peers["fhirpath.js"] = package["version"]
            ratios, costs = in_turns(lambda: cost(bench, file, 40 if quick else 200),
                                     lambda: cost(node, script, how, file, rounds), 5 if quick else pairs, 1)
            if len(totals) != 1:
                raise SystemExit(f"S3: the totals differ: {totals}")
            yield of_costs(name, ratios, ", ".join(amount(one) for one in costs))
