#!/usr/bin/env python3
"""Run gouji over hostile files and over folders of real ones, each in a process of its own with 1 GiB of address
space and 10 s, and print what became of them by kind; beside it the same for calamine alone.

    python3 tests/hostile/run.py GOUJI [--calamine PROGRAM] [--folder DIR]… [--keep DIR] [--only TEXT] [--share N]

"other form": read to the end and no form of gouji's; "refused": not read, with a reason.
Fails on a panic, an abort, a time-out, a number read wrongly in silence, or an answer that the case does not expect.
needs: python's library; GOUJI a release build, PROGRAM: cargo build --release --example calamine_reads
"""
import argparse
import collections
import concurrent.futures
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

import builders
import cases
import cases_binary

MEMORY, SECONDS = 1 << 30, 10
INTERNAL = "内部出错"
COLUMNS = ["read", "other form", "told", "refused", "silent", "unexpected", "panic", "abort", "time-out"]
BAD = {"silent", "unexpected", "panic", "abort", "time-out"}
CALAMINE_READS = ("xlsx", "xlsm", "xls", "xlsb", "ods", "xla", "xlam")


def bounded():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(command):
    """Exit status, output, error output, seconds of processor; a time-out is the status `time-out`."""
    before = time.time()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=bounded,
                               env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"})
    try:
        # The clock that counts is the processor's; this one is for a process that sleeps.
        out, err = process.communicate(timeout=SECONDS * 20)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        return "time-out", out, err, time.time() - before
    status = "time-out" if process.returncode in (-24, -9) else process.returncode
    return status, out, err, time.time() - before


def crashed(status, err):
    if status == "time-out":
        return "time-out"
    if status == 101 or b"panicked at" in err and status not in (0, 1, 2):
        return "panic"
    return "abort" if status < 0 else None


def gouji(program, path, expect, more=()):
    status, out, err, _ = run([program, "audit", "--no-write", "--format", "jsonl", *more, "--", path])
    wrong = crashed(status, err)
    if wrong:
        return wrong, err[-200:].decode("utf-8", "replace")
    if INTERNAL.encode() in out or b"panicked at" in err:
        return "panic", err[-300:].decode("utf-8", "replace")
    try:
        result = json.loads(out.decode().splitlines()[-1])
    except (ValueError, IndexError):
        return "unexpected", f"no JSON: {status} {err[-200:]!r}"
    return judge(result, expect)


def judge(result, expect):
    error = result["error"]
    if error and expect is None:
        # read to the end, and no form that gouji knows; or refused with a reason
        return "other form" if error["kind"] == "no_form" else "refused", f"{error['kind']}: {error['message'][:80]}"
    if error:
        expected = expect is None or expect.anything or error["kind"] in expect.refuses
        return "refused" if expected else "unexpected", f"{error['kind']}: {error['message'][:80]}"
    if expect is None:
        return "read", ""
    field = result["fields"].get(builders.FIELD)
    value = field and field["value"]
    codes = [f["code"] for f in result["findings"]]
    at_cell = [f["code"] for f in result["findings"] if builders.FIELD in f["fields"] or f["code"][0] == "S"]
    said = f"value {value}, {codes}"
    if expect.reads is not None and value == expect.reads and not set(at_cell) & {"V003"}:
        return "read", said
    if set(expect.tells) & set(at_cell):
        return "told", said
    if expect.anything:
        return "read" if not codes else "told", said
    return "silent" if not codes else "unexpected", said


def calamine(program, path, expect, extension):
    if extension not in CALAMINE_READS:
        return "—", ""
    status, out, err, _ = run([program, path, builders.CELL])
    wrong = crashed(status, err)
    if wrong:
        return wrong, ""
    if status != 0:
        return "refused", err[-100:].decode("utf-8", "replace")
    text = out.decode("utf-8", "replace").strip()
    if expect is None or expect.anything:
        return "read", text
    try:
        value = float(text)
    except ValueError:
        value = None
    if expect.reads is not None and value == expect.reads and text not in ("inf", "NaN"):
        return "read", text
    is_number = value is not None and abs(value) < float("inf")
    if not is_number and text not in ("", "inf", "-inf", "NaN", "nan"):
        return "told", text  # text where a number belongs is seen
    if text == "" and "V001" in expect.tells:
        return "told", text
    return "silent", text


def table(title, counts):
    columns = [c for c in COLUMNS + ["—"] if any(counts[k][c] for k in counts)]
    print(f"\n{title}\n\n| kind | files | " + " | ".join(columns) + " |\n|---|---:|" + "---:|" * len(columns))
    total = collections.Counter()
    for kind, row in counts.items():
        total.update(row)
        print(f"| {kind} | {sum(row.values())} | " + " | ".join(str(row[c] or "") for c in columns) + " |")
    print(f"| all | {sum(total.values())} | " + " | ".join(str(total[c] or "") for c in columns) + " |", flush=True)


def real_files(folders):
    for folder in folders:
        for root, dirs, names in sorted(os.walk(folder)):
            dirs.sort()
            for name in sorted(names):
                yield name.rsplit(".", 1)[-1].lower(), os.path.join(root, name)


def hostile_files(only):
    for kind, name, data, expect in cases.all_cases() + cases_binary.all_cases():
        if not only or only in f"{kind}/{name}":
            yield kind, name, data, expect


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("gouji")
    arguments.add_argument("--calamine")
    arguments.add_argument("--folder", action="append", default=[], help="real files, instead of hostile ones")
    arguments.add_argument("--keep", help="folder in which the hostile files stay")
    arguments.add_argument("--only", help="cases with this text in kind/name")
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--share", type=int, default=1, metavar="N", help="only one in N of the files")
    arguments.add_argument("--refused", action="store_true", help="print why files were refused")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        failures = measure(options, options.keep or temporary)
    sys.exit(1 if failures else 0)


def measure(options, folder):
    if options.folder:
        work = [(kind, path, None) for kind, path in real_files(options.folder)]
    else:
        os.makedirs(folder, exist_ok=True)
        work = []
        for i, (kind, name, data, expect) in enumerate(hostile_files(options.only)):
            work.append((kind, (os.path.join(folder, f"{i:04}-{name}"), data), expect))

    work = work[::options.share]

    def one(item):
        try:
            return attempt(item)
        except Exception as error:  # a fault of this script is told with its case
            return item[0], str(item[1])[:100], ("unexpected", f"script: {error!r}"), None, 0

    def attempt(item):
        kind, place, expect = item
        path = place
        if isinstance(place, tuple):
            path, data = place
            data = data() if callable(data) else data
            with open(path, "wb") as f:
                f.write(data if isinstance(data, bytes) else data.encode())
        began = time.time()
        ours = gouji(options.gouji, path, expect)
        seconds = time.time() - began
        extension = path.rsplit(".", 1)[-1].lower()
        theirs = calamine(options.calamine, path, expect, extension) if options.calamine else None
        if isinstance(place, tuple) and not options.keep:
            os.remove(path)
        return kind, path, ours, theirs, seconds

    ours_by_kind, theirs_by_kind = (collections.defaultdict(collections.Counter) for _ in range(2))
    failures, slowest = [], (0, "")
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for kind, path, ours, theirs, seconds in pool.map(one, work):
            ours_by_kind[kind][ours[0]] += 1
            slowest = max(slowest, (seconds, os.path.basename(path)))
            if options.refused and ours[0] == "refused":
                print(f"refused    {kind}: {os.path.basename(path)}: {ours[1]}", file=sys.stderr, flush=True)
            if ours[0] in BAD:
                failures.append(f"{ours[0]:10} {kind}: {os.path.basename(path)}: {ours[1]}")
                print(failures[-1], file=sys.stderr, flush=True)
            if theirs:
                theirs_by_kind[kind][theirs[0]] += 1
    table("gouji", ours_by_kind)
    if theirs_by_kind:
        table("calamine alone", theirs_by_kind)
    print(f"\nslowest: {slowest[1]}, {slowest[0]:.1f} s of the clock")
    return failures


main()
