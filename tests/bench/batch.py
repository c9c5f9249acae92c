#!/usr/bin/env python3
"""Throughput and memory beside the script that an engineer would write, on the same files in one run.

    python3 batch.py GOUJI SHARED WORK [FILES] [MANY]

FILES submissions are audited by ../shared/bench/peer_openpyxl.py (on as many as give a steady rate) and by gouji;
openpyxl loads and saves the same files, which annotating (an audit with its marked workbooks, less one without) is
compared with; peak memory is taken from the kernel, also for MANY files. Prints a table; exits 1 where a target is missed.
"""
import glob
import json
import os
import shutil
import subprocess
import sys
import time

PEER = 150


LOAD_AND_SAVE = """
import io, sys, time, openpyxl
start = time.perf_counter()
for path in sys.argv[1:]:
    openpyxl.load_workbook(path).save(io.BytesIO())
print((len(sys.argv) - 1) / (time.perf_counter() - start))
"""


def measured(command, **more):
    """Seconds, and peak memory in MB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def best(times, command, out=None):
    """The quickest run. What the last one wrote is moved aside: where thousands of files have just been deleted, making
    new ones takes longer."""
    runs = []
    for _ in range(times):
        if out and os.path.isdir(out):
            os.rename(out, f"{out}.old{time.time_ns()}")
        runs.append(measured(command))
    return min(runs)


def main():
    gouji, shared, work = sys.argv[1:4]
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 2000
    many = int(sys.argv[5]) if len(sys.argv) > 5 else 20000
    folder, out = os.path.join(work, "files"), os.path.join(work, "out")
    bench = os.path.join(shared, "bench")
    if not os.path.isdir(folder):
        subprocess.run([sys.executable, os.path.join(bench, "submissions.py"), folder, "--count", str(count), "--seed", "9",
                        "--xls-share", "0"], check=True)
    files = [os.path.join(folder, json.loads(line)["file"]) for line in open(os.path.join(folder, "truth.jsonl"), encoding="utf-8")]
    peer = subprocess.run([sys.executable, os.path.join(bench, "peer_openpyxl.py"), os.path.join(work, "peer"), *files[:PEER]],
                          check=True, stdout=subprocess.PIPE, cwd=bench)
    base = float(peer.stdout.decode().split()[-2])
    saved = float(subprocess.run([sys.executable, "-c", LOAD_AND_SAVE, *files[:PEER]], check=True, stdout=subprocess.PIPE).stdout)
    audit = [gouji, "audit", "-q", "-o", out, "--jobs", "1", *files]
    batch = [gouji, "batch", folder, "--out", out, "-q"]
    rows = [("peer_openpyxl.py", base, None), ("openpyxl, load and save", saved, None)]
    bare, _ = best(2, audit[:2] + ["--no-write"] + audit[2:])
    rows.append(("gouji audit --jobs 1 --no-write", len(files) / bare, None))
    one, memory = best(2, audit, out)
    rows.append(("gouji audit --jobs 1", len(files) / one, memory))
    annotating = len(files) / (one - bare)
    rows.append(("annotating alone", annotating, None))
    two, memory = best(2, [*audit[:6], "2", *files], out)
    rows.append(("gouji audit --jobs 2", len(files) / two, memory))
    alone, memory = best(2, [*batch, "--jobs", "1"], out)
    rows.append(("gouji batch --jobs 1", len(files) / alone, memory))
    both, memory = best(2, [*batch, "--jobs", "2"], out)
    rows.append(("gouji batch --jobs 2", len(files) / both, memory))
    again, _ = measured([*batch, "--jobs", "2"])
    rows.append(("gouji batch, a second run", len(files) / again, None))
    crowd = os.path.join(work, "many")
    if many and not os.path.isdir(crowd):
        copies(files, crowd, many)
    if many:
        took, large = measured([gouji, "batch", crowd, "--out", os.path.join(work, "large"), "-q"])
        rows.append((f"gouji batch, {many} files", many / took, large))
    for old in glob.glob(f"{out}.old*"):
        shutil.rmtree(old)
    print(f"{'on ' + str(len(files)) + ' files':<34}{'files/s':>9}{'× peer':>8}{'MB':>7}")
    for name, rate, mb in rows:
        print(f"{name:<34}{rate:>9.1f}{rate / base:>8.1f}{'' if mb is None else round(mb):>7}")
    aims = [(f"annotating {annotating / saved:.0f} times openpyxl's load and save, at least 25", annotating / saved >= 25),
            ("audit at least 40 times the peer", len(files) / one / base >= 40),
            ("batch at least 30 times the peer", len(files) / both / base >= 30),
            ("audit: 1.8 times more with two jobs", one / two >= 1.8),
            ("batch: 1.8 times more with two jobs", alone / both >= 1.8),
            ("memory under 150 MB", memory < 150 and (not many or large < 150))]
    for name, ok in aims:
        print(f"  {'ok ' if ok else 'NOT'} {name}")
    sys.exit(0 if all(ok for _, ok in aims) else 1)


def copies(files, crowd, many):
    """Many files in folders of an office each, so that each is of another office."""
    for n in range(many):
        path = os.path.join(crowd, f"第{n:05d}镇", "报表.xlsx")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.link(files[n % len(files)], path)


if __name__ == "__main__":
    main()
