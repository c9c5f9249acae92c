#!/usr/bin/env python3
"""Runs the samples that drive gouji by other engines, and holds their results against gouji's own.

    python3 engines.py GOUJI SHARED WORK

Where GNU parallel or PySpark is not at hand, that sample is said to be skipped.
"""
import json
import os
import shutil
import subprocess
import sys
from decimal import Decimal

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES = os.path.join(HERE, "..", "..", "samples", "大批量")


def lines(path, folder):
    """Results by path below the folder."""
    with open(path, encoding="utf-8") as fh:
        found = [json.loads(line, parse_float=Decimal) for line in fh]
    for result in found:
        result["file"] = os.path.relpath(result["file"], folder) if os.path.isabs(result["file"]) else result["file"]
    return sorted(found, key=lambda r: r["file"])


def check(what, ok):
    print(f"  {'ok ' if ok else 'NOT'} {what}")
    return ok


def parallel(gouji, folder, own, work):
    if not shutil.which("parallel"):
        print("  skipped: GNU parallel is not here")
        return True
    out = os.path.join(work, "parallel.jsonl")
    subprocess.run([os.path.join(SAMPLES, "parallel.sh"), gouji, folder, out], check=True, stdout=subprocess.DEVNULL)
    return check("GNU parallel gives the same results", lines(out, folder) == own)


def spark(gouji, folder, own, work):
    try:
        import pyspark
    except ImportError:
        pyspark = None
    if pyspark is None or not shutil.which("java"):
        print("  skipped: PySpark or Java is not here")
        return True
    listed, out = os.path.join(work, "list.txt"), os.path.join(work, "spark")
    with open(listed, "w", encoding="utf-8") as fh:
        fh.writelines(f"{os.path.join(folder, r['file'])}\t{r['office']}\n" for r in own)
    environment = {**os.environ, "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    subprocess.run([sys.executable, os.path.join(SAMPLES, "spark.py"), gouji, listed, out, "2022"], check=True, env=environment,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    from pyspark.sql import SparkSession
    session = SparkSession.builder.config("spark.ui.enabled", "false").getOrCreate()
    results = session.read.parquet(os.path.join(out, "results"))
    told = {(r.file, r.sha256, r.status) for r in results.select("file", "sha256", "status").collect()}
    same = {(os.path.join(folder, r["file"]), r["sha256"], r["status"]) for r in own}
    ok = check("PySpark has every result in Parquet", told == same)
    sums = {r.field: (r.total, r.offices) for r in session.read.parquet(os.path.join(out, "sum")).collect()}
    session.stop()
    numbers = {}
    for result in own:
        for field, held in result["fields"].items():
            if held["value"] is not None:
                total, offices = numbers.get(field, (Decimal(0), 0))
                numbers[field] = (total + Decimal(held["value"]), offices + 1)
    ok &= check("Spark SQL's roll-up equals the sum of the results", {f: s for f, s in sums.items() if s[1]} == numbers)
    book = os.path.join(work, "own", "汇总.xlsx")
    done = subprocess.run([gouji, "audit", "--no-write", "--format", "jsonl", book], stdout=subprocess.PIPE, check=False)
    fields = json.loads(done.stdout, parse_float=Decimal)["fields"]
    rolled = {f: Decimal(v["value"]) for f, v in fields.items() if v["value"] is not None}
    return ok & check("and gouji's own roll-up", rolled == {f: s[0] for f, s in sums.items() if s[1]})


def main():
    gouji, shared, work = os.path.abspath(sys.argv[1]), sys.argv[2], os.path.abspath(sys.argv[3])
    folder = os.path.join(work, "files")
    subprocess.run([sys.executable, os.path.join(shared, "bench/submissions.py"), folder, "--count", "150", "--seed", "31"], check=True)
    os.remove(os.path.join(folder, "truth.jsonl"))
    # Each file is of an office of its own, whatever its title says.
    listed = os.path.join(work, "offices.txt")
    with open(listed, "w", encoding="utf-8") as fh:
        fh.writelines(f"{os.path.join(folder, n)}\t第{i}镇\n" for i, n in enumerate(sorted(os.listdir(folder))))
    subprocess.run([gouji, "batch", "--files-from", listed, "--out", os.path.join(work, "own"), "-q"], check=False,
                   stdout=subprocess.DEVNULL)
    own = lines(os.path.join(work, "own", "results.jsonl"), folder)
    plain = os.path.join(work, "plain.jsonl")
    with open(plain, "wb") as fh, subprocess.Popen(["find", folder, "-type", "f"], stdout=subprocess.PIPE) as find:
        subprocess.run([gouji, "batch", "--files-from", "-", "--format", "jsonl", "--no-write"], stdin=find.stdout, stdout=fh, check=False)
    streamed = lines(plain, folder)
    ok = check("a list on stdin is streamed whole", [r["sha256"] for r in streamed] == [r["sha256"] for r in own])
    ok &= parallel(gouji, folder, streamed, work)
    ok &= spark(gouji, folder, own, work)
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
