#!/usr/bin/env python3
"""Audits real reports and generated submissions and holds the results against their truth.

    python3 truth.py GOUJI SHARED WORK

Every field must be mapped to its own cell, and the relations listed under A-findings must equal the truth's
violations, none missing and none added. Prints a table; exits 1 where a row is not whole.
"""
import json
import os
import subprocess
import sys

SUITES = [
    ("one_sheet", "one_sheet", 75, 101), ("per_sheet", "per_sheet", 75, 102),
    ("default_names", "default_names", 75, 103), ("with_notes", "with_notes", 75, 104),
    ("mixed layouts", None, 300, 105),
]


def audit(gouji, files):
    out = subprocess.run([gouji, "audit", "--format", "jsonl", "--no-write", *files], stdout=subprocess.PIPE, check=False)
    return [json.loads(line) for line in out.stdout.decode().splitlines()]


def faults_of(result, truth):
    """What differs between a result and its truth, in words."""
    faults = []
    found = {f: v["cell"] for f, v in result["fields"].items()}
    faults += [f"{f}: mapped to {found.get(f)}, stands in {c}" for f, c in truth["cells"].items() if found.get(f) != c]
    faults += [f"{f}: mapped to {c}, on no form" for f, c in found.items() if f not in truth["cells"]]
    told = sorted((r["code"], r["where"]) for f in result["findings"] for r in f.get("relations", []))
    broken = sorted((code, where) for code, where, _ in truth["violations"])
    if told != broken:
        faults.append(f"relations told {told}, broken {broken}")
    return faults


def generated(gouji, shared, work):
    ok = True
    print(f"{'suite':<16}{'files':>7}{'whole':>7}{'fields':>9}")
    for name, layout, count, seed in SUITES:
        folder = os.path.join(work, name.replace(" ", "_"))
        command = [sys.executable, os.path.join(shared, "bench/submissions.py"), folder, "--count", str(count), "--seed", str(seed)]
        subprocess.run(command + (["--layout", layout] if layout else []), check=True)
        truths = [json.loads(line) for line in open(os.path.join(folder, "truth.jsonl"), encoding="utf-8")]
        results = audit(gouji, [os.path.join(folder, t["file"]) for t in truths])
        whole = 0
        for result, truth in zip(results, truths):
            faults = faults_of(result, truth)
            whole += not faults
            if faults:
                print(f"  {name}/{truth['file']} {truth['layouts']}: {faults[:3]}")
        print(f"{name:<16}{len(truths):>7}{whole:>7}{sum(len(t['cells']) for t in truths):>9}")
        ok &= whole == len(truths) == len(results)
    return ok


def main():
    gouji, shared, work = sys.argv[1:4]
    os.makedirs(work, exist_ok=True)
    sys.exit(0 if generated(gouji, shared, work) else 1)


if __name__ == "__main__":
    main()
