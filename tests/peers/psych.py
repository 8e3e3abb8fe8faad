#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""psych.py ALLIANCE: what `alliance psychometrics` says of 24 random samples, of R's attitude and of Shrout and
Fleiss's ratings, against R and its package psych. Status 77 where Rscript or psych is not installed."""

import json
import math
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent

# Relative where a figure is above 1. R rounds nothing of these; factanal and fa stop their searches a little early.
EXACT = 1e-9
TOLERANCE = {"omega_ml": 1e-5, "omega_minres": 1e-4, "icc_lower": 1e-8, "icc_upper": 1e-8}


def ours(alliance, csv):
    columns = csv.open().readline().strip()
    said = subprocess.run([alliance, "psychometrics", "--json", "--icc", "--input", csv, "--columns", columns],
                          capture_output=True, text=True)
    if said.returncode != 0:
        sys.exit(f"{csv.name}: alliance psychometrics failed: {said.stderr}")
    made = json.loads(said.stdout)
    figures = {"rows": made["rows"], "mean": made["mean"], "sd": made["sd"], "alpha": made.get("alpha"),
               "standardised": made.get("standardisedAlpha"), "mean_r": made.get("meanCorrelation"),
               "alpha_lower": made.get("alphaInterval", [None, None])[0],
               "alpha_upper": made.get("alphaInterval", [None, None])[1]}
    for number, item in enumerate(made["items"], 1):
        figures[f"item_mean.{number}"] = item["mean"]
        figures[f"item_sd.{number}"] = item["sd"]
        figures[f"corrected_r.{number}"] = figures[f"psych_r_drop.{number}"] = item.get("correctedR")
        figures[f"dropped.{number}"] = item.get("alphaIfDropped")
    for omega in made["omega"]:
        name = omega["estimator"].lower()
        figures[f"omega_{name}"] = omega.get("value")
        figures[f"{name}_improper"] = float("value" not in omega)
    for number, icc in enumerate(made["icc"], 1):
        figures[f"icc.{number}"] = icc.get("value")
        figures[f"icc_lower.{number}"], figures[f"icc_upper.{number}"] = icc.get("interval", [None, None])
        figures[f"icc_f.{number}"] = icc.get("f")
    return figures


def main(alliance):
    rscript = shutil.which("Rscript")
    if not rscript:
        print("skipped: Rscript is not installed (tests/install r)")
        return 77
    if subprocess.run([rscript, "-e", "library(psych)"], capture_output=True).returncode != 0:
        print("skipped: R's package psych is not installed (tests/install r)")
        return 77
    compared, faults, worst = 0, [], {}
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run([rscript, HERE / "psych.R", folder], capture_output=True, text=True)
        if made.returncode != 0:
            sys.exit(f"psych.R failed: {made.stderr}")
        for csv in sorted(pathlib.Path(folder).glob("*.csv"), key=lambda path: int(path.stem)):
            found = ours(alliance, csv)
            for line in csv.with_suffix(".txt").read_text().splitlines():
                name, theirs = line.split()[0], float(line.split()[1])
                mine = found.get(name)
                kind = name.split(".")[0]
                compared += 1
                if mine is None or math.isnan(theirs):
                    faults.append(f"sample {csv.stem}: {name}: R says {theirs}, alliance says {mine}")
                    continue
                apart = abs(mine - theirs) / max(1.0, abs(theirs))
                worst[kind] = max(worst.get(kind, 0.0), apart)
                if apart > TOLERANCE.get(kind, EXACT):
                    faults.append(f"sample {csv.stem}: {name}: R says {theirs:.12g}, alliance says {mine:.12g}")
    for kind, apart in sorted(worst.items()):
        print(f"{kind:14} largest difference {apart:.1e}, allowed {TOLERANCE.get(kind, EXACT):.0e}")
    for fault in faults[:40]:
        print(fault)
    print(f"{compared} figures compared, {len(faults)} differ")
    return 1 if faults or compared < 1000 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
