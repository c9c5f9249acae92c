#!/usr/bin/env bash
# Runs the Windows program under Wine as far as that goes: Chinese and long paths, exit statuses, the same JSON and the
# same marked workbook as the program of this system. Usage: wine.sh GOUJI.EXE [GOUJI]
set -euo pipefail
program=$(realpath "$1")
own=$(realpath "${2:-target/release/gouji}" 2>/dev/null || true)
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'wineserver -k 2>/dev/null || true; rm -rf "$work"' EXIT
export WINEPREFIX="$work/wine" WINEDEBUG=-all LC_ALL=C.UTF-8

# Debian's Wine lacks one library that Rust asks for random numbers; this one serves the test only.
cat > "$work/random.c" <<'C'
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) {
    return SystemFunction036(data, (ULONG)length);
}
C
x86_64-w64-mingw32-gcc -shared -o "$work/bcryptprimitives.dll" "$work/random.c" -ladvapi32
cp "$program" "$work/gouji.exe"
cp -r samples "$work/报送材料"
cp "samples/数字打错一位.xlsx" "$work/"

fail() { echo "FAILED: $*"; exit 1; }
gouji() { # expected exit status, arguments
  local expected=$1 status=0
  shift
  (cd "$work" && wine gouji.exe "$@") >"$work/said" 2>"$work/complained" </dev/null || status=$?
  [ "$status" = "$expected" ] || fail "gouji.exe $* exits $status: $(cat "$work/said" "$work/complained")"
}

gouji 0 --version
gouji 1 --no-open 数字打错一位.xlsx
grep -q '错误 1 处' "$work/said" || fail "one line: $(cat "$work/said")"
[ -f "$work/数字打错一位.审核.xlsx" ] || fail "no marked workbook"
gouji 1 audit --no-write --format json 数字打错一位.xlsx
cp "$work/said" "$work/windows.json"
gouji 2 audit 没有.xlsx

# In a window of its own it waits for a key where something failed, and not where nothing did.
window() { # whether it waits, exit status, arguments
  (cd "$work" && python3 - "$@") <<'PY'
import os, pty, re, select, sys, time
waits, expected, arguments = sys.argv[1] == "waits", int(sys.argv[2]), sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp("wine", ["wine", "gouji.exe", *arguments])
said, asked, began, status = b"", False, time.time(), None
while status is None and time.time() - began < 120:
    if select.select([terminal], [], [], 0.2)[0]:
        try:
            said += os.read(terminal, 65536)
        except OSError:
            pass
    if not asked and "按回车键" in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said.decode("utf-8", "replace")):
        asked = True
        time.sleep(2)
        assert os.waitpid(pid, os.WNOHANG) == (0, 0), "it did not wait"
        os.write(terminal, b"\r")
    ended, code = os.waitpid(pid, os.WNOHANG)
    status = os.waitstatus_to_exitcode(code) if ended else None
text = said.decode("utf-8", "replace")
assert (asked, status) == (waits, expected), f"asked {asked}, exits {status}: {text}"
PY
}
window waits 2 没有.xlsx || fail "a window that closes at once"
window ends 1 --no-open 数字打错一位.xlsx || fail "a window that stays"
long=$(printf '长%.0s' $(seq 60))
mkdir -p "$work/$long/$long/$long/$long/$long"
cp "samples/石碁镇2022.xlsx" "$work/$long/$long/$long/$long/$long/"
gouji 0 audit "$long\\$long\\$long\\$long\\$long\\石碁镇2022.xlsx"
gouji 1 --no-open 报送材料
[ -f "$work/报送材料-审核/汇总.xlsx" ] || fail "no summary of a folder"
if [ -x "$own" ]; then
  "$own" audit --no-write --format json "$work/数字打错一位.xlsx" > "$work/own.json" || true
  cmp "$work/windows.json" "$work/own.json" || fail "another JSON than the program of this system"
  cp "$work/数字打错一位.审核.xlsx" "$work/windows.xlsx"
  "$own" audit -q "$work/数字打错一位.xlsx" > /dev/null || true
  cmp "$work/windows.xlsx" "$work/数字打错一位.审核.xlsx" || fail "another workbook than the program of this system"
fi
echo "under Wine: passed"
