#!/usr/bin/env python3
"""Faults while gouji works: the disk is full, the folder is read-only, the input vanishes, the process is killed.

Whatever happens, the inputs are as they were, every output is whole or not there, nothing of the office's is
overwritten, and the reason is said in Chinese with exit status 2. Usage: faults.py GOUJI WORK (as root: tmpfs is
mounted and an unprivileged user runs what concerns permissions).
"""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
# without what the README's command has left beside them
FORMS = [p for p in sorted(SAMPLES.glob("*.xlsx")) if ".审核." not in p.name and ".更正." not in p.name]
WRONG = "数字打错一位.xlsx"
NOBODY = 65534
failures = []


def expect(condition, what):
    if not condition:
        failures.append(what)
        print("FAILED:", what)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def tree(folder):
    """Every file below a folder with its digest."""
    return {str(p.relative_to(folder)): digest(p) for p in sorted(folder.rglob("*")) if p.is_file()}


def is_whole(path):
    if path.suffix in (".xlsx", ".xlsm"):
        try:
            with zipfile.ZipFile(path) as book:
                return book.testzip() is None
        except zipfile.BadZipFile:
            return False
    if path.suffix == ".html":
        return path.read_text("utf-8").rstrip().endswith("</html>")
    return path.suffix != ".jsonl" or path.read_bytes()[-1:] in (b"", b"\n")


def unfinished(folder):
    """Outputs that are there and not whole; files that a killed process has left under a hidden name do not count."""
    return [p.name for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".") and not is_whole(p)]


class Gouji:
    def __init__(self, program):
        self.program = program

    def run(self, *args, cwd, user=None):
        become = (lambda: os.setuid(user)) if user else None
        done = subprocess.run([self.program, *args], cwd=cwd, capture_output=True, text=True, preexec_fn=become)
        return done.returncode, done.stdout + done.stderr

    def start(self, *args, cwd):
        return subprocess.Popen([self.program, *args], cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def offices(folder, count):
    """A folder of submissions, some wrong, each with a name of its own."""
    folder.mkdir(parents=True)
    for n in range(count):
        form = FORMS[n % len(FORMS)]
        shutil.copy(form, folder / f"{n:03}{form.name}")
    return folder


class Disk:
    """A small disk of its own."""

    def __init__(self, place, size):
        self.place = place
        place.mkdir(parents=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "gouji", str(place)], check=True)

    def fill(self, leave):
        """Fills the disk but for some bytes."""
        free = os.statvfs(self.place)
        left = free.f_bavail * free.f_frsize - leave
        (self.place / "filler").write_bytes(b"\0" * max(left, 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", str(self.place)], check=True)


def can_mount(work):
    try:
        with Disk(work / "probe", "1m"):
            return True
    except (subprocess.CalledProcessError, FileNotFoundError):
        return False


def full_disk(gouji, work):
    commands = {
        "audit": ["audit", WRONG],
        "fix": ["fix", WRONG],
        "drop": ["--no-open", WRONG],
        "export": ["template", "export", "xxgk-2021", "-o", "空白表.xlsx"],
        "learn": ["template", "learn", WRONG, "-o", "定义.toml"],
        "batch": ["batch", "报送", "--out", "OUT"],
    }
    for name, command in commands.items():
        with Disk(work / f"full-{name}", "2m") as disk:
            shutil.copy(SAMPLES / WRONG, disk.place)
            offices(disk.place / "报送", 3)
            disk.fill(4096 if name == "batch" else 0)
            before = tree(disk.place)
            code, said = gouji.run(*command, cwd=disk.place)
            expect(code == 2, f"{name} on a full disk exits {code}")
            expect("磁盘已满" in said, f"{name} on a full disk says: {said.strip()}")
            after = tree(disk.place)
            expect({k: after.get(k) for k in before} == before, f"{name} on a full disk changes files")
            expect(not unfinished(disk.place), f"{name} on a full disk leaves {unfinished(disk.place)}")
            hidden = [p for p in disk.place.rglob(".gouji-*") if "results" not in p.name]
            expect(not hidden, f"{name} on a full disk leaves {hidden}")


def standing_output(gouji, work):
    """A new output that does not fit leaves the old one."""
    with Disk(work / "full-standing", "1m") as disk:
        shutil.copy(SAMPLES / WRONG, disk.place)
        gouji.run("audit", WRONG, cwd=disk.place)
        disk.fill(0)
        before = tree(disk.place)
        code, said = gouji.run("audit", "--lang", "en", WRONG, cwd=disk.place)
        expect(code == 2 and "disk is full" in said, f"replacing on a full disk: {code} {said}")
        expect(tree(disk.place) == before, "replacing on a full disk changes the standing output")


def others_go_on(gouji, work):
    """One output that cannot be written stops nobody else's."""
    folder = offices(work / "others", 4)
    first, *rest = sorted(p.name for p in folder.iterdir())
    (folder / first.replace(".xlsx", ".审核.xlsx")).mkdir()
    code, said = gouji.run("audit", *sorted([first, *rest]), cwd=folder)
    expect(code == 2 and "同名的文件夹" in said, f"a folder in the output's place: {code} {said}")
    made = [name for name in rest if (folder / name.replace(".xlsx", ".审核.xlsx")).is_file()]
    expect(made == rest, f"others are not done: {set(rest) - set(made)}")


def permissions(gouji, work):
    for name, command in {
        "audit": ["audit", WRONG],
        "fix": ["fix", WRONG],
        "drop": ["--no-open", WRONG],
        "export": ["template", "export", "xxgk-2021"],
        "batch": ["batch", "报送", "--out", "OUT"],
    }.items():
        folder = work / f"readonly-{name}"
        folder.mkdir()
        shutil.copy(SAMPLES / WRONG, folder)
        offices(folder / "报送", 3)
        folder.chmod(0o555)
        before = tree(folder)
        code, said = gouji.run(*command, cwd=folder, user=NOBODY)
        expect(code == 2, f"{name} in a read-only folder exits {code}")
        expect("没有写入权限" in said, f"{name} in a read-only folder says: {said.strip()}")
        expect(tree(folder) == before, f"{name} in a read-only folder changes it")
    folder = offices(work / "unreadable", 3)
    names = sorted(p.name for p in folder.iterdir())
    (folder / names[0]).chmod(0)
    folder.chmod(0o777)
    code, said = gouji.run("audit", *names, cwd=folder, user=NOBODY)
    expect(code == 2 and "没有读取权限" in said, f"an unreadable file: {code} {said}")
    expect(len(list(folder.glob("*.审核.xlsx"))) == 2, "the others are not done beside an unreadable file")


def readonly_disk(gouji, work):
    with Disk(work / "readonly-disk", "2m") as disk:
        shutil.copy(SAMPLES / WRONG, disk.place)
        subprocess.run(["mount", "-o", "remount,ro", str(disk.place)], check=True)
        code, said = gouji.run("audit", WRONG, cwd=disk.place)
        expect(code == 2 and "只读" in said, f"a read-only disk: {code} {said}")


def long_names(gouji, work):
    folder = work / "names"
    folder.mkdir()
    long = "长" * 82 + ".xlsx"  # 251 bytes: it fits, and the output's name does not
    for name in [long, WRONG]:
        shutil.copy(SAMPLES / WRONG, folder / name)
    code, said = gouji.run("audit", long, WRONG, cwd=folder)
    expect(code == 2 and "文件名太长" in said, f"a long name: {code} {said}")
    expect((folder / WRONG.replace(".xlsx", ".审核.xlsx")).is_file(), "the other is not done beside a long name")
    expect(sorted(p.name for p in folder.iterdir() if p.name.startswith(".")) == [], "a long name leaves files")
    deep = folder / ("深" * 80) / ("深" * 80) / ("深" * 80)
    deep.mkdir(parents=True)
    shutil.copy(SAMPLES / WRONG, deep)
    code, said = gouji.run("audit", str(deep / WRONG), cwd=folder)
    expect(code == 1, f"a long path: {code} {said}")


def vanishing_inputs(gouji, work):
    """Half of the inputs are removed while a batch runs, the others are done."""
    folder = offices(work / "vanish" / "报送", 120)
    names = sorted(p.name for p in folder.iterdir())
    out = folder.parent / "OUT"
    batch = gouji.start("batch", "报送", "--out", "OUT", "--jobs", "1", cwd=folder.parent)
    # Held while they are removed: however fast the machine is, the batch is in its midst.
    while batch.poll() is None and not any(out.glob("annotated/*.xlsx")):
        time.sleep(0.001)
    batch.send_signal(signal.SIGSTOP)
    for name in names[60:]:
        (folder / name).unlink()
    batch.send_signal(signal.SIGCONT)
    code = batch.wait(120)
    expect(code == 2, f"a batch whose inputs vanish exits {code}")
    expect(not unfinished(out), f"a batch whose inputs vanish leaves {unfinished(out)}")
    results = (out / "results.jsonl").read_text("utf-8")
    expect(results.count("\n") == 120, "a batch whose inputs vanish loses results")
    expect("找不到这个文件" in results, "the reason of vanished inputs is not said")


def kills(gouji, work, rounds):
    """Killed at any moment: inputs whole, outputs whole, and the next run finishes the work."""
    chance = random.Random(20241125)
    for name, command in {
        "batch": ["batch", "报送", "--out", "OUT", "--jobs", "2"],
        "audit": ["audit", *sorted(f"报送/{n:03}{p.name}" for n, p in enumerate(FORMS))],
        "fix": ["fix", *sorted(f"报送/{n:03}{p.name}" for n, p in enumerate(FORMS))],
    }.items():
        folder = work / f"kill-{name}"
        offices(folder / "报送", len(FORMS) * (4 if name == "batch" else 1))
        before = tree(folder / "报送")
        longest = time.time()
        expect(gouji.run(*command, cwd=folder)[0] in (1, 2), f"{name} does not end by itself")
        longest = time.time() - longest
        for _ in range(rounds):
            for made in [folder / "OUT", *folder.glob("报送/*.审核.xlsx"), *folder.glob("报送/*.更正.xlsx")]:
                shutil.rmtree(made) if made.is_dir() else made.unlink(missing_ok=True)
            process = gouji.start(*command, cwd=folder)
            time.sleep(chance.uniform(0, longest))
            process.send_signal(signal.SIGKILL)
            process.wait()
            expect(not unfinished(folder), f"{name} killed leaves {unfinished(folder)}")
            inputs = {k: v for k, v in tree(folder / "报送").items() if k in before}
            expect(inputs == before, f"{name} killed changes its inputs")
            code, said = gouji.run(*command, cwd=folder)
            expect(code in (1, 2) and not unfinished(folder), f"{name} after a kill: {code}")
            expect("已存在" not in said, f"{name} after a kill does not know its own output: {said}")


def main():
    work = Path(sys.argv[2]).resolve()
    work.mkdir(parents=True)
    for folder in [work, work.parent]:
        folder.chmod(0o755)  # the unprivileged user comes here
    gouji = Gouji(shutil.copy(sys.argv[1], work))
    print("kills, vanished inputs, long names")
    others_go_on(gouji, work)
    long_names(gouji, work)
    vanishing_inputs(gouji, work)
    kills(gouji, work, 8)
    if os.geteuid() == 0:
        print("permissions")
        permissions(gouji, work)
    else:
        print("permissions: skipped, this is not root")
    if can_mount(work):
        print("full disk, read-only disk")
        full_disk(gouji, work)
        standing_output(gouji, work)
        readonly_disk(gouji, work)
    else:
        print("full disk, read-only disk: skipped, no disk of one's own can be had here")
    print(f"faults: {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
