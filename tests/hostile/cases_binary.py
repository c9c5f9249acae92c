"""Hostile zips, xls and xlsb, and damage to every kind of file, with what is expected of each.
"""
import random
import struct
import zlib

import binary as x
import builders as b
from builders import CELL, package, xlsx_parts
from cases import ANY, DAMAGED, READS, REFUSED, TOO_LARGE, Expect, either, reads, tells

SHEET = "xl/worksheets/sheet1.xml"
ROW, COL = b.at(CELL)


# ---------------------------------------------------------------- zip

class Repeated(b.Entry):
    """An entry of head + block × times + tail, packed without ever being whole."""

    def __init__(self, name, head, block, times, tail):
        self.name, self.method, self.content = name.encode(), 8, b""
        block = block * (1 + (1 << 20) // len(block))
        times = max(1, times // (len(block) or 1))
        out, crc, size = bytearray(), 0, 0
        for content, n in ((head, 1), (block, times), (tail, 1)):
            packer = zlib.compressobj(9, zlib.DEFLATED, -15)
            packed = packer.compress(content) + packer.flush(zlib.Z_FULL_FLUSH)
            out += packed * n
            for _ in range(n):
                crc = zlib.crc32(content, crc)
            size += len(content) * n
        out += b"\x03\x00"
        self.data, self.lies = bytes(out), {"crc": crc, "size": size}


def entries(parts=None, **change):
    return [change.get(k) or b.Entry(k, v) for k, v in (parts or xlsx_parts()).items()]


def swapped(name, new):
    return [new if k == name else b.Entry(k, v) for k, v in xlsx_parts().items()]


def bomb(name, block, times, inside=b"<sheetData>", parts=None):
    """A part of which one place is `block` over and over, `times` bytes long in all."""
    parts = parts or xlsx_parts()
    head, _, tail = parts[name].encode().partition(inside)
    new = Repeated(name, head + inside, block, times, tail)
    return b.zip_by_hand([new if k == name else b.Entry(k, v) for k, v in parts.items()])


GIB = 1 << 30


def zip_cases():
    kind = "zip"
    other = xlsx_parts({CELL: f'<c r="{CELL}"><v>4</v></c>'})
    good = xlsx_parts()
    text = good[SHEET]
    spaces_end = b"</sheetData>"
    rows = [
        ("bomb_tiny_rows", lambda: bomb(SHEET, b"<row/>", GIB), TOO_LARGE),
        ("bomb_tiny_cells", lambda: bomb(SHEET, b"<row><c/></row>", GIB), TOO_LARGE),
        ("bomb_cells_filled", lambda: bomb(SHEET, b"<row><c><v>1</v></c></row>", GIB), TOO_LARGE),
        ("bomb_spaces", lambda: bomb(SHEET, b" ", GIB), TOO_LARGE),
        ("bomb_one_tag", lambda: bomb(SHEET, b"x", GIB, b"<worksheet"), TOO_LARGE),
        ("bomb_one_text", lambda: bomb(SHEET, b"x", GIB, f'<c r="{CELL}"><v>'.encode()), TOO_LARGE),
        ("bomb_comment", lambda: bomb(SHEET, b"<!-- -->", GIB), TOO_LARGE),
        ("bomb_strings", lambda: bomb("xl/sharedStrings.xml", b"<si><t>a</t></si>", GIB, b'uniqueCount="2">'), TOO_LARGE),
        ("bomb_one_string", lambda: bomb("xl/sharedStrings.xml", b"a", GIB, b"<t>"), TOO_LARGE),
        ("bomb_styles", lambda: bomb("xl/styles.xml", b"<xf/>", GIB, b'<cellXfs count="1">'), TOO_LARGE),
        ("bomb_workbook", lambda: bomb("xl/workbook.xml", b" ", GIB, b"<sheets>"), TOO_LARGE),
        ("bomb_relations", lambda: bomb("xl/_rels/workbook.xml.rels", b" ", GIB, b"Target"), TOO_LARGE),
        ("bomb_content_types", lambda: bomb("[Content_Types].xml", b" ", GIB, b"<Types"), TOO_LARGE),
        ("bomb_merges", lambda: bomb(SHEET, b'<mergeCell ref="A90:B90"/>', GIB, b"<mergeCells>"), TOO_LARGE),
        ("bomb_columns", lambda: bomb(SHEET, b'<col min="1" max="2"/>', GIB, spaces_end), TOO_LARGE),
        ("bomb_400MB", lambda: bomb(SHEET, b"<row/>", 400 << 20), Expect(reads=3, refuses=("too_large",))),
        ("bomb_unread_part", lambda: b.zip_by_hand(entries() + [Repeated("xl/media/image1.png", b"", b"\0", GIB, b"")]), READS),
        ("bomb_ods", lambda: bomb("content.xml", b"<text:p/>", GIB, b"<office:spreadsheet>", b.ods_parts()), TOO_LARGE),
        ("bomb_docx", lambda: bomb("word/document.xml", b"<w:p/>", GIB, b"<w:body>", b.docx_parts()), TOO_LARGE),
        ("overlapping_entries", lambda: overlapping(), either(3)),
        ("size_lies_small", b.zip_by_hand(swapped(SHEET, b.Entry(SHEET, text, size=10))), either(3)),
        ("size_lies_huge", b.zip_by_hand(swapped(SHEET, b.Entry(SHEET, text, size=0xFFFFFFF0))), either(3)),
        ("packed_lies_huge", b.zip_by_hand(swapped(SHEET, b.Entry(SHEET, text, packed=0x7FFFFFF0))), either(3)),
        ("packed_lies_small", b.zip_by_hand(swapped(SHEET, b.Entry(SHEET, text, packed=20))), REFUSED),
        ("crc_zero", b.zip_by_hand(swapped(SHEET, b.Entry(SHEET, text, crc=0))), DAMAGED),
        ("method_unknown", b.zip_by_hand(swapped(SHEET, b.Entry(SHEET, text, method=99))), REFUSED),
        ("method_lzma", b.zip_by_hand(swapped(SHEET, b.Entry(SHEET, text, method=14))), REFUSED),
        ("flag_encrypted", b.zip_by_hand(swapped(SHEET, b.Entry(SHEET, text, flags=0x801))), REFUSED),
        ("flag_descriptor", b.zip_by_hand(swapped(SHEET, b.Entry(SHEET, text, flags=0x808))), either(3)),
        ("offset_beyond", b.zip_by_hand(swapped(SHEET, b.Entry(SHEET, text, offset=0x7FFFFFF0))), REFUSED),
        ("offset_of_another", b.zip_by_hand(swapped(SHEET, b.Entry(SHEET, text, offset=0))), REFUSED),
        ("local_name_differs", b.zip_by_hand(swapped(SHEET, b.Entry(SHEET, text, local_name=b"xl/worksheets/sheet9.xml"))),
         either(3)),
        ("count_lies_more", b.zip_by_hand(entries(), count=60000), either(3)),
        ("count_lies_0", b.zip_by_hand(entries(), count=0), either(3)),
        ("directory_beyond", b.zip_by_hand(entries(), directory=0x7FFFFFFF), either(3)),
        ("comment_65535", b.zip_by_hand(entries(), comment=b"PK\x05\x06" * 16383), either(3)),
        ("junk_before", b"MZ" + bytes(5000) + package(good), Expect(reads=3, refuses=REFUSED.refuses)),
        ("junk_after", package(good) + bytes(70000), either(3)),
        ("empty_zip", package({}), REFUSED),
        ("end_record_only", b"PK\x05\x06" + bytes(18), REFUSED),
        ("entries_70000", lambda: b.zip_by_hand(entries() + [b.Entry(f"x/{i}", "", 0) for i in range(70_000)]),
         Expect(reads=3, refuses=REFUSED.refuses)),
        ("entries_15000", lambda: b.zip_by_hand(entries() + [b.Entry(f"x/{i}", "", 0) for i in range(15_000)]), READS),
        ("nested_zip", package({"a.xlsx": package(good)}), REFUSED),
        ("stored", package(good, 0), READS),
        ("upper_case_names", package({k.upper() if k.startswith("xl") else k: v for k, v in good.items()}), READS),
        ("backslash_names", package({k.replace("/", "\\"): v for k, v in good.items()}), either(3)),
        ("leading_slashes", package({"/" + k: v for k, v in good.items()}), either(3)),
    ]
    for name in good:
        short = name.split("/")[-1].strip("[]")
        changed = other[name] if other[name] != good[name] else good[name] + " "
        rows += [
            (f"crc_{short}", b.zip_by_hand(swapped(name, b.Entry(name, good[name], crc=12345))), Expect(
                reads=3 if "sheet2" in name or "sheet3" in name else None, refuses=("damaged", "not_a_workbook"))),
            (f"twice_same_{short}", b.zip_by_hand(entries() + [b.Entry(name, good[name])]), either(3)),
            (f"twice_different_{short}", b.zip_by_hand(entries() + [b.Entry(name, changed)]), DAMAGED),
            (f"twice_other_case_{short}", b.zip_by_hand(entries() + [b.Entry(name.upper(), changed)]), DAMAGED),
        ]
    for i, name in enumerate(["../../../../tmp/gouji-was-here.xlsx", "/etc/x.xlsx", "C:\\x.xlsx", "..\\..\\x.xlsx",
                              "a\0b.xml", "a\nb.xml", "\u202ecod.xml", "x" * 60_000, "a/../../b.xml", "con", "xl//styles2.xml"]):
        rows.append((f"part_name_{i}", b.zip_by_hand(entries() + [b.Entry(name, "x")]), READS))
    return [(kind, name + ".xlsx", data, expect) for name, data, expect in rows]


def overlapping():
    """Thirty entries that share one packed content (Fifield's bomb, in little)."""
    parts = [b.Entry(k, v) for k, v in xlsx_parts().items()]
    raw = b.zip_by_hand(parts + [b.Entry("xl/media/0.png", bytes(1 << 24))])
    start = raw.rindex(b"PK\x03\x04")
    more = [b.Entry("xl/media/0.png", bytes(1 << 24), offset=start) for _ in range(30)]
    out, directory = bytearray(raw[:raw.index(b"PK\x01\x02")]), bytearray()
    offset = 0
    for entry in parts:
        directory += entry.header(True, offset)
        offset += len(entry.header(False, 0)) + len(entry.data)
    for entry in more:
        directory += entry.header(True, start)
    n = len(parts) + len(more)
    return bytes(out + directory) + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, n, n, len(directory), len(out), 0)


# ---------------------------------------------------------------- xls

def xls_cases():
    kind = "xls"
    own = {CELL: x.number(CELL, 3)}

    def cell(record):
        return x.xls({CELL: record})

    def loop(fat):
        return [i if i == 3 else v for i, v in enumerate(fat)]

    def circle(fat):
        fat[6] = 2
        return fat

    def header(offset, fmt, value):
        def change(raw):
            struct.pack_into(fmt, raw, offset, value)
            return raw
        return change

    token = x.formula
    three = struct.pack("<d", 3)
    rows = [
        ("plain", x.xls(own), READS),
        ("dimensions_maximum", x.xls(before=x.record(0x0200, struct.pack("<IIHHH", 0, 0xFFFFFFFF, 0, 0xFFFF, 0))), READS),
        ("dimensions_65536", x.xls(before=x.record(0x0200, struct.pack("<IIHHH", 0, 65536, 0, 256, 0))), READS),
        ("cell_at_the_end", x.xls(after=x.number((65535, 255), 1)), READS),
        ("cell_column_65535", x.xls(after=x.number((65535, 65535), 1)), either(3, "S011")),
        ("fat_loop", x.xls(fat_change=loop), DAMAGED),
        ("fat_circle", x.xls(fat_change=circle), DAMAGED),
        ("fat_zero", x.xls(fat_change=lambda f: [0] * len(f)), REFUSED),
        ("fat_free", x.xls(fat_change=lambda f: [0xFFFFFFFF] * len(f)), REFUSED),
        ("fat_beyond", x.xls(fat_change=lambda f: [0x00FFFFFF] * len(f)), REFUSED),
        ("difat_loop", x.xls(header_change=header(68, "<I", 1)), either(3)),
        ("difat_count", x.xls(header_change=header(72, "<I", 0xFFFFFFFF)), either(3)),
        ("fat_count", x.xls(header_change=header(44, "<I", 0xFFFFFFFF)), either(3)),
        ("directory_start_beyond", x.xls(header_change=header(48, "<I", 0x00FFFFFF)), REFUSED),
        ("directory_start_0", x.xls(header_change=header(48, "<I", 0)), REFUSED),
        ("mini_fat_beyond", x.xls(header_change=header(60, "<I", 0x00FFFFFF)), either(3)),
        ("cutoff_huge", x.xls(header_change=header(56, "<I", 0xFFFFFFFF)), REFUSED),
        ("sector_shift_0", x.xls(header_change=header(30, "<H", 0)), REFUSED),
        ("sector_shift_16", x.xls(header_change=header(30, "<H", 16)), REFUSED),
        ("sector_shift_65535", x.xls(header_change=header(30, "<H", 65535)), REFUSED),
        ("mini_shift_65535", x.xls(header_change=header(32, "<H", 65535)), REFUSED),
        ("stream_size_huge", x.xls(entry_change=lambda e: [e[0], e[1][:120] + struct.pack("<Q", 0xFFFFFFFF)]), either(3)),
        ("stream_size_0", x.xls(entry_change=lambda e: [e[0], e[1][:120] + bytes(8)]), REFUSED),
        ("stream_start_beyond", x.xls(entry_change=lambda e: [e[0], e[1][:116] + struct.pack("<I", 0x00FFFFFF) + e[1][120:]]),
         REFUSED),
        ("directory_tree_loops", x.xls(entry_change=lambda e: [e[0], e[1][:68] + struct.pack("<III", 1, 1, 1) + e[1][80:]]),
         either(3)),
        ("directory_10000", x.xls(entry_change=lambda e: e + [x.entry(f"x{i}", 2, 0, 0) for i in range(10_000)]), READS),
        ("stream_twice", x.xls(streams=[("Workbook", x.workbook()), ("Workbook", x.workbook(
            {CELL: x.number(CELL, 4)}))]), either(3)),
        ("book_and_workbook", x.xls(streams=[("Workbook", x.workbook()), ("Book", b"x" * 5000)]), READS),
        ("no_workbook", x.xls(streams=[("Other", b"x" * 5000)]), REFUSED),
        ("word", x.xls(streams=[("WordDocument", b"x" * 5000)]), Expect(refuses=("unsupported",))),
        ("wps_writer", x.xls(streams=[("WordDocument", b"x" * 5000), ("WpsCustomData", b"x")]), Expect(refuses=("unsupported",))),
        ("powerpoint", x.xls(streams=[("PowerPoint Document", b"x" * 5000)]), Expect(refuses=("unsupported",))),
        ("encrypted_package", x.xls(streams=[("EncryptedPackage", b"x" * 5000), ("EncryptionInfo", b"x" * 100)]),
         Expect(refuses=("encrypted", "damaged"))),
        ("filepass", x.xls(globals_extra=x.record(0x002F, bytes(6))), Expect(refuses=("encrypted", "unsupported", "damaged"))),
        ("filepass_empty", x.xls(globals_extra=x.record(0x002F)), Expect(refuses=("encrypted", "unsupported", "damaged"))),
        ("strings_4e9", x.xls(globals_extra=x.record(0x00FC, struct.pack("<II", 0xFFFFFFFF, 0xFFFFFFFF))), READS),
        ("string_beyond", cell(x.record(0x00FD, x.address(CELL) + struct.pack("<I", 0xFFFFFFFF))), tells("V003")),
        ("string_number", cell(x.record(0x00FD, x.address(CELL) + struct.pack("<I", 0))), Expect(reads=7, tells=("V002",))),
        ("string_cut", x.xls(globals_extra=x.record(0x00FC, struct.pack("<IIH", 1, 1, 60000) + b"\0abc")), READS),
        ("string_runs_huge", x.xls(globals_extra=x.record(0x00FC, struct.pack("<IIHBHI", 1, 1, 1, 12, 65535, 0xFFFFFFFF))), READS),
        ("strings_blank_5000000", lambda: x.xls(globals_extra=x.record(0x00FC, struct.pack("<II", 9_000_000, 9_000_000))
                                                + x.record(0x003C, b"\0\0\0" * 2700) * 1850),
         Expect(reads=3, refuses=("too_large",))),
        ("merges_65535", x.xls(merges=x.record(0x00E5, struct.pack("<H", 65535))), either(3, "S001", "S002", "V001", "S009")),
        ("merges_65535_long", x.xls(merges=x.record(0x00E5, struct.pack("<H", 65535) + bytes(8000))), ANY),
        ("merge_reversed", x.xls(after=x.record(0x00E5, struct.pack("<HHHHH", 1, 99, 90, 9, 8))), READS),
        ("merge_everything", x.xls(after=x.record(0x00E5, struct.pack("<HHHHH", 1, 0, 65535, 0, 65535))), ANY),
        ("merges_1000000", lambda: x.xls(after=x.record(0x00E5, struct.pack("<H", 1027) + struct.pack("<HHHH", 90, 91, 0, 1)
                                                        * 1027) * 1000), TOO_LARGE),
        ("cell_twice", x.xls(after=x.number(CELL, 4)), tells("S011")),
        ("cell_twice_same", x.xls(after=x.number(CELL, 3)), READS),
        ("infinite", cell(x.number(CELL, float("inf"))), tells("V003")),
        ("nan", cell(x.number(CELL, float("nan"))), tells("V003")),
        ("largest", cell(x.number(CELL, 1.7e308)), tells("V003")),
        ("rk", cell(x.rk(CELL, 45)), reads(45)),
        ("rk_negative_zero", cell(x.record(0x027E, x.address(CELL) + struct.pack("<I", 0x80000000))), either(0)),
        ("boolean", cell(x.record(0x0205, x.address(CELL) + b"\1\0")), tells("V003")),
        ("error", cell(x.record(0x0205, x.address(CELL) + b"\x17\1")), tells("V006")),
        ("error_unknown", cell(x.record(0x0205, x.address(CELL) + b"\x63\1")), tells("V006", "V003")),
        ("label_cut", cell(x.record(0x0204, x.address(CELL) + struct.pack("<HB", 60000, 1))), tells("V001", "V003")),
        ("multiple_rk_lies", cell(x.record(0x00BD, struct.pack("<HH", ROW, COL) + bytes(3))), tells("V001", "V003")),
        ("multiple_rk_wide", cell(x.record(0x00BD, struct.pack("<HH", ROW, 65535) + bytes(6000) + b"\0\0")), ANY),
        ("formula_no_string", cell(token(CELL, b"\0\0\0\0\0\0\xff\xff", b"\x1e\3\0")), Expect(reads=3, tells=("V007", "V003"))),
        ("formula_stale", cell(token(CELL, struct.pack("<d", 4), b"\x1e\3\0")), tells("V007")),
        ("formula_error", cell(token(CELL, b"\2\0\x17\0\0\0\xff\xff", b"\x1c\x17")), tells("V006")),
        ("formula_garbage", cell(token(CELL, three, bytes(range(64)))), either(3, "V007")),
        ("formula_cut", cell(token(CELL, three, b"\x25\1")), either(3, "V007")),
        ("formula_deep", cell(token(CELL, three, b"\x1e\1\0" * 2000 + b"\x03" * 1999)), either(3, "V007")),
        ("formula_doubling", cell(token(CELL, three, b"\x17\x40\0" + b"a" * 64 + b"\x03" * 8)), either(3, "V007")),
        ("formula_shared_itself", cell(token(CELL, three, bytes([1]) + struct.pack("<HH", ROW, COL)) + x.record(
            0x04BC, struct.pack("<HHBBHH", ROW, ROW, COL, COL, 0, 5) + bytes([1]) + struct.pack("<HH", ROW, COL))),
         either(3, "V007")),
        ("formula_shared_lost", cell(token(CELL, three, bytes([1]) + struct.pack("<HH", 9, 9))), either(3, "V007")),
        ("formula_external", cell(token(CELL, three, b"\x5a\xff\xff\0\0\0\0")), either(3, "V007")),
        ("end_missing", x.xls(ended=False), either(3)),
        ("begin_nested_50000", x.xls(after=x.bof(0x20) * 50_000), DAMAGED),
        ("begin_and_end_50000", x.xls(after=(x.bof(0x20) + x.record(0x0A)) * 50_000), READS),
        ("offset_beyond", x.xls(offsets=[0xFFFFFFFF] * 3), DAMAGED),
        ("offset_same", x.xls(offsets=[700] * 3), DAMAGED),
        ("offset_0", x.xls(offsets=[0] * 3), DAMAGED),
        ("sheets_5000", x.xls(globals_extra=x.record(0x0085, struct.pack("<IBB", 0, 0, 0) + x.text8("x", False)) * 5000), TOO_LARGE),
        ("code_page", x.xls(globals_extra=x.record(0x0042, struct.pack("<H", 65535))), READS),
        ("styles_100000", x.xls(globals_extra=x.record(0x00E0, bytes(20)) * 100_000), READS),
        ("formats_60000", x.xls(globals_extra=b"".join(x.record(0x041E, struct.pack("<H", i) + x.text8(f"0.{i}"))
                                                       + x.record(0x00E0, struct.pack("<HHH", 0, i, 0) + bytes(14))
                                                       for i in range(200, 20_200))), READS),
        ("columns_300000", x.xls(before=x.record(0x007D, struct.pack("<HHHHHH", 0, 255, 2000, 0, 0, 0)) * 300_000), READS),
        ("columns_reversed", x.xls(before=x.record(0x007D, struct.pack("<HHHHHH", 255, 0, 2000, 0, 1, 0))), READS),
        ("rows_hidden_60000", x.xls(before=b"".join(x.record(0x0208, struct.pack("<HHHHHHI", i, 0, 9, 9, 0, 0, 0x20))
                                                    for i in range(101, 60_000, 2))), READS),
        ("continue_200000", x.xls(after=x.record(0x003C, b"") * 200_000), READS),
        ("records_unknown_300000", x.xls(after=x.record(0x7777, b"") * 300_000), READS),
        ("cells_600000", lambda: x.xls(after=b"".join(x.record(0x00BD, struct.pack("<HH", r, 0) + struct.pack("<HI", 0, 6) * 200
                                                      + struct.pack("<H", 199)) for r in range(100, 3_100))), READS),
    ]
    numbers = {"number": 0x0203, "rk": 0x027E, "mulrk": 0x00BD, "labelsst": 0x00FD, "label": 0x0204, "boolerr": 0x0205,
               "formula": 0x0006, "string": 0x0207, "shrfmla": 0x04BC, "array": 0x0221, "row": 0x0208, "colinfo": 0x007D,
               "mergecells": 0x00E5, "dimensions": 0x0200, "blank": 0x0201, "mulblank": 0x00BE}
    for name, number in numbers.items():
        for length in (0, 1, 5):
            rows.append((f"short_{name}_{length}", x.xls(after=x.record(number, b"\1\2\3\4\5"[:length])), either(3, "S011")))
        rows.append((f"beyond_{name}", x.xls(after=x.record(number, b"\0" * 6, 65535)), DAMAGED))
    for name, number in {"boundsheet": 0x85, "sst": 0xFC, "format": 0x41E, "xf": 0xE0, "codepage": 0x42, "supbook": 0x1AE,
                         "externsheet": 0x17, "continue": 0x3C}.items():
        for length in (0, 1):
            rows.append((f"short_{name}_{length}", x.xls(globals_extra=x.record(number, bytes(length))), either(3)))
    return [(kind, name + ".xls", data, expect) for name, data, expect in rows]


# ---------------------------------------------------------------- xlsb

def xlsb_cases():
    kind = "xlsb"

    def cell(data):
        return package(x.xlsb_parts({CELL: data}))

    def sheet(**kw):
        return package(x.xlsb_parts(**kw))

    def part(name, change):
        parts = x.xlsb_parts()
        parts[name] = change(parts[name])
        return package(parts)

    number = lambda value: x.cell12(COL, 5, struct.pack("<d", value))  # noqa: E731
    rows = [
        ("plain", package(x.xlsb_parts()), READS),
        ("infinite", cell(number(float("inf"))), tells("V003")),
        ("nan", cell(number(float("nan"))), tells("V003")),
        ("rk", cell(x.cell12(COL, 2, struct.pack("<I", (45 << 2) | 2))), reads(45)),
        ("string_beyond", cell(x.cell12(COL, 7, struct.pack("<I", 0xFFFFFFFF))), tells("V003")),
        ("string_number", cell(x.cell12(COL, 7, struct.pack("<I", 0))), Expect(reads=7, tells=("V002",))),
        ("boolean", cell(x.cell12(COL, 4, b"\1")), tells("V003")),
        ("error", cell(x.cell12(COL, 3, b"\x17")), tells("V006")),
        ("text_length_lies", cell(x.cell12(COL, 6, struct.pack("<I", 0x7FFFFFFF))), tells("V001", "V003")),
        ("formula_cached", cell(x.cell12(COL, 9, struct.pack("<dHI", 3, 0, 0))), either(3, "V007")),
        ("formula_error", cell(x.cell12(COL, 11, b"\x17" + bytes(6))), tells("V006")),
        ("cell_twice", cell(number(3) + number(4)), tells("S011")),
        ("column_beyond", cell(x.cell12(16384, 5, struct.pack("<d", 3))), tells("V001", "S011")),
        ("column_2_to_32", cell(x.cell12(0xFFFFFFFF, 5, struct.pack("<d", 3))), tells("V001", "S011")),
        ("row_beyond", sheet(after=x.part_record(0, struct.pack("<IIHHBI", 0xFFFFFFFF, 0, 0, 0, 0, 0)) + number(1)),
         either(3, "S011")),
        ("dimension_maximum", sheet(before=x.part_record(148, struct.pack("<IIII", 0, 0xFFFFFFFF, 0, 0xFFFFFFFF))), READS),
        ("merges_declared", sheet(after=x.part_record(177, struct.pack("<I", 0xFFFFFFFF)) + x.part_record(178)), READS),
        ("merge_everything", sheet(after=x.part_record(176, struct.pack("<IIII", 0, 1048575, 0, 16383))), ANY),
        ("merges_700000", lambda: sheet(after=x.part_record(176, struct.pack("<IIII", 90, 91, 0, 1)) * 700_000), TOO_LARGE),
        ("columns_200000", sheet(before=x.part_record(60, struct.pack("<IIIIH", 0, 16383, 2000, 0, 0)) * 200_000), READS),
        ("end_missing", sheet(ended=False), DAMAGED),
        ("record_length_lies", sheet(after=x.part_record(5, b"\0", 0x0FFFFFFF)), DAMAGED),
        ("varint_endless", sheet(after=b"\xff" * 1000), DAMAGED),
        ("sheet_empty", part("xl/worksheets/sheet1.bin", lambda t: b""), DAMAGED),
        ("sheet_missing", package({k: v for k, v in x.xlsb_parts().items() if "sheet1" not in k}), REFUSED),
        ("strings_missing", package({k: v for k, v in x.xlsb_parts().items() if "sharedS" not in k}), READS),
        ("strings_declared", part("xl/sharedStrings.bin", lambda t: x.part_record(159, struct.pack("<II", 0xFFFFFFFF, 0xFFFFFFFF))), READS),
        ("strings_blank_5000000", lambda: part("xl/sharedStrings.bin", lambda t: t + x.part_record(19, b"\0" + bytes(4)) * 5_000_000),
         Expect(reads=3, refuses=("too_large",))),
        ("strings_length_lies", part("xl/sharedStrings.bin", lambda t: x.part_record(19, b"\0" + struct.pack("<I", 0xFFFFFFF0))), READS),
        ("workbook_empty", part("xl/workbook.bin", lambda t: b""), REFUSED),
        ("bundle_short", part("xl/workbook.bin", lambda t: x.part_record(156, b"\0")), DAMAGED),
        ("bundle_relation_unknown", part("xl/workbook.bin", lambda t: t.replace("rId1".encode("utf-16-le"),
                                                                              "rId8".encode("utf-16-le"))), tells("S001")),
        ("sheets_5000", part("xl/workbook.bin", lambda t: t + x.part_record(156, struct.pack("<II", 0, 1) + x.text12("rId1")
                                                                           + x.text12("x")) * 5000), TOO_LARGE),
        ("xml_named_bin", package({**x.xlsb_parts(), "xl/worksheets/sheet1.bin": b.sheet_xml()}), DAMAGED),
    ]
    for kind_of in (0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 60, 62, 176):
        for length in (0, 3, 9):
            rows.append((f"short_{kind_of}_{length}", sheet(after=x.part_record(kind_of, b"\1" * length)), either(3, "S011")))
    return [(kind, name + ".xlsb", data, expect) for name, data, expect in rows]


# ---------------------------------------------------------------- damage

def good_files():
    return {"xlsx": b.xlsx(), "xlsb": package(x.xlsb_parts()), "xls": x.xls(), "ods": package(b.ods_parts()),
            "docx": package(b.docx_parts()), "html": b.html(), "xml": b.xml2003(), "csv": b.csv().encode()}


def damaged_cases():
    """Files cut off, with bits turned, with pieces moved: anything but a crash, and no other number in silence."""
    found, rng = [], random.Random(9)
    checked = {"xlsx", "xlsb", "ods", "docx"}  # packages, whose checksums tell
    for extension, data in good_files().items():
        for i in range(8):
            cut = data[:len(data) * (i + 1) // 9]
            found.append(("cut off", f"{i}.{extension}", cut, Expect(anything=True)))
        for i in range(16):
            raw = bytearray(data)
            for _ in range(1 + i % 4):
                raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
            found.append(("bits turned", f"{i}.{extension}", bytes(raw), either(3) if extension in checked else ANY))
        for i in range(4):
            raw = bytearray(data)
            at, to, n = rng.randrange(len(raw)), rng.randrange(len(raw)), rng.randrange(1, 500)
            raw[to:to + n] = raw[at:at + n]
            found.append(("pieces moved", f"{i}.{extension}", bytes(raw), either(3) if extension in checked else ANY))
    return found


def all_cases():
    return zip_cases() + xls_cases() + xlsb_cases() + damaged_cases()
