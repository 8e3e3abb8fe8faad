#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""study_test.py SOURCE-FOLDER: a factor that loses its code, its test or its rules is named, and no other; a link of the site
that leads nowhere, or to no place on its page, is too."""

import contextlib
import io
import pathlib
import sys
import tempfile


def main(top):
    top = pathlib.Path(top).resolve()
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(top / "docs/site"))
    import links
    import study
    assert study.page(top)[1] == []
    for factor, (_, title, key) in study.STUDY.items():
        for what, name in (("no code that serves it", "sources"), ("no test", "tests")):
            whole = getattr(study, name)
            setattr(study, name, lambda folder: [row for row in whole(folder) if factor not in row[2]])
            faults = study.page(top)[1]
            setattr(study, name, whole)
            assert f"{factor}, {title}: {what}" in faults, (factor, what, faults)
            assert all(fault.endswith(what) for fault in faults), faults
        study.STUDY[factor] = (study.STUDY[factor][0], title, "renamed")
        faults = study.page(top)[1]
        study.STUDY[factor] = (study.STUDY[factor][0], title, key)
        assert faults == [f"{factor}, {title}: no indicator", f"{factor}, {title}: no rule"], faults
    assert study.tagged("// Where minutes go. Pure. [F1, B1]") == ["F1", "B1"]
    assert study.tagged("// F2, F3 and B3: the programme") == ["F2", "F3", "B3"]
    assert study.tagged("// What F1 would be [see F1 there].") == []

    with tempfile.TemporaryDirectory() as folder:
        site = pathlib.Path(folder)
        (site / "searchindex.js").write_text("")
        for number in range(40):
            (site / f"{number}.html").write_text('<a id="here" href="0.html#here">x</a>')
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            assert links.main(folder) == 0
            (site / "1.html").write_text('<a href="gone.html">x</a><a href="0.html#there">y</a><a href="https://example.org/">z</a>')
            assert links.main(folder) == 1
        assert "gone.html leads nowhere" in said.getvalue() and "#there leads to a place" in said.getvalue(), said.getvalue()
    print("8 factors, and links")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
