#!/usr/bin/env python3
"""Tell, layout by layout, how many fields gouji puts under the right cell.

    python3 tests/layouts.py OUT --count 1000 --seed 1      # or any folder with a truth.jsonl
    python3 tests/mapping_bench.py OUT --gouji target/release/gouji

A field is right, absent (not located) or wrong (under another cell). A file is whole if all of its fields are
right. `told` counts files with absent fields that have an S finding, of the files with absent fields.
"""
import argparse
import collections
import json
import subprocess


def audit(gouji, folder, files):
    """The outcome of each file, by name."""
    out = {}
    for i in range(0, len(files), 200):
        names = files[i:i + 200]
        run = subprocess.run([gouji, "audit", "--format", "jsonl", "--no-write", "-q", *[f"{folder}/{n}" for n in names]],
                             capture_output=True, text=True)
        for line in run.stdout.splitlines():
            row = json.loads(line)
            out[row["file"].split("/")[-1]] = row
    return out


def judge(truth, row):
    """Ids of right, absent and wrong fields."""
    got = {f: x["cell"] for f, x in (row or {}).get("fields", {}).items()}
    cells = truth["cells"]
    right = [f for f in cells if got.get(f) == cells[f]]
    absent = [f for f in cells if f not in got]
    wrong = [f for f in cells if f in got and got[f] != cells[f]]
    wrong += [f for f in got if f not in cells and row["fields"][f]["raw"] is not None]
    return right, absent, wrong


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("folder")
    p.add_argument("--gouji", default="target/release/gouji")
    p.add_argument("--failures", type=int, default=0, help="print so many files that are not whole")
    a = p.parse_args()
    with open(f"{a.folder}/truth.jsonl", encoding="utf-8") as fh:
        truths = [json.loads(line) for line in fh]
    rows = audit(a.gouji, a.folder, [t["file"] for t in truths])
    table = collections.defaultdict(lambda: [0] * 7)
    shown = 0
    for t in truths:
        row = rows.get(t["file"])
        right, absent, wrong = judge(t, row)
        whole = not absent and not wrong
        told = any(f["code"].startswith("S") for f in (row or {}).get("findings", [])) or (row or {}).get("status") in ("unmapped", "unreadable")
        for name in [*t["layouts"], "all"]:
            line = table[name]
            for i, n in enumerate([1, len(t["cells"]), len(right), len(absent), len(wrong), whole, bool(absent) and not told]):
                line[i] += n
        if not whole and shown < a.failures:
            shown += 1
            print(t["file"], ",".join(t["layouts"]), (row or {}).get("status"))
            print("   wrong", [(f, row["fields"][f]["cell"], t["cells"].get(f)) for f in wrong[:4]], "absent", len(absent), absent[:4])
    print(f"{'layout':<20}{'files':>7}{'whole':>7}{'fields':>9}{'right':>9}{'absent':>8}{'wrong':>7}{'untold':>8}")
    for name in sorted(table, key=lambda k: (k == "all", k)):
        files, fields, right, absent, wrong, whole, untold = table[name]
        print(f"{name:<20}{files:>7}{whole:>7}{fields:>9}{right:>9}{absent:>8}{wrong:>7}{untold:>8}")


if __name__ == "__main__":
    main()
