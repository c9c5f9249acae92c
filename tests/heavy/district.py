#!/usr/bin/env python3
"""A district of many offices over two years: everything that a batch says is held against the truth.

    python3 district.py GOUJI SHARED WORK [OFFICES]

The roll-up, who is missing, twice or foreign, every X-finding, the aggregate's gaps; a second run touches nothing;
corrected numbers sum to the honest ones where they were proved. Exits 1 where anything differs.
"""
import json
import os
import subprocess
import sys
import warnings
import zipfile
from decimal import Decimal

import openpyxl

warnings.simplefilter("ignore")  # openpyxl knows no data bars
HERE = os.path.dirname(os.path.abspath(__file__))


def run(gouji, root, out, *more):
    command = [gouji, "batch", os.path.join(root, "今年"), "--out", out, "--roster", os.path.join(root, "名单.csv"),
               "--prior", os.path.join(root, "上年"), "--aggregate", os.path.join(root, "区汇总.xlsx"), "--include-unlisted", "-q", *more]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1, (done.returncode, done.stderr.decode()[:2000])
    return done.stdout.decode()


def results(out):
    with open(os.path.join(out, "results.jsonl"), encoding="utf-8") as lines:
        return {r["file"]: r for r in map(json.loads, lines)}


def roll_up(gouji, out):
    """The numbers of 汇总表 as gouji itself reads them: the sheet is laid out as the official form."""
    book = os.path.join(out, "汇总.xlsx")
    done = subprocess.run([gouji, "audit", "--no-write", "--format", "jsonl", book], stdout=subprocess.PIPE, check=False)
    fields = json.loads(done.stdout, parse_float=Decimal)["fields"]
    assert all(f["cell"].startswith("汇总表!") for f in fields.values())
    return {name: Decimal(f["value"]) for name, f in fields.items() if f["value"] is not None}


def state(out):
    """The offices by 报送情况."""
    sheet = openpyxl.load_workbook(os.path.join(out, "汇总.xlsx"))["报送情况"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    return {word: sorted(r[0] for r in rows if r[3] == word) for word in ("已报", "缺报", "重复报送", "名单外")}


def touched(out):
    found = {}
    for folder, _, names in os.walk(out):
        for name in names:
            stat = os.stat(os.path.join(folder, name))
            found[os.path.join(folder, name)] = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
    return found


def check(what, ok, more=""):
    print(f"  {'ok ' if ok else 'NOT'} {what} {'' if ok else more}")
    return ok


def main():
    gouji, shared, work = sys.argv[1:4]
    offices = sys.argv[4] if len(sys.argv) > 4 else "200"
    root, out = os.path.join(work, "district"), os.path.join(work, "out")
    subprocess.run([sys.executable, os.path.join(HERE, "..", "district.py"), shared, root, "--offices", offices], check=True)
    with open(os.path.join(root, "truth.json"), encoding="utf-8") as fh:
        truth = json.load(fh)
    run(gouji, root, out)
    found, ok = results(out), True
    expected = {f: Decimal(str(v)) for f, v in truth["sum"].items()}
    ok &= check("the roll-up equals the truth", roll_up(gouji, out) == expected)
    said = state(out)
    ok &= check("missing offices are named", said["缺报"] == sorted(truth["missing"]), said["缺报"][:3])
    ok &= check("offices that sent twice are named", said["重复报送"] == sorted(truth["twice"]), said["重复报送"][:3])
    short = sorted(n.split("区")[-1].replace("人民政府", "").replace("办事处", "") for n in said["名单外"])
    ok &= check("offices of no roster are named", short == sorted(truth["unlisted"]), short[:3])
    wrong = []
    for name, record in truth["files"].items():
        findings = found[name]["findings"]
        across = sorted([f["code"], f["where"]] for f in findings if f["code"].startswith("X"))
        broken = sorted([r["code"], r["where"]] for f in findings for r in f.get("relations", []))
        if across != record["across"] or broken != sorted(record["violations"]):
            wrong.append((name, across, record["across"], broken, record["violations"]))
    ok &= check(f"X-findings and relations of {len(truth['files'])} files equal the truth", not wrong, wrong[:2])
    own = found["区汇总.xlsx"]["findings"]
    gaps = [f for f in own if f["code"] == "X901"]
    cells = sorted(field for f in gaps for field in f["fields"])
    # What may be the numbers of offices of which nothing counts is told together, without a number of its own.
    by = {f["where"]: f["actual"] - f["expected"] for f in gaps if f["where"] != "missing"}
    ok &= check("the aggregate's gaps equal the truth",
                cells == sorted(truth["aggregate"]) and by.items() <= truth["aggregate"].items(), gaps)
    rest = [f for f in own if f["code"].startswith("A")]
    ok &= check("no cell of the aggregate is accused of its members' errors",
                len(rest) == 1 and not rest[0]["cells"], rest)
    before = touched(out)
    run(gouji, root, out)
    ok &= check("a second run touches nothing", touched(out) == before)
    proved = {n: {c["field"]: c["to"] for c in r["repair"]["changes"] if c["certainty"] == "proved"} for n, r in found.items()}
    corrected = dict(expected)
    for name, record in truth["files"].items():
        for field, to in proved[name].items():
            corrected[field] += Decimal(str(to)) - Decimal(str(record["values"][field] or 0))
    run(gouji, root, os.path.join(work, "corrected"), "--use-corrected")
    ok &= check("--use-corrected sums what was proved", roll_up(gouji, os.path.join(work, "corrected")) == corrected)
    kept = [n for n in truth["files"] if found[n]["repair"]["certainty"] in (None, "proved")]
    proved_only = {}
    for name in kept:
        for field, value in truth["files"][name]["values"].items():
            if value is not None:
                proved_only[field] = proved_only.get(field, 0) + Decimal(str(value))
    run(gouji, root, os.path.join(work, "proved"), "--exclude-unproved")
    ok &= check("--exclude-unproved leaves out the rest", roll_up(gouji, os.path.join(work, "proved")) == proved_only)
    folder = os.path.join(out, "问题告知单")
    told = {n.split("_")[0] for n in os.listdir(folder)}
    due = {truth["files"][n]["office"] for n in truth["files"] if found[n]["summary"]["errors"]}
    # An office of no roster is called what it calls itself, which may leave its district out.
    told = {next((d for d in sorted(due) if name in d), name) for name in told}
    ok &= check("every office with errors has its notice, no other", told == due, told ^ due)
    with zipfile.ZipFile(os.path.join(folder, sorted(os.listdir(folder))[0])) as book:
        ok &= check("a notice tells whom and until when", "2024年2月15日" in book.read("word/document.xml").decode())
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
