# SPDX-License-Identifier: Apache-2.0
"""A plugin in Python in a process of its own, as any host runs it: the same answers, held back, and outlived."""
import csv
import hashlib
import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest

import alliance
from alliance import manifest
from alliance.check import command, surroundings

# The answer says what is tried.
source = '''
import ctypes, os, socket
import alliance

def own_folder():
    with open(os.path.join(os.path.dirname(__file__), "tries.alliance.json")) as file:
        return len(file.read()) > 0

deeds = [
    lambda: None,
    own_folder,
    lambda: open("/etc/passwd").read(),
    lambda: socket.create_connection(("127.0.0.1", 1)),
    os.fork,
    lambda: open(os.path.join(os.path.dirname(__file__), "written"), "w"),
    lambda: os.kill(os.getppid(), 0),
    lambda: 1 / 0,
    os.abort,
    lambda: os._exit(3),
    lambda: ctypes.string_at(0),
]

def forever():
    while True:
        pass

deeds.append(forever)

class Tries(alliance.Instrument):
    definition = {
        "id": "tries", "version": "1.0.0", "title": "What is tried", "perspective": "client", "target": "none",
        "responses": [{"id": "deed", "min": 0, "max": 20}], "items": [{"id": "deed", "response": "deed"}],
        "scales": [{"id": "total", "method": "sum", "items": ["deed"], "min": 0, "max": 20}],
        "licence": {"holder": "the authors of this test", "terms": "Apache-2.0", "provenance": {"certainty": "own", "source": "this test"}},
        "keys_provenance": {"certainty": "own", "source": "this test"}, "not_validated": True,
        "vectors": [{"answers": [0], "expected": [{"scale": "total", "value": 0}]}]}

    def score(self, sheet):
        deed = sheet["deed"]
        if deed == 20:
            raise alliance.BadInput("item deed: it is refused here", str(deed))
        deeds[int(deed)]()
        return {"total": deed}
'''
NOTHING, OWN_FOLDER, PASSWD, SOCKET, FORK, WRITE, KILL, RAISE, ABORT, EXIT, SEGFAULT, FOREVER, REFUSE = [*range(12), 20]


@pytest.fixture
def tries(tmp_path):
    file = tmp_path / "tries.py"
    file.write_text(source)
    return manifest.write(file, "org.example.tries")


def apart(path, **runner):
    return alliance.Host(plugins=[path], keep_log=True, config={
        "plugins": [{"plugin": "org.example.tries", "settings": "{}", "isolation": "process", "runner": {"call_ms": 60000, **runner}}]})


def until_started(instrument, deed):
    """Scores once the process may be started again."""
    while True:
        try:
            return instrument.score([deed])["total"].value
        except alliance.WrongState as why:
            if "started again in" not in why.message:
                raise
            time.sleep(0.05)


def test_it_answers_as_in_this_process_and_none_of_it_is_loaded_here(tries):
    with apart(tries) as host, alliance.Host(plugins=[tries]) as here:
        there = host.instrument("tries")
        assert there.score([NOTHING])["total"].value == here.instrument("tries").score([NOTHING])["total"].value == 0
        sheets = np.array([[NOTHING], [OWN_FOLDER]])
        assert there.score(sheets).values.tolist() == here.instrument("tries").score(sheets).values.tolist() == [[0], [1]]
        [said] = [one for one in host.plugins() if one["id"] == "org.example.tries"]
        assert said["isolation"].startswith("process, held back by")


@pytest.mark.parametrize("deed, needs", [(PASSWD, "landlock"), (SOCKET, "seccomp"), (FORK, "seccomp"), (WRITE, "landlock"), (KILL, "seccomp")])
def test_what_it_may_not_do_is_refused(tries, deed, needs):
    with apart(tries) as host:
        [said] = host.plugins()
        if f"no {needs}" in said["isolation"]:
            pytest.skip(said["isolation"])
        instrument = host.instrument("tries")
        with pytest.raises(alliance.InternalFault, match="PermissionError was raised in Python") as raised:
            instrument.score([deed])
        assert "ermission" in raised.value.detail or "not permitted" in raised.value.detail
        assert instrument.score([OWN_FOLDER])["total"].value == OWN_FOLDER  # the process is still there


def test_an_exception_is_the_error_of_its_call(tries):
    with apart(tries) as host:
        instrument = host.instrument("tries")
        with pytest.raises(alliance.InternalFault, match="ZeroDivisionError") as raised:
            instrument.score([RAISE])
        assert raised.value.detail == "division by zero"
        with pytest.raises(alliance.BadInput, match="it is refused here") as raised:
            instrument.score([REFUSE])
        assert raised.value.detail == "20.0"
        assert instrument.score([NOTHING])["total"].value == 0


@pytest.mark.parametrize("deed, words", [(ABORT, "crashed"), (SEGFAULT, "crashed"), (EXIT, "status 3")])
def test_a_crash_is_the_error_of_its_call_and_the_process_is_started_again(tries, deed, words):
    with apart(tries) as host:
        instrument = host.instrument("tries")
        with pytest.raises(alliance.InternalFault, match=words):
            instrument.score([deed])
        assert until_started(instrument, NOTHING) == 0


def test_a_call_without_end_is_ended(tries):
    with apart(tries, call_ms=500) as host:
        with pytest.raises(alliance.TimedOut, match="within 500 ms"):
            host.instrument("tries").score([FOREVER])


def test_the_third_crash_is_quarantine(tries):
    with apart(tries) as host:
        instrument = host.instrument("tries")
        for _ in range(2):
            with pytest.raises(alliance.InternalFault):
                until_started(instrument, ABORT)
        with pytest.raises(alliance.Error, match="quarantine"):
            until_started(instrument, ABORT)
        with pytest.raises(alliance.Error, match="quarantine"):
            until_started(instrument, NOTHING)
        assert host.plugins()[0]["state"] == "quarantined"


def alliance_command(*words, **variables):
    return subprocess.run([str(command()), *map(str, words)], capture_output=True, text=True, env={**surroundings(), **variables})


def test_a_host_without_python_runs_it(tries, tmp_path):
    """The command is such a host: it scores with the plugin, looks at it and checks it."""
    answers = tmp_path / "answers.csv"
    with open(answers, "w", newline="") as file:
        csv.writer(file).writerows([["deed"], [0], [1]])
    done = alliance_command("score", "tries", "--input", answers, "--plugins", tries.parent, "--json")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 2, done.stdout
    looked = json.loads(alliance_command("inspect", tries, "--json").stdout)
    assert looked["runtime"] == "python" and looked["library"] == "tries.py"


def test_a_changed_file_is_refused_by_a_host_without_python(tries):
    (tries.parent / "tries.py").write_text("raise SystemExit\n")
    done = alliance_command("inspect", tries)
    assert done.returncode == 3 and "changed after the build" in done.stderr


def test_an_interpreter_that_cannot_run_it_is_named_with_the_mend(tries, tmp_path):
    lacking = tmp_path / "lacking"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(lacking)], check=True)
    for python, words in [(str(lacking / "bin/python"), "has no package alliance"), (str(tmp_path / "gone"), "cannot be started"),
                          ("no-python-of-this-name", "no no-python-of-this-name in PATH")]:
        with pytest.raises(alliance.Error, match=words):
            alliance.Host(plugins=[tries], config={"python": python, "plugins": [
                {"plugin": "org.example.tries", "settings": "{}", "isolation": "process"}]})
        assert words in alliance_command("check", tries, "--only", "init-succeeds", ALLIANCE_PYTHON=python).stdout


def test_a_file_that_cannot_be_run_is_refused_with_its_reason(tries):
    file = tries.parent / "tries.py"
    file.write_text("import alliance\nraise ValueError('as it should')\n")
    said = json.loads(tries.read_text())
    said["files"][0]["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
    tries.write_text(json.dumps(said))
    with pytest.raises(alliance.BadInput, match="cannot be run: ValueError: as it should"):
        apart(tries)


def test_signatures_count_for_it_too(tries, tmp_path):
    key, trust = tmp_path / "key.pem", tmp_path / "trust.json"
    made = alliance_command("sign", "--make-key", key, "--name", "Example", "--until", "2999-12-31")
    assert made.returncode == 0, made.stderr
    at = made.stdout.index("{")
    entry = json.loads(made.stdout[at:made.stdout.rindex("}") + 1])
    trust.write_text(json.dumps(entry if "keys" in entry else {"keys": [entry]}))
    config = {"signed_only": True, "trust": str(trust)}
    with pytest.raises(alliance.Error, match="not signed"):
        alliance.Host(plugins=[tries], config=config)
    assert alliance_command("sign", tries, "--key", key).returncode == 0
    with alliance.Host(plugins=[tries], config=config) as host:
        assert host.instrument("tries").score([NOTHING])["total"].value == 0
        assert "process" in host.plugins()[0]["isolation"]


# A few of each group: every one starts an interpreter or more. The first ones for each kind, all for one.
asked = ["manifest-runtime", "library-exports-entry", "entry-layout", "init-succeeds", "init-again", "factories-of-manifest", "descriptors-filled",
         "create-each", "answers-are-tables", "payload-random", "definition-vectors", "score-equals-batch", "same-across-processes", "rounds-steady",
         "leaves-no-process", "services-used-well"]


@pytest.mark.parametrize("kind", ["measure", "timing", "tailoring", "programme", "transport"])
def test_what_alliance_new_writes_passes_the_checker(kind, tmp_path):
    folder = tmp_path / "made"
    assert alliance_command("new", kind, f"my-{kind}", "--lang", "python", "--folder", folder).returncode == 0
    chosen = asked if kind == "measure" else asked[:9]
    done = alliance_command("check", folder, "--seconds", "120", *(word for test in chosen for word in ("--only", test)))
    assert done.returncode == 0 and ", 0 warned" in done.stdout, done.stdout


@pytest.mark.parametrize("deed, test", [("os._exit(1)", "definition-vectors"), ("os.abort()", "definition-vectors")])
def test_the_checker_names_a_plugin_that_falls_over(tries, deed, test):
    file = tries.parent / "tries.py"
    file.write_text(source.replace("        deed = sheet", f"        {deed}\n        deed = sheet"))
    path = manifest.write(file, "org.example.tries")
    done = alliance_command("check", path, "--only", test, "--seconds", "120")
    assert done.returncode == 1 and f"crashed  {test}" in done.stdout, done.stdout


def test_numpy_and_its_package_can_be_imported_there(tries):
    """What belongs to the interpreter is readable, its packages too."""
    file = tries.parent / "tries.py"
    file.write_text(source.replace("lambda: None", "lambda: __import__('numpy').linalg.inv([[2.0]])"))
    path = manifest.write(file, "org.example.tries")
    with apart(path) as host:
        assert host.instrument("tries").score([NOTHING])["total"].value == 0
    assert not os.path.exists(tries.parent / "__pycache__")
