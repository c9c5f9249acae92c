#!/usr/bin/env bash
# The picture of report.html in the README, from a generated district of sixteen offices.
#
#     MODULES=DIR tests/heavy/report_picture.sh GOUJI SHARED      (DIR holds node_modules with playwright-core)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 "$here/../district.py" "$2" "$work/district" --offices 16 --seed 4 >/dev/null
"$1" batch "$work/district/今年" --out "$work/out" --roster "$work/district/名单.csv" --prior "$work/district/上年" \
  --aggregate "$work/district/区汇总.xlsx" -q >/dev/null || true
node "$here/report_page.mjs" "$(command -v chromium)" "$work/out" "$here/../../.github/pictures/report.png"
