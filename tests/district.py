#!/usr/bin/env python3
"""Writes a district's folders over two years, with the truth: on the shared generator of single submissions.

    python3 district.py SHARED OUT --offices 2000 --seed 1

OUT/今年, OUT/上年   one submission an office and year: workbooks of every layout, some in zips (names in UTF-8 and GBK)
OUT/名单.csv         the roster: 单位, 级别, 上级, 别名, 期限, 联系人, 电话
OUT/区汇总.xlsx      the district's own table of this year, wrong in a few cells
OUT/truth.json       what must come out of it

Carry-over holds between the years but where an office was made to slip. Some offices send twice, some not at all,
some are not on the roster, some used the form of another name.
"""
import argparse
import json
import os
import random
import sys
import zipfile

YEAR = 2023
CITY, DISTRICTS = "云州市", ["东", "西", "南", "北", "城中", "江", "湖", "山"]
FIRST = "石南新化沙大洛钟桥龙小清白黄金银青红长高平安福寿永兴和顺仁义礼智信忠孝廉耻勇毅宽敏惠"
SECOND = "碁村造龙湾石浦屯河岭山塘坪坑溪港湖岗洲围头沟桥坝陂垌洞"
SORTS = [("镇人民政府", "乡镇"), ("乡人民政府", "乡镇"), ("街道办事处", "街道")]
ERRORS = ["typo", "stale_total", "wrong_row", "wrong_column", "blank", "blank_block", "no_carry", "negative"]
# Layouts that only rearrange, so that every number can be read: what is summed is the truth's own number.
OTHERS = ["offset", "unmerged", "halfwidth", "spaced", "shortened", "remark_column", "footer", "serial_column",
          "number_text", "number_thousands", "number_fullwidth"]
BOOKS = ["one_sheet", "per_sheet", "default_names", "with_notes"]


def names(rng, count):
    """Distinct names of offices, each with its level, its parent and a shorter name."""
    places = [(a, b, ending, level) for ending, level in SORTS for a in FIRST for b in SECOND]
    assert count <= len(places)
    rng.shuffle(places)
    out = []
    for a, b, ending, level in places[:count]:
        parent = f"{CITY}{rng.choice(DISTRICTS)}区"
        short = a + b + ending.replace("人民政府", "").replace("办事处", "")
        out.append({"short": short, "name": f"{parent}{a}{b}{ending}", "level": level, "parent": parent})
    return out


def file_name(office, n):
    """What offices call their files: their name in full or in short, with this and that added."""
    return [office["name"] + "年报表格", office["short"], f"{office['short']}（终稿）"][n % 3]


def carry(sub, rng, now, before):
    """Makes this year's numbers follow from last year's: carried over, and in force."""
    for col, _ in sub.T3_COLS:
        if col == "total":
            continue
        old, new = now[sub.t3("carried_over", col)], before[sub.t3("carried_forward", col)]
        now[sub.t3("carried_over", col)] = new
        # What was carried over is handled: granted takes the difference where it can, else what is new.
        row = sub.t3("granted", col)
        if now[row] + new - old >= 0:
            now[row] += new - old
            now[sub.t3("total", col)] += new - old
        else:
            now[sub.t3("new", col)] += old - new
    for row, _ in sub.T3_ROWS:
        now[sub.t3(row, "total")] = sum(now[sub.t3(row, c)] for c in ["natural"] + sub.ORG_COLS)
    for row in ("rules", "normative"):
        stock = before[f"t2.{row}.in_force"] + now[f"t2.{row}.made"] - now[f"t2.{row}.repealed"]
        if stock < 0:
            now[f"t2.{row}.made"] -= stock
            stock = 0
        now[f"t2.{row}.in_force"] = stock
    assert not sub.violations(now)


def across(sub, now, before):
    """The X-findings between two years' entered numbers: [code, where]; a blank says nothing."""
    found, off = [], {}
    for col, _ in sub.T3_COLS:
        a, b = now[sub.t3("carried_over", col)], before[sub.t3("carried_forward", col)]
        if a is not None and b is not None and a != b:
            found.append(["X301", col])
            off[col] = a - b
    # A total that is off by just as much as its parts is no second finding.
    parts = sum(by for col, by in off.items() if col != "total")
    if parts and off.get("total") == parts:
        found.remove(["X301", "total"])
    for row in ("rules", "normative"):
        parts = [now[f"t2.{row}.{c}"] for c in ("in_force", "made", "repealed")] + [before[f"t2.{row}.in_force"]]
        if None not in parts and parts[0] != parts[3] + parts[1] - parts[2]:
            found.append(["X201", row])
    return sorted(found)


class GbkName(zipfile.ZipInfo):
    """A member of a zip whose name Chinese Windows wrote."""

    def _encodeFilenameFlags(self):
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


class Writer:
    """Puts submissions into folders, some of them into zips."""

    def __init__(self, sub, rng, root):
        self.sub, self.rng, self.root, self.zips = sub, rng, root, {}

    def put(self, folder, office, title, year, values, name, layouts, ext="xlsx"):
        grids = self.sub.build(self.rng, values, layouts, title, year)
        path = os.path.join(self.root, folder, f"{name}.{ext}")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        self.sub.write_xlsx(path, grids) if ext == "xlsx" else self.sub.write_xls(path, grids)
        return os.path.relpath(path, os.path.join(self.root, folder.split("/")[0])).replace(os.sep, "/")

    def zip(self, folder, relative, archive, gbk):
        """Moves a file into a zip of its folder and gives its path as shown."""
        path = os.path.join(self.root, folder.split("/")[0], relative)
        target = os.path.join(self.root, folder.split("/")[0], archive)
        if target not in self.zips:
            self.zips[target] = zipfile.ZipFile(target, "w")
        book = self.zips[target]
        name = os.path.basename(relative)
        info = (GbkName if gbk else zipfile.ZipInfo)(name, (2024, 1, 10, 9, 0, 0))
        with open(path, "rb") as fh:
            book.writestr(info, fh.read())
        os.remove(path)
        return f"{archive}/{name}"

    def close(self):
        for book in self.zips.values():
            book.close()


def layouts(rng):
    chosen = [rng.choice(BOOKS)] + rng.sample(OTHERS, rng.choice([0, 0, 1, 2]))
    if len([x for x in chosen if x.startswith("number")]) > 1:
        chosen = [x for x in chosen if not x.startswith("number")]
    return chosen


def make(sub, out, count, seed):
    rng = random.Random(seed)
    writer = Writer(sub, rng, out)
    offices = names(rng, count)
    truth = {"year": YEAR, "files": {}, "missing": [], "twice": {}, "unlisted": [], "sum": {}, "pairs": 0}
    roster = ["单位,级别,上级,别名,期限,联系人,电话"]
    for n, office in enumerate(offices):
        # Of every forty: one missing, one foreign to the roster, two that send twice, two without last year's.
        kind = n % 40
        listed = kind != 7
        if listed:
            roster.append(f"{office['name']},{office['level']},{office['parent']},,2024年2月15日,联系人{n},020-{n:08d}")
        before = sub.honest_values(rng, "township")
        now = sub.honest_values(rng, "township")
        carry(sub, rng, now, before)
        has_before = kind not in (11, 12)
        if has_before:
            writer.put("上年", office, office["name"], YEAR - 1, before, file_name(office, n), layouts(rng))
        if kind == 3:
            truth["missing"].append(office["name"])
            continue
        entered = dict(now)
        made = [] if kind in (0, 1, 2, 5) else rng.choices(ERRORS, k=rng.choice([0, 0, 1, 1, 2]))
        # Blanks last: the others reckon with numbers.
        for error in sorted(made, key=lambda k: (k.startswith("blank"), k == "negative")):
            sub.ERRORS[error](rng, entered)
        if kind == 13:  # last year's number was not taken over
            entered[sub.t3("carried_over", "natural")] += 3
            entered[sub.t3("new", "natural")] = max(0, entered[sub.t3("new", "natural")] - 3)
        # Some give their name in the workbook alone, some in short, some by the folder.
        folder = "今年" if n % 3 else f"今年/{office['parent']}"
        relative = writer.put(folder, office, office["name"], YEAR, entered, file_name(office, n), layouts(rng),
                              "xls" if kind == 21 else "xlsx")
        if kind in (17, 18) and "/" not in relative:
            relative = writer.zip("今年", relative, f"打包{n // 400}.zip" if kind == 17 else f"老包{n // 400}.zip", kind == 18)
        if kind in (5, 6):
            old = dict(entered)
            old[sub.t3("new", "natural")] += 5
            name = writer.put("今年/旧稿", office, office["name"], YEAR, old, file_name(office, n), ["one_sheet"])
            stamp = 1_600_000_000
            os.utime(os.path.join(out, "今年", name), (stamp, stamp))
            truth["twice"][office["name"]] = sorted([relative, name])
        if not listed:
            truth["unlisted"].append(office["short"])
        truth["pairs"] += has_before
        truth["files"][relative] = {
            "office": office["name"], "values": entered, "honest": now,
            "violations": [[c, w] for c, w, _ in sub.violations(entered)],
            "across": across(sub, entered, before) if has_before else [],
        }
    writer.close()
    for record in truth["files"].values():
        for field, value in record["values"].items():
            if value is not None:
                truth["sum"][field] = round(truth["sum"].get(field, 0) + value, 9)
    own = {f: truth["sum"].get(f, 0) for f in sub.ALL_FIELDS}
    truth["aggregate"] = {}
    for field, by in (("t2.penalty.decisions", 11), (sub.t3("granted", "natural"), -2), (sub.t4("review", "upheld"), 1)):
        own[field] = round(own[field] + by, 9)
        truth["aggregate"][field] = by
    grids = sub.build(rng, own, ["one_sheet"], f"{CITY}人民政府", YEAR)
    sub.write_xlsx(os.path.join(out, "区汇总.xlsx"), grids)
    with open(os.path.join(out, "名单.csv"), "w", encoding="utf-8") as fh:
        fh.write("\n".join(roster) + "\n")
    with open(os.path.join(out, "truth.json"), "w", encoding="utf-8") as fh:
        json.dump(truth, fh, ensure_ascii=False)
    return truth


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("shared")
    p.add_argument("out")
    p.add_argument("--offices", type=int, default=2000)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    sys.path.insert(0, os.path.join(a.shared, "bench"))
    import submissions as sub
    os.makedirs(a.out, exist_ok=True)
    truth = make(sub, a.out, a.offices, a.seed)
    print(len(truth["files"]), "files count,", len(truth["missing"]), "missing,", len(truth["twice"]), "twice,",
          len(truth["unlisted"]), "unlisted")


if __name__ == "__main__":
    main()
