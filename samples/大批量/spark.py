#!/usr/bin/env python3
"""用 Spark 审核并汇总很多报表：每个分区开一个 gouji，从标准输入读路径，逐行输出结果。
Audits many submissions on Spark: each partition pipes its paths through one gouji and gets a line of JSON for each.

    spark-submit spark.py GOUJI LIST OUT YEAR        (pip install pyspark; Java 17)

LIST   每行一个路径，或“路径、制表符、单位”；各节点都能读到这些文件
       a path a line, or a path, a tab and the office; every worker must see the files
OUT    OUT/results 是 Parquet（一份报表一行），OUT/sum 是汇总（一格一行：合计、家数）
       OUT/results is Parquet, a row a submission; OUT/sum is the roll-up, a row a field: sum and offices behind it
"""
import shlex
import sys

from pyspark.sql import SparkSession

# 数字按十进制读，不经过浮点。 Numbers are read as decimals, never through floating point.
SCHEMA = """
    file string, sha256 string, form string, office string, year int, status string,
    error struct<kind: string, message: string>,
    fields map<string, struct<cell: string, raw: string, value: decimal(28, 9)>>,
    findings array<struct<code: string, severity: string, `where`: string, cells: array<string>, message: string>>,
    summary struct<errors: int, warnings: int, infos: int>
"""
# 一家报了多次的，用 file 最靠后的一份；有别的规矩就改这里。 Of several of one office the last by name counts.
ROLL_UP = """
    WITH used AS (
        SELECT fields FROM (
            SELECT fields, row_number() OVER (PARTITION BY coalesce(office, file) ORDER BY file DESC) AS n
            FROM results WHERE form = '{form}' AND (year = {year} OR year IS NULL))
        WHERE n = 1),
    cells AS (SELECT explode(fields) AS (field, held) FROM used)
    SELECT field, sum(held.value) AS total, count(held.value) AS offices, count(*) - count(held.value) AS lacking
    FROM cells GROUP BY field ORDER BY field
"""


def main():
    gouji, listed, out, year = sys.argv[1:5]
    # gzip 不需要本机库，哪里都能用。 gzip needs no native library, so it works everywhere.
    gzip = ("spark.sql.parquet.compression.codec", "gzip")
    spark = SparkSession.builder.appName("gouji").config(*gzip).getOrCreate()
    paths = spark.sparkContext.textFile(listed, spark.sparkContext.defaultParallelism * 4)
    # 退出码 1、2 只表示有报表填错、读不了；别的（被杀、内存不够）才是这个分区失败，由 Spark 重做。
    # Exit status 1 and 2 only say that a return is wrong or unreadable; any other fails the partition.
    command = f"{shlex.quote(gouji)} batch --files-from - --format jsonl --no-write --jobs 1; test $? -le 2"
    lines = paths.pipe(f"sh -c {shlex.quote(command)}", checkCode=True)
    spark.read.schema(SCHEMA).json(lines).write.mode("overwrite").parquet(f"{out}/results")
    results = spark.read.parquet(f"{out}/results")
    results.createOrReplaceTempView("results")
    # 没有结果的不是报送（锁文件、没有改过的副本等）。 Those without a result are no submissions.
    print(f"{paths.count()} listed, {results.count()} results")
    spark.sql(ROLL_UP.format(form="xxgk-2021", year=int(year))).write.mode("overwrite").parquet(f"{out}/sum")
    spark.sql("SELECT status, count(*) AS files FROM results GROUP BY status ORDER BY status").show()
    spark.stop()


if __name__ == "__main__":
    main()
