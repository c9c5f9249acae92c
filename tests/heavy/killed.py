#!/usr/bin/env python3
"""Kills a batch at random moments: no half-written file in OUT, and the next run completes it to the same bytes.

    python3 killed.py GOUJI ROOT WORK [TIMES]

ROOT is a district that tests/district.py wrote. Every file that stands after a kill must be whole (packages pass
their checks, lines end), and the run that follows must give what an undisturbed run gives, byte for byte.
"""
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile

# What a run keeps for the next one: no result, and lines stand in the order in which files were done.
JOURNAL = ".gouji-results.jsonl"


def command(gouji, root, out):
    return [gouji, "batch", os.path.join(root, "今年"), "--out", out, "--roster", os.path.join(root, "名单.csv"), "-q"]


def files(out):
    return sorted(os.path.relpath(os.path.join(d, n), out) for d, _, names in os.walk(out) for n in names)


def digests(out):
    found = {}
    for name in files(out):
        if os.path.basename(name) != JOURNAL:
            with open(os.path.join(out, name), "rb") as fh:
                found[name] = hashlib.sha256(fh.read()).hexdigest()
    return found


def torn(out):
    """Files that are not whole; those under a temporary name are not in place yet."""
    bad = []
    for name in files(out):
        path, base = os.path.join(out, name), os.path.basename(name)
        if base.startswith(".gouji-"):
            continue
        try:
            if name.endswith((".xlsx", ".docx")):
                with zipfile.ZipFile(path) as book:
                    if book.testzip():
                        bad.append(name)
            elif name.endswith(".jsonl"):
                for line in open(path, encoding="utf-8"):
                    json.loads(line)
            elif name.endswith(".html"):
                with open(path, encoding="utf-8") as fh:
                    if not fh.read().endswith("</html>\n"):
                        bad.append(name)
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            bad.append(f"{name}: {error}")
    return bad


def main():
    gouji, root, work = sys.argv[1:4]
    times = int(sys.argv[4]) if len(sys.argv) > 4 else 20
    whole = os.path.join(work, "whole")
    start = time.monotonic()
    subprocess.run(command(gouji, root, whole), stdout=subprocess.DEVNULL, check=False)
    took, rng, ok, killed = time.monotonic() - start, random.Random(7), True, 0
    expected = digests(whole)
    for n in range(times):
        out = os.path.join(work, f"killed{n}")
        run = subprocess.Popen(command(gouji, root, out), stdout=subprocess.DEVNULL)
        time.sleep(rng.random() * took)
        run.send_signal(signal.SIGINT if n % 4 == 3 else signal.SIGKILL)
        killed += run.wait() != 1
        bad = torn(out) if os.path.isdir(out) else []
        subprocess.run(command(gouji, root, out), stdout=subprocess.DEVNULL, check=False)
        same = digests(out)
        left = {k for k in set(same) | set(expected) if same.get(k) != expected.get(k)}
        if bad or left:
            ok = False
            print(f"  run {n}: torn {bad[:3]}, differs {sorted(left)[:5]}")
        shutil.rmtree(out)
    print(f"  {'ok ' if ok else 'NOT'} {killed} of {times} runs killed before their end ({took:.1f} s undisturbed)")
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
