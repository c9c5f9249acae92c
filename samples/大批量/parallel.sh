#!/usr/bin/env bash
# 用 GNU parallel 审核很多报表：每 200 个路径交给一个 gouji，结果逐行写到一个文件。
# Audits many submissions with GNU parallel: 200 paths to each gouji, results a line each in one file.
#
#     parallel.sh GOUJI DIR results.jsonl       （多台机器：加 --sshlogin，各机都要能读到文件）
set -euo pipefail
gouji=$1 folder=$2 results=$3

# 退出码 1 只表示有报表填错，2 表示有文件读不了；两种情况结果里都有那一行，所以这里不算失败。
# Exit status 1 says that a return is wrong, 2 that a file could not be read: each has its line all the same.
find "$folder" -type f | sort |
  { parallel --will-cite --pipe -N 200 --line-buffer \
      "$gouji" batch --files-from - --format jsonl --no-write --jobs 1 || true; } > "$results.part"
mv "$results.part" "$results"
wc -l "$results"
