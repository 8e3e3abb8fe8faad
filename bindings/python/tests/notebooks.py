#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""notebooks.py FOLDER: runs every notebook from its beginning. What they say of themselves is asserted in them."""
import pathlib
import sys
import tempfile
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

failed = 0
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.ipynb")):
    notebook = nbformat.read(path, as_version=4)
    if any(cell.get("outputs") for cell in notebook.cells):
        print(f"{path.name}: holds outputs; they are made anew by whoever runs it")
        failed += 1
    if not any("simulated" in cell.source for cell in notebook.cells[:2] if cell.cell_type == "markdown"):
        print(f"{path.name}: does not say at its beginning that its data are simulated")
        failed += 1
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        try:
            NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": folder}}).execute()
        except CellExecutionError as why:
            print(f"{path.name}: {why}")
            failed += 1
            continue
    print(f"{path.name}: {sum(cell.cell_type == 'code' for cell in notebook.cells)} cells, {time.monotonic() - began:.0f} s")
sys.exit(1 if failed else 0)
