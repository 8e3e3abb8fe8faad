# SPDX-License-Identifier: Apache-2.0
"""Plugins in Python by their manifest: loaded as written, refused as changed; and what `alliance new` writes works."""
import json
import subprocess
import sys

import pytest

import alliance
from alliance import manifest
from alliance.check import command

source = '''
import alliance

class Rest(alliance.Instrument):
    definition = {
        "id": "rest-1", "version": "1.0.0", "title": "Rest, one question", "perspective": "client", "target": "none",
        "responses": [{"id": "hours", "min": 0, "max": 24, "decimals": 1}], "items": [{"id": "rest-1", "response": "hours"}],
        "scales": [{"id": "total", "method": "sum", "items": ["rest-1"], "min": 0, "max": 24}],
        "licence": {"holder": "the authors of this test", "terms": "Apache-2.0", "provenance": {"certainty": "own", "source": "this test"}},
        "keys_provenance": {"certainty": "own", "source": "this test"}, "not_validated": True,
        "vectors": [{"answers": [8], "expected": [{"scale": "total", "value": 8}]}]}

    def score(self, sheet):
        return {"total": sheet["rest-1"]}
'''


@pytest.fixture
def written(tmp_path):
    file = tmp_path / "rest.py"
    file.write_text(source)
    return manifest.write(file, "org.example.rest")


def load(path, **options):
    with alliance.Host(plugins=[path], **options) as host:
        return host.instrument("rest-1").score([7.5])["total"].value


def test_it_is_loaded_by_its_manifest_or_in_its_folder(written):
    assert load(written) == 7.5
    assert load(written.parent) == 7.5


def changed(written, **fields):
    said = json.loads(written.read_text())
    said.update(fields)
    written.write_text(json.dumps(said))


def test_a_changed_file_is_refused_before_it_runs(written):
    file = written.parent / "rest.py"
    file.write_text("raise SystemExit('it ran')")
    with pytest.raises(alliance.BadInput, match="rest.py is not the file"):
        load(written)


@pytest.mark.parametrize("fields, words", [
    ({"format": 2}, "format is 2 and this package reads 1"),
    ({"abi_major": 2}, "ABI 2"),
    ({"kinds": ["timing"]}, "names the kinds timing"),
    ({"library": "other.py"}, "none of its files"),
    ({"files": [{"path": "../rest.py", "sha256": ""}]}, "leaves the folder"),
    ({"files": [{"path": "gone.py", "sha256": ""}]}, "cannot be read"),
])
def test_what_a_manifest_says_must_hold(written, fields, words):
    changed(written, **fields)
    with pytest.raises(alliance.Error, match=words):
        load(written)


def test_a_host_of_signed_plugins_loads_none_in_python(written, tmp_path):
    trust = tmp_path / "trust.json"
    trust.write_text('{"keys": []}')
    with pytest.raises(alliance.Error, match="signed"):
        load(written, config={"signed_only": True, "trust": str(trust)})


def test_the_command_line_names_what_is_wrong(tmp_path):
    empty = tmp_path / "empty.py"
    empty.write_text("x = 1\n")
    done = subprocess.run([sys.executable, "-m", "alliance.manifest", str(empty), "--id", "org.example.empty"], capture_output=True, text=True)
    assert done.returncode == 3 and "defines no class" in done.stderr


@pytest.mark.parametrize("kind", ["measure", "timing", "tailoring", "programme", "transport"])
def test_what_alliance_new_writes_passes_its_own_test(kind, tmp_path):
    folder = tmp_path / "made"
    done = subprocess.run([str(command()), "new", kind, f"my-{kind}", "--lang", "python", "--folder", str(folder)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    tried = subprocess.run(run, capture_output=True, text=True)
    assert tried.returncode == 0, tried.stdout
    file = folder / f"my-{kind}.py"
    file.write_text(file.read_text() + "\n# changed after the manifest was written\n")
    made = next(folder.glob("*.alliance.json"))
    with pytest.raises(alliance.BadInput, match="is not the file"):
        alliance.Host(plugins=[made])
