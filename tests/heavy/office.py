#!/usr/bin/env python3
"""Audits the samples and opens what comes out in an office program.

    python3 office.py GOUJI WORK

LibreOffice must turn every annotated and corrected workbook into a PDF, and openpyxl must read the same values from
it as from the office's own, with the marks beside them.
"""
import glob
import os
import re
import subprocess
import sys
import zipfile

import docx
import openpyxl


def cells(path, skip=()):
    book = openpyxl.load_workbook(path)
    return {(s.title, c.coordinate): c.value for s in book.worksheets if s.title not in skip
            for row in s.iter_rows() for c in row if c.value is not None}


def comments_in_place(gouji, work, profile):
    """A text in Word: LibreOffice must show each comment at its words."""
    text = os.path.join(work, "正文.docx")
    body = "全年共收到政府信息公开申请13件，没有发生因政府信息公开引起的行政诉讼。"
    document = docx.Document()
    for part in (body[:9], body[9:20], body[20:]):
        (document.paragraphs[0] if document.paragraphs else document.add_paragraph()).add_run(part)
    document.save(text)
    subprocess.run([gouji, "audit", "-q", "-o", work, "samples/石碁镇2022.xlsx", "--narrative", text], check=False)
    marked = os.path.join(work, "正文.审核.docx")
    found = [(c.author, c.text) for c in docx.Document(marked).comments]
    if len(found) != 1 or found[0][0] != "勾稽" or "N301" not in found[0][1]:
        sys.exit(f"comments of the document: {found}")
    subprocess.run(["soffice", profile, "--headless", "--convert-to", "odt", "--outdir", work, marked], check=True,
                   stdout=subprocess.DEVNULL, timeout=300)
    content = zipfile.ZipFile(marked[:-5] + ".odt").read("content.xml").decode()
    between = re.search(r"<office:annotation .*?</office:annotation>(.*?)<office:annotation-end", content, re.S)
    shown = re.sub(r"<[^>]*>", "", between.group(1)) if between else None
    if shown != "13件":
        sys.exit(f"LibreOffice shows the comment at {shown!r}")


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
    comments_in_place(gouji, work, profile)
    print(f"office round trip: {len(samples)} samples, {len(made)} workbooks opened")


if __name__ == "__main__":
    main()
