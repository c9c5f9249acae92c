#!/usr/bin/env python3
"""How many corrections made by default restore what was honestly meant, by kind of error.

    python3 corrections.py GOUJI SHARED WORK [COUNT] [SEED]

Prints, for each kind of error planted, the files with it, the cells planted, those corrected right, those corrected
wrong, and those left to somebody. Exits 1 where fewer than 99.9 % of the corrections made are right.
"""
import collections
import json
import os
import subprocess
import sys

from truth import audit


def main():
    gouji, shared, work = sys.argv[1:4]
    count, seed = (sys.argv[4:5] or ["500"])[0], (sys.argv[5:6] or ["501"])[0]
    folder = os.path.join(work, "corrections")
    subprocess.run([sys.executable, os.path.join(shared, "bench/submissions.py"), folder, "--count", count,
                    "--seed", seed, "--xls-share", "0"], check=True)
    truths = [json.loads(line) for line in open(os.path.join(folder, "truth.jsonl"), encoding="utf-8")]
    results = audit(gouji, [os.path.join(folder, t["file"]) for t in truths])
    table = collections.defaultdict(collections.Counter)
    right = wrong = 0
    for result, truth in zip(results, truths):
        made = {c["field"]: c["to"] for c in result["repair"]["changes"] if c["certainty"] == "proved"}
        for field, to in made.items():
            good = to == truth["honest"].get(field)
            right += good
            wrong += not good
            if not good:
                print(f"  {truth['file']} {truth['errors']}: {field} to {to}, honest {truth['honest'].get(field)}")
        for error in truth["errors"]:
            row = table[error["kind"]]
            row["files"] += 1
            for field in error["fields"]:
                row["cells"] += 1
                honest = truth["honest"][field]
                row["right" if made.get(field) == honest else "wrong" if field in made else "left"] += 1
    columns = ["files", "cells", "right", "wrong", "left"]
    print(f"{'error':<14}" + "".join(f"{c:>8}" for c in columns))
    for kind in sorted(table):
        print(f"{kind:<14}" + "".join(f"{table[kind][c]:>8}" for c in columns))
    share = right / max(1, right + wrong)
    print(f"corrections made by default: {right + wrong}, right: {share:.2%}")
    sys.exit(0 if share >= 0.999 else 1)


if __name__ == "__main__":
    main()
