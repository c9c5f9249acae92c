#!/usr/bin/env python3
"""Write submissions in arrangements that ../shared/bench/submissions.py does not have, with the truth beside them.

    python3 tests/layouts.py OUT --count 1000 --seed 1
    python3 tests/layouts.py OUT --count 20 --layout transposed,year_headers

Grid layouts act on one table, label layouts on one label, book layouts on the whole; a file has up to three of
them, or one of the shared generator's beside. needs: pip install XlsxWriter
"""
import argparse
import json
import os
import random
import sys

SHARED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../shared/bench")
if not os.path.isdir(SHARED):
    sys.exit("skipped: ../shared/bench is not here")
sys.path.insert(0, SHARED)
from form2021 import ORG_COLS, T3_COLS, T3_NOTE, T3_ROWS, T4_COLS, T4_GROUPS  # noqa: E402
import submissions as base  # noqa: E402
from submissions import Grid  # noqa: E402

TITLES = {"表二": "二、主动公开政府信息情况", "表三": "三、收到和处理政府信息公开申请情况",
          "表四": "四、政府信息公开行政复议、行政诉讼情况"}

# ------------------------------------------------------------------ helpers


def unmerge(g):
    g.merges = []


def fill(g):
    base.grid_filled(None, g)


def place(g, r, c, value, field=None):
    g.put(r, c, value, field)


def is3(g):
    return g.name.startswith("表三")


def first_field_row(g):
    return min(r for (r, _), (_, f) in g.cells.items() if f)


def first_field_col(g):
    return min(c for (_, c), (_, f) in g.cells.items() if f)


def insert_row(g, at):
    """A blank row; merges that span the place grow."""
    g.cells = {(r + (r >= at), c): x for (r, c), x in g.cells.items()}
    g.merges = [(a + (a >= at), b, e + (e >= at), d) for a, b, e, d in g.merges]


def insert_col(g, at):
    g.cells = {(r, c + (c >= at)): x for (r, c), x in g.cells.items()}
    g.merges = [(a, b + (b >= at), e, d + (d >= at)) for a, b, e, d in g.merges]


def permute_cols(g, order):
    g.cells = {(r, order.get(c, c)): x for (r, c), x in g.cells.items()}
    g.merges = [(a, order.get(b, b), e, order.get(d, d)) for a, b, e, d in g.merges]


# ------------------------------------------------------------------ grid layouts


def grid_slid(rng, g):
    if not is3(g):
        return
    unmerge(g)
    rows = rng.sample([r for r in range(7, 26)], rng.randint(1, 3))
    for r in rows:
        values = [(c, g.cells.pop((r, c))) for c in range(3, 10)]
        label = g.cells.pop((r, 2), None)
        if label is None:
            for c, x in values:
                g.cells[(r, c)] = x
            continue
        g.cells[(r, rng.choice([0, 1]))] = label
        for c, x in values:
            g.cells[(r, c - 1)] = x


def grid_extra_rows(rng, g):
    if g.name == "表四":
        return
    bodies = sorted({r for (r, _), (_, f) in g.cells.items() if f})
    at = rng.choice(bodies[1:-1])
    insert_row(g, at)
    cols = sorted({c for (_, c), (_, f) in g.cells.items() if f})
    g.put(at, cols[0] - 1, rng.choice(["其他主动公开文件", "其中：网上申请", "其中：当面申请", "政府采购项目"]))
    for c in cols[: 3 if g.name == "表二" else 7]:
        if not any(a <= at <= e and b <= c <= d for a, b, e, d in g.merges):
            g.put(at, c, rng.randint(0, 9))


def grid_subtotal_col(rng, g):
    if not is3(g):
        return
    insert_col(g, 9)
    g.put(2, 9, "小计")
    for r in range(3, g.bottom() + 1):
        g.put(r, 9, rng.randint(0, 20))


def grid_spacer_rows(rng, g):
    for _ in range(rng.randint(1, 4)):
        insert_row(g, rng.randint(first_field_row(g), g.bottom()))


def grid_spacer_cols(rng, g):
    for _ in range(rng.randint(1, 3)):
        insert_col(g, rng.randint(1, g.right()))


def grid_tall(rng, g):
    """Every row two rows high by merging, numbers too."""
    covered = {(r, c) for a, b, e, d in g.merges for r in range(a, e + 1) for c in range(b, d + 1)}
    merges = [(2 * a, b, 2 * e + 1, d) for a, b, e, d in g.merges]
    merges += [(2 * r, c, 2 * r + 1, c) for (r, c) in g.cells if (r, c) not in covered]
    g.cells = {(2 * r, c): x for (r, c), x in g.cells.items()}
    g.merges = merges


def grid_wide(rng, g):
    """Every cell two columns wide by merging."""
    covered = {(r, c) for a, b, e, d in g.merges for r in range(a, e + 1) for c in range(b, d + 1)}
    merges = [(a, 2 * b, e, 2 * d + 1) for a, b, e, d in g.merges]
    merges += [(r, 2 * c, r, 2 * c + 1) for (r, c) in g.cells if (r, c) not in covered]
    g.cells = {(r, 2 * c): x for (r, c), x in g.cells.items()}
    g.merges = merges


def transpose(g):
    g.cells = {(c, r): x for (r, c), x in g.cells.items()}
    g.merges = [(b, a, d, e) for a, b, e, d in g.merges]


def grid_transposed(rng, g):
    if g.name != "表二":
        transpose(g)


def grid_reordered(rng, g):
    """Leaves of a group change places, as do the first two rows."""
    if not is3(g):
        return
    for first, last in [(3, 4), (7, 14), (15, 17), (18, 22)]:
        rows = list(range(first, last + 1))
        new = rows[:]
        rng.shuffle(new)
        move = dict(zip(rows, new))
        start = 0 if first == 3 else 2
        g.cells = {((move.get(r, r) if c >= start else r), c): x for (r, c), x in g.cells.items()}
        if first == 3:
            g.merges = [(move.get(a, a), b, move.get(e, e), d) if a == e else (a, b, e, d) for a, b, e, d in g.merges]


def grid_mixed(rng, g):
    """（六） as one row, as in the form of 2019."""
    if not is3(g):
        return
    fields = {}
    for (r, c), (v, f) in list(g.cells.items()):
        if r == 23 and f:
            fields[(r, c)] = (v, f.replace("other.no_correction", "other"))
        if r in (24, 25) or (r == 23 and c == 2):
            del g.cells[(r, c)]
    g.cells.update(fields)
    g.merges = [m for m in g.merges if m != (23, 1, 25, 1)]
    g.merges = [(a - 2 * (a > 25), b, e - 2 * (e > 25), d) for a, b, e, d in g.merges]
    g.merges = [(a, b, 24 if (a, b) == (5, 0) else e, d) for a, b, e, d in g.merges]
    g.cells = {(r - 2 * (r > 25), c): x for (r, c), x in g.cells.items()}
    g.merges.append((23, 1, 23, 2))


def grid_unit_row(rng, g):
    at = first_field_row(g)
    if g.name == "表二":
        return
    cols = sorted({c for (_, c), (_, f) in g.cells.items() if f})
    insert_row(g, at)
    if is3(g):
        g.label(at, 0, at, 2, rng.choice(["计量单位", "单位", "甲"]))
    word = rng.choice(["件", "（件）", None])
    for n, c in enumerate(cols, 1):
        g.put(at, c, word or n)


def grid_line_numbers(rng, g):
    """A column 行次 with 1, 2, 3 … between the labels and the numbers."""
    if not is3(g):
        return
    insert_col(g, 3)
    g.label(0, 3, 2, 3, rng.choice(["行次", "栏次", "序号"]))
    for n, r in enumerate(range(3, g.bottom() + 1), 1):
        g.put(r, 3, n)


def grid_project_column(rng, g):
    """A column in front that says which table it is, merged over all rows."""
    bottom = g.bottom()
    insert_col(g, 0)
    g.label(0, 0, bottom, 0, TITLES[g.name[:2]])


def grid_one_column(rng, g):
    """All levels of row labels in one column, a group in a row of its own."""
    if not is3(g):
        return
    out = Grid(g.name)
    out.label(0, 0, 2, 0, "项目")
    for (r, c), x in g.cells.items():
        if r < 3 and c >= 3:
            out.cells[(r, c - 2)] = x
    out.merges += [(a, b - 2, e, d - 2) for a, b, e, d in g.merges if e < 3 and b >= 3]
    row, shown = 3, []
    indent = rng.choice(["", "  ", "　　"])
    for i, (rid, path) in enumerate(T3_ROWS):
        r = 3 + i
        for depth in range(len(path)):
            if shown[:depth + 1] == path[:depth + 1]:
                continue
            out.put(row, 0, indent * depth + path[depth])
            if depth < len(path) - 1:
                row += 1
        shown = path
        for c in range(3, 10):
            out.cells[(row, c - 2)] = g.cells[(r, c)]
        row += 1
    g.cells, g.merges = out.cells, out.merges


def grid_group_rows(rng, g):
    """Groups of the third level in a row of their own, no column left of their rows."""
    if not is3(g):
        return
    out = Grid(g.name)
    out.label(0, 0, 2, 1, T3_NOTE)
    for (r, c), x in g.cells.items():
        if r < 3 and c >= 3:
            out.cells[(r, c - 1)] = x
    out.merges += [(a, b - 1, e, d - 1) for a, b, e, d in g.merges if e < 3 and b >= 3]
    row, group, top = 3, None, None
    for i, (rid, path) in enumerate(T3_ROWS):
        if len(path) == 3 and path[1] != group:
            group = path[1]
            out.put(row, 1, group)
            row += 1
        if len(path) > 1 and top is None:
            top = row
            out.put(row, 0, path[0])
        out.put(row, 0 if len(path) == 1 else 1, path[-1])
        for c in range(3, 10):
            out.cells[(row, c - 1)] = g.cells[(3 + i, c)]
        row += 1
    g.cells, g.merges = out.cells, out.merges


def t4_values(g):
    return {f: v for v, f in g.cells.values() if f}


def grid_stacked4(rng, g):
    """Table 4 with its three groups one below another, each with its own header."""
    if g.name[:2] != "表四":
        return
    v, out, r = t4_values(g), Grid(g.name), 0
    suit = rng.random() < .5
    for gid, gname in T4_GROUPS:
        title = gname if gid == "review" or not suit else "行政诉讼" + rng.choice(["（", "—", "："]) + gname
        out.label(r, 0, r, 4, title.replace("（" + gname, "（" + gname + "）"))
        for i, (cid, cname) in enumerate(T4_COLS):
            out.put(r + 1, i, cname)
            out.put(r + 2, i, v[base.t4(gid, cid)], base.t4(gid, cid))
        r += 3 + rng.choice([0, 0, 1])
    g.cells, g.merges = out.cells, out.merges


def grid_cross4(rng, g):
    """Table 4 with a row a group and a column a result."""
    if g.name[:2] != "表四":
        return
    v, out = t4_values(g), Grid(g.name)
    out.put(0, 0, rng.choice(["项目", "类别", ""]))
    out.cells = {k: x for k, x in out.cells.items() if x[0]}
    for i, (_, cname) in enumerate(T4_COLS):
        out.put(0, 1 + i, cname)
    for k, (gid, gname) in enumerate(T4_GROUPS):
        out.put(1 + k, 0, gname)
        for i, (cid, _) in enumerate(T4_COLS):
            out.put(1 + k, 1 + i, v[base.t4(gid, cid)], base.t4(gid, cid))
    g.cells, g.merges = out.cells, out.merges


def grid_side4(rng, g):
    if g.name[:2] == "表四":
        transpose(g)


def grid_few_columns(rng, g):
    """Table 3 with 自然人 and 总计 alone."""
    if not is3(g):
        return
    keep = {3: 3, 9: 4}
    g.cells = {(r, keep.get(c, c)): x for (r, c), x in g.cells.items() if c < 3 or c in keep}
    g.merges = [m for m in g.merges if m[3] < 3] + [(0, 3, 0, 4), (1, 3, 2, 3), (1, 4, 2, 4)]


def grid_notes_between(rng, g):
    at = rng.randint(first_field_row(g) + 1, g.bottom()) if not g.name.startswith("表四") else g.bottom() + 1
    insert_row(g, at)
    if not any(a <= at <= e and b <= 0 <= d for a, b, e, d in g.merges):
        g.put(at, 0, rng.choice(["注：按受理时间统计。", "说明：含街道办事处", "（以下由办公室填写）"]))


def grid_split_labels(rng, g):
    """A long label goes on in the row below."""
    if not is3(g):
        return
    unmerge(g)
    for r in sorted(range(3, 28), reverse=True):
        label = g.cells.get((r, 2))
        if label and len(label[0]) > 14 and rng.random() < .7:
            insert_row(g, r + 1)
            half = len(label[0]) // 2
            g.put(r, 2, label[0][:half])
            g.put(r + 1, 2, label[0][half:])


def grid_title_inside(rng, g):
    insert_row(g, 0)
    g.label(0, 0, 0, g.right(), TITLES[g.name[:2]] + rng.choice(["", "（单位：件）"]))


def grid_footer_numbers(rng, g):
    r = g.bottom() + 1
    g.put(r, 0, "合计份数")
    g.put(r, 2, rng.randint(1, 90))
    g.put(r + 1, 0, "联系电话")
    g.put(r + 1, 3, 34567890)
    g.put(r + 1, 5, 2023)


# ------------------------------------------------------------------ label layouts


def label_year_headers(rng, s):
    return s.replace("本年度", "2022年度").replace("本年", rng.choice(["本年（2022）", "2022年本年"]), 1) if "本年" in s else s


def label_noted(rng, s):
    return s + rng.choice(["（件）", "（单位：件）", "(宗)", "※", "*"]) if len(s) < 12 else s


ENGLISH = {"自然人": "Natural persons", "商业企业": "Companies", "科研机构": "Research institutes", "社会公益组织": "NGOs",
           "法律服务机构": "Legal services", "其他": "Others", "总计": "Total", "结果维持": "Upheld", "结果纠正": "Corrected",
           "其他结果": "Other results", "尚未审结": "Pending", "（一）予以公开": "Granted", "2.重复申请": "Repeated"}


def label_bilingual(rng, s):
    return s + rng.choice(["\n", " ", "/"]) + ENGLISH[s] if s in ENGLISH else s


# ------------------------------------------------------------------ book layouts


def book_side_by_side(rng, tables, office, year):
    g, at, gap = Grid("年报"), 0, rng.choice([1, 1, 2])
    for t in tables:
        t.shift(1, 0)
        t.put(0, 0, TITLES[t.name[:2]])
        width = t.right() + 1
        for (r, c), x in t.cells.items():
            g.cells[(r, c + at)] = x
        g.merges += [(a, b + at, e, d + at) for a, b, e, d in t.merges]
        at += width + gap
    return [g]


def copy_of(rng, tables, name):
    out = []
    for t in tables:
        g = Grid(t.name + name)
        g.merges = list(t.merges)
        g.cells = {k: ((rng.randint(0, 50) if f and isinstance(v, (int, float)) else v), None) for k, (v, f) in t.cells.items()}
        out.append(g)
    return out


def book_prior_hidden(rng, tables, office, year):
    old = copy_of(rng, tables, str(year - 1))
    for g in old:
        g.hidden = True
    new = base.book_per_sheet(rng, tables, office, year)
    return old + new if rng.random() < .5 else new + old


def book_two_years(rng, tables, office, year):
    old = base.book_one_sheet(rng, copy_of(rng, tables, ""), office, year - 1)
    new = base.book_one_sheet(rng, tables, office, year)
    old[0].name, new[0].name = f"{year - 1}年", f"{year}年"
    return old + new if rng.random() < .5 else new + old


def paths():
    from form2021 import T2_BLOCKS
    for article, heads, rows in T2_BLOCKS:
        for name, fields in rows:
            for h, f in zip(heads, fields):
                yield f, ["主动公开政府信息情况", article, name, h]
    for r, path in T3_ROWS:
        for c, name in T3_COLS:
            org = ["法人或其他组织"] if c in ORG_COLS else []
            yield base.t3(r, c), [*path, *org, name]
    for gid, gname in T4_GROUPS:
        suit = [] if gid == "review" else ["行政诉讼"]
        for cid, cname in T4_COLS:
            yield base.t4(gid, cid), [*suit, gname, cname]


def flat(rng, tables, how):
    values = {f: v for t in tables for v, f in t.cells.values() if f}
    g = Grid("年报数据")
    r = 1
    depth = 6 if how is None else 1
    heads = ["指标"] + [""] * (depth - 1) + ["数值"]
    for c, h in enumerate(heads):
        if h:
            g.put(0, c, h)
    for f, path in paths():
        if f not in values:
            continue
        if how is None:
            for c, word in enumerate(path):
                g.put(r, c, word)
        else:
            g.put(r, 0, how.join(path))
        g.put(r, depth, values[f], f)
        r += 1
    return [g]


def book_flat_joined(rng, tables, office, year):
    return flat(rng, tables, rng.choice(["/", "-", " ", "→", "：", " - ", "_"]))


def book_flat_cells(rng, tables, office, year):
    return flat(rng, tables, None)


def book_split_rows(rng, tables, office, year):
    out = []
    for t in base.book_per_sheet(rng, tables, office, year):
        if not is3(t):
            out.append(t)
            continue
        a, b = Grid("表三（上）"), Grid("表三（下）")
        header = first_field_row(t)
        cut = rng.randint(header + 3, t.bottom() - 2)
        fill(t)
        for (r, c), x in t.cells.items():
            if r < cut:
                a.cells[(r, c)] = x
            if r < header:
                b.cells[(r, c)] = x
            if r >= cut:
                b.cells[(r - cut + header, c)] = x
        out += [a, b]
    return out


def book_split_cols(rng, tables, office, year):
    out = []
    for t in base.book_per_sheet(rng, tables, office, year):
        if not is3(t):
            out.append(t)
            continue
        fill(t)
        a, b = Grid("表三1"), Grid("表三2")
        values = sorted({c for (_, c), (_, f) in t.cells.items() if f})
        cut = values[len(values) // 2]
        for (r, c), x in t.cells.items():
            if c < cut:
                a.cells[(r, c)] = x
            if c < values[0]:
                b.cells[(r, c)] = x
            if c >= cut:
                b.cells[(r, c - cut + values[0])] = x
        out += [a, b]
    return out


def book_only_one(rng, tables, office, year):
    return base.book_per_sheet(rng, [rng.choice(tables)], office, year)


def book_hidden_junk(rng, tables, office, year):
    junk = Grid("通讯录")
    for r in range(30):
        junk.put(r, 0, f"{r}号楼")
        junk.put(r, 1, rng.choice(["总计", "其他", "自然人", "联系人"]))
        junk.put(r, 2, rng.randint(1, 9999))
    return [junk, *base.book_per_sheet(rng, tables, office, year)]

# ------------------------------------------------------------------ more grid layouts


def org_row(g):
    """The row of table 3 that holds 法人或其他组织 and no leaf of it."""
    return next((r for (r, c), (v, f) in g.cells.items() if v == "法人或其他组织"), None)


def delete_row(g, at):
    g.cells = {(r - (r > at), c): x for (r, c), x in g.cells.items() if r != at}
    g.merges = [(a - (a > at), b, e - (e >= at), d) for a, b, e, d in g.merges if (a, e) != (at, at)]
    g.merges = [m for m in g.merges if (m[0], m[1]) != (m[2], m[3])]


def grid_no_parent(rng, g):
    """Table 3 without 法人或其他组织 over its five columns, and perhaps without 申请人情况."""
    if not is3(g):
        return
    kept = {c: g.cells[(1, c)] for c in (3, 9)}
    delete_row(g, 1)
    g.merges = [m for m in g.merges if not (m[0] == 1 and m[1] in (3, 9))]
    for c, x in kept.items():
        g.cells[(1, c)] = x
    if rng.random() < .5:
        note = g.cells[(0, 0)]
        delete_row(g, 0)
        g.merges = [m for m in g.merges if m[0] > 0] + [(0, 0, 0, 2)]
        g.cells[(0, 0)] = note


def grid_double_spacers(rng, g):
    """Two blank columns inside the numbers, the header over them merged, and two between labels and numbers."""
    cols = sorted({c for (_, c), (_, f) in g.cells.items() if f})
    if len(cols) < 3:
        return
    at = rng.choice(cols[1:-1]) + 1
    insert_col(g, at)
    insert_col(g, at)
    leaf = max((r, c) for (r, c), (v, f) in g.cells.items() if c == at - 1 and r < first_field_row(g))
    if not any(a <= leaf[0] <= e and b <= at <= d for a, b, e, d in g.merges):
        bottom = next((e for a, b, e, d in g.merges if (a, b) == leaf), leaf[0])
        g.merges = [m for m in g.merges if (m[0], m[1]) != leaf] + [(*leaf, bottom, at + 1)]
    if is3(g) and rng.random() < .5:
        insert_col(g, cols[0])
        insert_col(g, cols[0])


def grid_pages(rng, g):
    """Table 3 over three pages: page numbers and the whole header stand between."""
    if not is3(g):
        return
    for n, at in enumerate(sorted(rng.sample(range(7, 25), 2), reverse=True)):
        header = [(k, x) for k, x in g.cells.items() if k[0] < 3]
        merges = [m for m in g.merges if m[2] < 3]
        split = []
        for a, b, e, d in g.merges:
            if a < at <= e:
                split += [(a, b, at - 1, d), (at, b, e, d)]
                g.cells[(at, b)] = (g.cells[(a, b)][0] + rng.choice(["", "（续）"]), None)
            else:
                split.append((a, b, e, d))
        g.merges = split
        g.shift(4, 0, at_row=at)
        g.put(at, 0, f"第{2 - n}页 共3页")
        for (r, c), x in header:
            g.cells[(at + 1 + r, c)] = x
        g.merges += [(a + at + 1, b, e + at + 1, d) for a, b, e, d in merges]
    g.merges = [m for m in g.merges if (m[0], m[1]) != (m[2], m[3])]


def grid_transposed_serial(rng, g):
    """On its side, with a number for each row of the sheet and for each column."""
    if not is3(g):
        return
    insert_col(g, 0)
    g.label(0, 0, 2, 0, "序号")
    for n, r in enumerate(range(3, g.bottom() + 1), 1):
        g.put(r, 0, n)
    transpose(g)


def grid_years_interleaved(rng, g):
    """Every column of table 3 twice: last year's number and this year's."""
    if not is3(g):
        return
    order = rng.random() < .5
    words = rng.choice([("上年", "本年"), ("2021年", "2022年"), ("上年数", "本年数")])
    old = {k: x for k, x in g.cells.items() if k[0] >= 3 and k[1] >= 3}
    g.cells = {(r + (r >= 3), c if c < 3 else 2 * c - 3 + (order if r >= 3 else 0)): x for (r, c), x in g.cells.items()}
    g.merges = [(a + (a >= 3), b if b < 3 else 2 * b - 3, e + (e >= 3) + (e == 2 and d == 2), d if d < 3 else 2 * d - 2)
                for a, b, e, d in g.merges]
    for i, c in enumerate(range(3, 10)):
        g.put(3, 2 * c - 3 + order, words[1])
        g.put(3, 2 * c - 3 + (not order), words[0])
        if c not in (3, 9):
            g.merges.append((2, 2 * c - 3, 2, 2 * c - 2))
    for (r, c), (v, f) in old.items():
        g.put(r + 1, 2 * c - 3 + (not order), rng.randint(0, 9) if isinstance(v, (int, float)) else v)


def grid_packed(rng, g):
    """Pasted from a text document: each row keeps only its own cells, packed to the left."""
    if not is3(g):
        return
    spans = {(a, b): (e, d) for a, b, e, d in g.merges}
    cells = {}
    for r in range(g.bottom() + 1):
        at = 0
        for c in sorted(c for (q, c) in g.cells if q == r):
            if r < 3:
                at = c
            cells[(r, at)] = g.cells[(r, c)]
            at += 1 + spans.get((r, c), (r, c))[1] - c
    g.cells, g.merges = cells, []


def grid_slid_groups(rng, g):
    """Rows of one or two groups lost the cell of their group: label and numbers one to the left."""
    if not is3(g):
        return
    unmerge(g)
    for first, last in rng.sample([(7, 14), (15, 17), (18, 22), (23, 25)], rng.randint(1, 3)):
        for r in range(first + 1, last + 1):
            g.cells = {((q, c - 1) if q == r else (q, c)): x for (q, c), x in g.cells.items()}


def grid_vertical(rng, g):
    """Every label of a header and of a group set upright, a character a line."""
    top = first_field_row(g)
    for (r, c), (v, f) in list(g.cells.items()):
        if f is None and isinstance(v, str) and len(v) < 9 and (r < top or c < 2):
            g.cells[(r, c)] = ("\n".join(v), None)


PAIRS = "总總计計数數据據报報区區处處国國为為与與业業机機构構会會务務经經维維纠糾结結审審复復议議诉訴讼訟转轉现現规規许許罚罰强強费費单單执執应應继繼续續办辦项項条條决決认認获獲举舉类類请請补補关關发發废廢书書载載从從联聯体體个個对對属屬权權护護没沒无無编編须須实實际際质質问問题題开開"
TRADITIONAL = str.maketrans(PAIRS[::2], PAIRS[1::2])


def label_traditional(rng, s):
    return s.translate(TRADITIONAL)


def grid_english_beside(rng, g):
    """A column of English beside the row labels and a row of English below the header."""
    if not is3(g):
        return
    insert_col(g, 3)
    for r in range(3, g.bottom() + 1):
        g.put(r, 3, rng.choice(["Received", "Granted", "Denied", "Not available", "Other"]) + f" {r - 2}")
    insert_row(g, 3)
    for i, c in enumerate(range(4, 11)):
        g.put(3, c, ["Natural persons", "Companies", "Research", "NGO", "Legal", "Other", "Total"][i])


def grid_percent(rng, g):
    """A column 占比 behind each column of table 3."""
    if not is3(g):
        return
    total = rng.random() < .5
    for c in range(9, 2, -1):
        if total and c != 9:
            continue
        insert_col(g, c + 1)
        g.merges = [m for m in g.merges if not (m[0] <= 2 and m[1] <= c + 1 <= m[3] and m[1] == c)]
        g.put(2, c + 1, rng.choice(["占比", "比重", "占比（%）"]))
        for r in range(3, g.bottom() + 1):
            g.put(r, c + 1, rng.choice(["0%", "12.5%", "100%"]))


def grid_remark_numbers(rng, g):
    """A column of remarks in which numbers stand."""
    cols = sorted({c for (_, c), (_, f) in g.cells.items() if f})
    at = g.right() + 1
    if g.name == "表四":
        return
    g.put(0, at, rng.choice(["备注", "说明", "备 注"]))
    for r in range(first_field_row(g), g.bottom() + 1):
        if rng.random() < .5 and any((r, c) in g.cells for c in cols):
            g.put(r, at, rng.choice([2022, 3, "含2件", "见附件1", 12]))


def grid_group_sums(rng, g):
    """The group itself has a row of numbers above its rows."""
    if not is3(g):
        return
    for first, last in [(23, 25), (18, 22), (15, 17), (7, 14)]:
        name = g.cells[(first, 1)][0]
        g.merges = [m for m in g.merges if (m[0], m[1]) != (first, 1)]
        insert_row(g, first)
        g.cells.pop((first + 1, 1), None)
        g.label(first, 1, first, 2, name)
        for c in range(3, 10):
            g.put(first, c, sum(x if isinstance(x, int) else 0 for x in (g.cells[(r, c)][0] for r in range(first + 1, last + 2))))


def grid_prefixed(rng, g):
    """All levels of a row's label in one cell."""
    if not is3(g):
        return
    g.merges = [m for m in g.merges if m[2] < 3]
    join = rng.choice(["-", "—", "/", "：", " "])
    start = rng.choice([0, 1])
    for i, (rid, path) in enumerate(T3_ROWS):
        r = 3 + i
        for c in (0, 1, 2):
            g.cells.pop((r, c), None)
        g.label(r, 0, r, 2, join.join(path[start if len(path) > 1 else 0:]))


def grid_split_down(rng, g):
    """Table 3 in two halves one below the other, each with some of the columns."""
    if not is3(g):
        return
    fill(g)
    cut, height = rng.choice([5, 6, 7]), g.bottom() + 2
    cells = {}
    for (r, c), x in g.cells.items():
        if c < 3:
            cells[(r, c)] = x
            cells[(r + height, c)] = (x[0], None)
        elif c < cut:
            cells[(r, c)] = x
        else:
            cells[(r + height, c - cut + 3)] = x
    g.cells = cells


def grid_cols_reordered(rng, g):
    """The columns of organisations in another order, without merges."""
    if not is3(g):
        return
    new = list(range(4, 9))
    rng.shuffle(new)
    parent = g.cells.pop((1, 4))
    permute = dict(zip(range(4, 9), new))
    g.cells = {(r, permute.get(c, c) if r >= 2 else c): x for (r, c), x in g.cells.items()}
    g.cells[(1, 4)] = parent


def label_colon(rng, s):
    return s + rng.choice(["：", ":", "。", " "]) if len(s) < 20 else s


def grid_codes(rng, g):
    """A column of codes in front and a row of letters below the header."""
    if not is3(g):
        return
    insert_col(g, 0)
    g.label(0, 0, 2, 0, rng.choice(["代码", "行号", "编号"]))
    for r in range(3, g.bottom() + 1):
        g.put(r, 0, f"{r * 10:03d}" if rng.random() < .5 else f"B{r - 2:02d}")
    insert_row(g, 3)
    g.put(3, 0, "乙")
    for i, c in enumerate(range(4, 11)):
        g.put(3, c, f"C{i + 1}")


def grid_rules_above(rng, g):
    """Lines of instruction in the table's own sheet, between title and header and in the form's words."""
    for s in rng.sample(["填表须知：总计等于自然人与法人或其他组织之和", "本年新收、上年结转、本年度办理结果均不得留空", "其他：不属于上述情形的",
                         "单位：件、万元", "统计期：2022年1月1日至2022年12月31日", "总计 = 自然人 + 商业企业 + 科研机构 + 社会公益组织 + 法律服务机构 + 其他"], 2):
        insert_row(g, 0)
        g.put(0, 0, s)


def grid_example_row(rng, g):
    """A row 示例 with numbers right below the header."""
    if not is3(g):
        return
    insert_row(g, 3)
    g.label(3, 0, 3, 2, rng.choice(["示例", "例：", "样例（勿删）"]))
    for c in range(3, 10):
        g.put(3, c, rng.randint(1, 30))


def grid_hidden_rows(rng, g):
    """Rows without a case are hidden."""
    rows = sorted({r for (r, _), (_, f) in g.cells.items() if f})
    g.hidden_rows |= set(rng.sample(rows, min(len(rows), rng.randint(1, 6))))


# ------------------------------------------------------------------ more book layouts


def shifted(g, dr, dc):
    g.shift(dr, dc)
    return g


def book_years_beside(rng, tables, office, year):
    """Two years' forms beside each other on one sheet, each under its title."""
    old = base.book_one_sheet(rng, copy_of(rng, tables, ""), office, year - 1)[0]
    new = base.book_one_sheet(rng, tables, office, year)[0]
    left, right = (old, new) if rng.random() < .6 else (new, old)
    shifted(right, 0, left.right() + 3)
    g = Grid("两年对比")
    g.cells, g.merges = {**left.cells, **right.cells}, left.merges + right.merges
    return [g]


def book_years_stacked(rng, tables, office, year):
    """Two years' forms below each other on one sheet, each under its title."""
    old = base.book_one_sheet(rng, copy_of(rng, tables, ""), office, year - 1)[0]
    new = base.book_one_sheet(rng, tables, office, year)[0]
    top, below = (old, new) if rng.random() < .5 else (new, old)
    top.append(below, 2)
    return [top]


def grid_years_over(rng, g):
    """Table 3 for two years over the same row labels, each year over columns of its own."""
    if not is3(g):
        return
    words = rng.choice([("2021年", "2022年"), ("上年", "本年"), ("2021年度", "2022年度")])
    first = rng.random() < .5  # whether this year stands first
    insert_row(g, 0)
    g.merges = [(0 if (a, b) == (1, 0) else a, b, e, d) for a, b, e, d in g.merges]
    if (1, 0) in g.cells:
        g.cells[(0, 0)] = g.cells.pop((1, 0))
    own = {(r, c): x for (r, c), x in g.cells.items() if c >= 3}
    merges = [m for m in g.merges if m[1] >= 3]
    move, copy = (0, 7) if first else (7, 0)
    g.cells = {(r, c): x for (r, c), x in g.cells.items() if c < 3}
    g.merges = [m for m in g.merges if m[1] < 3]
    for (r, c), (v, f) in own.items():
        g.put(r, c + move, v, f)
        g.put(r, c + copy, rng.randint(0, 50) if f and isinstance(v, (int, float)) else v)
    for shift in (move, copy):
        g.merges += [(a, b + shift, e, d + shift) for a, b, e, d in merges]
    g.label(0, 3 + move, 0, 9 + move, words[1])
    g.label(0, 3 + copy, 0, 9 + copy, words[0])


def flat_years(rng, tables):
    values = {f: v for t in tables for v, f in t.cells.values() if f}
    heads = rng.choice([["指标", "2022年", "2021年"], ["指标", "计量单位", "2021年", "2022年"], ["序号", "指标名称", "本年数", "上年数", "增减"]])
    own = next(i for i, h in enumerate(heads) if h in ("2022年", "本年数"))
    name = next(i for i, h in enumerate(heads) if h.startswith("指标"))
    g = Grid("指标表")
    for c, h in enumerate(heads):
        g.put(0, c, h)
    for r, (f, path) in enumerate([(f, p) for f, p in paths() if f in values], 1):
        for c, h in enumerate(heads):
            g.put(r, c, {"计量单位": "件", "序号": r}.get(h, rng.randint(0, 9)))
        g.put(r, name, "/".join(path))
        g.put(r, own, values[f], f)
    return g


def book_flat_years(rng, tables, office, year):
    """A list of indicators with this year's and last year's number."""
    return [flat_years(rng, tables)]


def book_headless_part(rng, tables, office, year):
    """Table 3 goes on in the next sheet, where nobody repeated the header."""
    out = []
    for t in base.book_per_sheet(rng, tables, office, year):
        if not is3(t):
            out.append(t)
            continue
        fill(t)
        a, b = Grid("表三"), Grid("表三续")
        cut = rng.randint(first_field_row(t) + 5, t.bottom() - 3)
        for (r, c), x in t.cells.items():
            if r < cut:
                a.cells[(r, c)] = x
            else:
                b.cells[(r - cut, c)] = x
        out += [a, b]
    return out


def other_form(rng):
    """Another office's statistics that speak the same words."""
    g = Grid(rng.choice(["行政复议统计", "信访件统计", "公文统计"]))
    g.label(0, 0, 0, 6, rng.choice(["行政复议与行政应诉案件统计表", "群众来信来访办理情况统计表"]))
    heads = ["项目", "自然人", "法人或其他组织", "其他", "总计", "结果维持", "尚未审结"]
    for c, h in enumerate(heads):
        g.put(1, c, h)
    for r, s in enumerate(["本年新收", "上年结转", "信访举报投诉类", "重复信访", "予以受理", "不予受理", "其他", "总计"], 2):
        g.put(r, 0, s)
        for c in range(1, 7):
            g.put(r, c, rng.randint(0, 40))
    return g


def book_other_form(rng, tables, office, year):
    return [other_form(rng), *base.book_per_sheet(rng, tables, office, year), other_form_named(rng)]


def other_form_named(rng):
    g = Grid("依申请公开办理台账")
    for c, h in enumerate(["序号", "收件日期", "申请人", "申请人类型", "办理结果", "答复日期"]):
        g.put(0, c, h)
    for r in range(1, 12):
        row = [r, f"2022-0{rng.randint(1, 9)}-1{rng.randint(0, 9)}", "张某", rng.choice(["自然人", "商业企业", "其他"]),
               rng.choice(["予以公开", "部分公开", "重复申请", "不予公开"]), f"2022-1{rng.randint(0, 2)}-05"]
        for c, v in enumerate(row):
            g.put(r, c, v)
    return g


def book_quarters(rng, tables, office, year):
    """Two half-years beside the whole year, each on a sheet of its own."""
    out = []
    for name in ["上半年", "下半年"]:
        g = base.book_one_sheet(rng, copy_of(rng, tables, ""), office, year)[0]
        g.name = name
        out.append(g)
    whole = base.book_one_sheet(rng, tables, office, year)[0]
    whole.name = rng.choice(["全年", "全年汇总", "年报"])
    return [whole, *out] if rng.random() < .5 else [*out, whole]


def book_four_beside_two(rng, tables, office, year):
    """Table 2 in the corner, table 4 to its right, table 3 below."""
    g = Grid("年报")
    two, three, four = tables
    g.put(0, 0, TITLES["表二"])
    shifted(two, 1, 0)
    at = max(two.right(), 3) + 2
    g.put(0, at, TITLES["表四"])
    shifted(four, 1, at)
    below = max(two.bottom(), four.bottom()) + 2
    g.put(below, 0, TITLES["表三"])
    shifted(three, below + 1, 0)
    for t in (two, three, four):
        g.cells.update(t.cells)
        g.merges += t.merges
    return [g]


OWN = {k.split("_", 1)[1]: (k.split("_", 1)[0], f) for k, f in list(globals().items())
       if k.split("_", 1)[0] in ("grid", "label", "book") and callable(f)}
base.LAYOUTS.update(OWN)
# layouts that move everything come last
LAST = ["unit_row", "extra_rows", "split_labels", "notes_between", "footer_numbers", "spacer_rows", "spacer_cols", "transposed",
        "double_spacers", "title_inside", "project_column", "tall", "wide", "remark_numbers", "rules_above", "hidden_rows"]
base.LAST[:0] = LAST
NEW3 = {"no_parent", "pages", "transposed_serial", "years_interleaved", "packed", "slid_groups", "english_beside", "percent",
        "group_sums", "prefixed", "split_down", "cols_reordered", "codes", "example_row", "years_over"}
RESHAPES = [NEW3 | {"one_column", "group_rows", "slid", "reordered", "mixed", "split_labels", "few_columns", "line_numbers", "subtotal_col", "extra_rows"},
            {"stacked4", "cross4", "side4", "transposed"}, {"tall", "wide"}]
# rows or columns whose coordinates another layout of the same file has moved
CLASH = [{"transposed", "unit_row"}, {"transposed", "extra_rows"}, {"transposed", "notes_between"}, {"transposed", "footer_numbers"},
         {"transposed", "split_rows"}, {"transposed", "split_cols"}, {"transposed", "project_column"}, {"transposed", "title_inside"},
         {"transposed", "slid"}, {"transposed", "one_column"}, {"transposed", "group_rows"}, {"transposed", "split_labels"},
         {"stacked4", "unit_row"}, {"cross4", "unit_row"}, {"side4", "unit_row"}, {"project_column", "split_rows"},
         {"project_column", "notes_between"}, {"tall", "split_rows"}, {"wide", "split_cols"}, {"slid", "split_cols"},
         {"slid", "split_rows"}, {"slid", "spacer_cols"}, {"slid", "project_column"}, {"notes_between", "split_rows"},
         {"footer_numbers", "split_rows"}, {"footer_numbers", "split_cols"}, {"slid", "unit_row"}, {"slid", "wide"},
         *({new, old} for new in NEW3 for old in ["transposed", "split_rows", "split_cols", "headless_part", "unit_row", "split_labels",
                                                  "project_column", "spacer_cols", "double_spacers", "notes_between"]),
         *({"transposed_serial", k} for k in ["tall", "wide", "spacer_rows", "footer_numbers", "title_inside", "rules_above"]),
         *({k, "transposed"} for k in ["double_spacers", "remark_numbers", "rules_above"]), *({"packed", k} for k in ["tall", "wide", "remark_numbers"]),
         *({k, b} for k in ["remark_numbers", "rules_above", "footer_numbers", "transposed", "project_column", "tall", "wide", "title_inside", "spacer_rows"]
           for b in ["headless_part"]),
         {"split_down", "remark_numbers"}, {"split_down", "footer_numbers"}, {"transposed", "four_beside_two"}, {"slid_groups", "remark_numbers"},
         {"split_labels", "tall"}, {"split_labels", "spacer_rows"}, {"split_labels", "notes_between"}, {"split_labels", "split_rows"}]


def fits(layouts):
    """Whether a file can have these layouts at once."""
    chosen = set(layouts)
    books = [k for k in layouts if base.LAYOUTS[k][0] == "book"]
    return (len(books) <= 1 and len(chosen) == len(layouts)
            and all(len(chosen & s) <= 1 for s in RESHAPES) and not any(c <= chosen for c in CLASH))


SHARED_MOVES = {"filled", "unmerged", "remark_column", "serial_column", "offset", "footer", "halfwidth", "spaced", "unnumbered",
                "renumbered", "number_text", "number_fullwidth", "number_slash_for_zero", "number_unit"}


def choose(rng):
    while True:
        own = rng.sample(sorted(OWN), rng.choice([1, 1, 1, 2, 2, 3]))
        layouts = own + (rng.sample(sorted(SHARED_MOVES), 1) if rng.random() < .3 else [])
        if fits(layouts) and not ({"serial_column", "filled", "unmerged"} & set(layouts) and set(own) & {"transposed", "slid", "split_rows", "split_cols", "line_numbers", "side4", "tall", "wide", "spacer_cols", "spacer_rows"}):
            return layouts


def write(path, grids, formula_rows=()):
    import xlsxwriter
    book = xlsxwriter.Workbook(path)
    for g in grids:
        ws = book.add_worksheet(g.name[:31])
        if getattr(g, "hidden", False):
            ws.hide()
        for r in g.hidden_rows:
            ws.set_row(r, None, None, {"hidden": True})
        for a, b, e, d in g.merges:
            if (a, b) != (e, d):
                ws.merge_range(a, b, e, d, "")
        for (r, c), (value, _) in g.cells.items():
            if value is not None:
                (ws.write_string if isinstance(value, str) else ws.write_number)(r, c, value)
    if all(getattr(g, "hidden", False) for g in grids[:1]):
        book.worksheets()[-1].activate()
        next(w for w, g in zip(book.worksheets(), grids) if not getattr(g, "hidden", False)).set_first_sheet()
        next(w for w, g in zip(book.worksheets(), grids) if not getattr(g, "hidden", False)).activate()
    book.close()


base.write_xlsx = write

# ------------------------------------------------------------------ layouts as text, for tests/it/layouts


def coded():
    """Values that name their fields: table, row, column, as 3 01 07 for the first row's 总计."""
    from form2021 import T2_FIELDS
    t2 = [fields for _, _, rows in base.T2_BLOCKS for _, fields in rows]
    out = {f: 20000 + r * 100 + c for r, fs in enumerate(t2, 1) for c, f in enumerate(fs, 1)}
    assert set(out) == set(T2_FIELDS)
    out |= {base.t3(row, col): 30000 + r * 100 + c for r, (row, _) in enumerate(T3_ROWS, 1) for c, (col, _) in enumerate(T3_COLS, 1)}
    out |= {base.t4(g, col): 40101 + 5 * k + c for k, (g, _) in enumerate(T4_GROUPS) for c, (col, _) in enumerate(T4_COLS)}
    return out


def shown(value):
    if value is None:
        return ""
    if isinstance(value, str) and value.isdigit():
        return "'" + value
    return str(value).replace("\n", "⏎").replace("|", "｜")


def grid_text(g):
    """A sheet as lines: cells parted by |, < and ^ where a merge goes on."""
    over = {}
    for a, b, e, d in g.merges:
        over |= {(r, c): "<" if r == a else "^" for r in range(a, e + 1) for c in range(b, d + 1) if (r, c) != (a, b)}
    lines = [f"[{g.name}]" + " hidden" * getattr(g, "hidden", False)]
    for r in range(g.bottom() + 1):
        row = [shown(g.cells[(r, c)][0]) if (r, c) in g.cells else over.get((r, c), "") for c in range(g.right() + 1)]
        lines.append(" | ".join(row).rstrip(" |") + " (hidden)" * (r in g.hidden_rows))
    return "\n".join(lines) + "\n"


def as_text(name):
    """One layout alone; of a layout that changes one table, that table alone."""
    values = coded()
    stage, f = base.LAYOUTS[name]
    rng = random.Random(name)
    grids = base.build(rng, values, [name] if stage == "book" else [name, "per_sheet"], "石碁镇人民政府", 2022)
    if stage != "book":
        grids = [t for t in grids if t.name == ("表四" if name.endswith("4") else "表三")]
    about = (f.__doc__ or "").strip() or name.replace("_", " ")
    return f"# {about}\n" + "\n".join(grid_text(g) for g in grids)


def write_texts(folder):
    os.makedirs(folder, exist_ok=True)
    for name in base.LAYOUTS:
        if name == "number_slash_for_zero":
            continue  # no number of these is 0
        with open(os.path.join(folder, f"{name}.txt"), "w", encoding="utf-8") as fh:
            fh.write(as_text(name))



def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("out")
    p.add_argument("--count", type=int, default=300)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--layout", help="comma-separated: " + ", ".join(OWN))
    p.add_argument("--texts", action="store_true", help="every layout once, as a text that tests/it/layouts reads")
    p.add_argument("--each", type=int, default=0, help="so many files of every layout alone, and no others")
    a = p.parse_args()
    if a.texts:
        return write_texts(a.out)
    os.makedirs(a.out, exist_ok=True)
    rng = random.Random(a.seed)
    plans = [[k] for k in OWN for _ in range(a.each)] if a.each else [None] * a.count
    with open(os.path.join(a.out, "truth.jsonl"), "w", encoding="utf-8") as fh:
        for i, plan in enumerate(plans):
            layouts = plan or (a.layout.split(",") if a.layout else choose(rng))
            try:
                row = base.make(a.out, f"{i:04d}", rng, layouts, [], "xlsx")
            except Exception as e:  # a combination that the generator itself cannot draw
                if "verlap" in f"{type(e).__name__}{e}" or isinstance(e, KeyError):
                    continue
                raise
            fh.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
