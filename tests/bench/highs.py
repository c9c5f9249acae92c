#!/usr/bin/env python3
"""gouji's search for the smallest repair beside HiGHS, on the same instances, in one run.

    pip install highspy
    python3 tests/bench/highs.py

Tables of the shape of table 3 with 7 and 20 columns and 1 to 8 wrong cells. HiGHS solves the usual mixed-integer
program: a cell may differ from what was entered only where its binary is 1, with a tight M. Both times are of this
machine and this run, HiGHS's as processor time, so that other programs do not slow it; only their ratio says anything.
The minimum must be the same.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import highspy

ROWS = 25


def relations(cols):
    at = lambda r, c: r * cols + c
    for r in range(ROWS):
        yield [(at(r, c), -1 if c == cols - 1 else 1) for c in range(cols)]
    for c in range(cols):
        yield [(at(r, c), -1 if r == 23 else 1) for r in range(2, 24)]
    for c in range(cols):
        yield [(at(0, c), 1), (at(1, c), 1), (at(23, c), -1), (at(24, c), -1)]


def highs(values, cols):
    """The fewest cells to change, by HiGHS."""
    h = highspy.Highs()
    h.setOptionValue("output_flag", False)
    h.setOptionValue("threads", 1)
    n = len(values)
    gaps = [abs(sum(k * values[i] for i, k in rel)) for rel in relations(cols)]
    tight = sum(gaps) + 1  # no cell of a smallest repair moves further than all gaps together
    inf = highspy.kHighsInf
    for v in values:
        h.addVar(max(0, v - tight), v + tight)
    for i in range(n):
        h.addVar(0, 1)
        h.changeColIntegrality(n + i, highspy.HighsVarType.kInteger)
        h.changeColCost(n + i, 1)
    for rel in relations(cols):
        h.addRow(0, 0, len(rel), [i for i, _ in rel], [float(k) for _, k in rel])
    for i, v in enumerate(values):
        h.addRow(-inf, v, 2, [i, n + i], [1.0, -float(tight)])
        h.addRow(v, inf, 2, [i, n + i], [1.0, float(tight)])
    h.run()
    return round(h.getInfo().objective_function_value)


def instances():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "instances.jsonl")
        test = ["cargo", "test", "--release", "--test", "it", "solver::instances_for_comparison", "--", "--ignored"]
        subprocess.run(test, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "GOUJI_BENCH": path})
        with open(path) as lines:
            return [json.loads(line) for line in lines]


def compare(instances):
    """Prints a line for each number of columns and wrong cells; how many minima differ."""
    differ = 0
    highs([0] * ROWS * 7, 7)  # the first run says who it is
    print(f"{'columns':>7} {'wrong':>5} {'gouji ms':>9} {'HiGHS ms':>9} {'ratio':>7} {'same minimum':>12} {'given up':>8}")
    for key in sorted({(i["cols"], i["errors"]) for i in instances}):
        own, theirs, same, gave_up = [], [], 0, 0
        group = [i for i in instances if (i["cols"], i["errors"]) == key]
        for instance in group:
            start = time.process_time()
            least = highs(instance["values"], instance["cols"])
            theirs.append((time.process_time() - start) * 1000)
            own.append(instance["seconds"] * 1000)
            gave_up += instance["weight"] is None
            same += instance["weight"] == least
        differ += len(group) - same - gave_up
        a, b = statistics.median(own), statistics.median(theirs)
        print(f"{key[0]:7} {key[1]:5} {a:9.3f} {b:9.1f} {b / a:7.0f} {same:9}/{len(group)} {gave_up:8}", flush=True)
    return differ


if __name__ == "__main__":
    sys.exit(1 if compare(instances()) else 0)
