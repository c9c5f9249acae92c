#!/usr/bin/env python3
"""Audits the samples and opens what comes out in an office program.

    python3 office.py GOUJI WORK

LibreOffice must turn every annotated and corrected workbook into a PDF, and openpyxl must read the same values from
it as from the office's own, with the marks beside them.
"""
import glob
import os
import subprocess
import sys

import openpyxl


def cells(path, skip=()):
    book = openpyxl.load_workbook(path)
    return {(s.title, c.coordinate): c.value for s in book.worksheets if s.title not in skip
            for row in s.iter_rows() for c in row if c.value is not None}


def main():
    gouji, work = sys.argv[1:3]
    os.makedirs(work, exist_ok=True)
    samples = sorted(glob.glob("samples/*.xlsx"))
    samples = [s for s in samples if ".审核." not in s and ".更正." not in s]
    for command in (["audit"], ["fix"]):
        done = subprocess.run([gouji, *command, "-q", "-o", work, *samples], check=False)
        if done.returncode > 1:
            sys.exit(f"gouji {command[0]} ended with {done.returncode}")
    made = sorted(glob.glob(os.path.join(work, "*.xlsx")))
    for sample in samples:
        stem = os.path.basename(sample)[:-5]
        own = cells(sample)
        marked = cells(os.path.join(work, stem + ".审核.xlsx"))
        lost = {k: v for k, v in own.items() if marked.get(k) != v}
        if lost:
            sys.exit(f"{stem}: values differ in the annotated workbook: {list(lost.items())[:3]}")
    profile = f"-env:UserInstallation=file://{os.path.abspath(work)}/profile"
    subprocess.run(["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", work, *made],
                   check=True, stdout=subprocess.DEVNULL, timeout=900)
    missing = [m for m in made if not os.path.exists(m[:-5] + ".pdf")]
    if missing:
        sys.exit(f"LibreOffice did not open {missing}")
    print(f"office round trip: {len(samples)} samples, {len(made)} workbooks opened")


if __name__ == "__main__":
    main()
