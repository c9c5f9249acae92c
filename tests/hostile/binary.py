"""The same little form in binary workbooks: xls (BIFF8 in a compound file) and xlsb.

Records are lists of (type, data), so that a case can put in, leave out or falsify any of them.
"""
import struct

from builders import CELL, MIME, PACKAGE, REL, SHEETS, XML, at

END = 0xFFFFFFFE


# ---------------------------------------------------------------- xls: records

def record(kind, data=b"", length=None):
    return struct.pack("<HH", kind, len(data) if length is None else length) + data


def text8(value, wide_length=True):
    units = value.encode("utf-16-le")
    n = len(units) // 2
    return struct.pack("<HB" if wide_length else "<BB", n, 1) + units


def address(cell, style=0):
    row, col = at(cell) if isinstance(cell, str) else cell
    return struct.pack("<HHH", row, col, style)


def number(cell, value):
    return record(0x0203, address(cell) + struct.pack("<d", value))


def label(cell, value):
    return record(0x0204, address(cell) + text8(value))


def rk(cell, value):
    return record(0x027E, address(cell) + struct.pack("<i", (value << 2) | 2))


def formula(cell, value, tokens):
    return record(0x0006, address(cell) + value + struct.pack("<HIH", 0, 0, len(tokens)) + tokens)


def bof(kind):
    return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def xls_sheet(index=0, special=None, before=b"", after=b"", merges=None, ended=True):
    """A worksheet's records; `special` maps a cell's address to its records."""
    _, cells, ranges = SHEETS[index]
    special = {at(k): v for k, v in (special or {}).items()}
    body = b"".join(special.get(key) or (label if isinstance(value, str) else number)(key, value)
                    for key, value in sorted(cells.items()))
    if merges is None:
        pairs = [tuple(at(x) for x in m.split(":")) for m in ranges]
        data = b"".join(struct.pack("<HHHH", a[0], b[0], a[1], b[1]) for a, b in pairs)
        merges = record(0x00E5, struct.pack("<H", len(pairs)) + data) if pairs else b""
    return bof(0x0010) + before + body + merges + after + (record(0x000A) if ended else b"")


def sst(texts, declared=None):
    n = len(texts) if declared is None else declared
    return record(0x00FC, struct.pack("<II", n & 0xFFFFFFFF, n & 0xFFFFFFFF) + b"".join(text8(t) for t in texts))


def workbook(special=None, globals_extra=b"", offsets=None, **sheet):
    """The stream `Workbook`."""
    sheets = [xls_sheet(i, special if i == 0 else None, **(sheet if i == 0 else {})) for i in range(len(SHEETS))]
    heads = [struct.pack("<BB", 0, 0) + text8(name, False) for name, _, _ in SHEETS]
    start = bof(0x0005) + record(0x0042, struct.pack("<H", 1200))
    rest = record(0x00E0, struct.pack("<HHH", 0, 0, 0) + bytes(14)) + sst(["7", "串"]) + globals_extra + record(0x000A)
    position = len(start) + sum(len(h) + 8 for h in heads) + len(rest)
    bounds = b""
    for i, head in enumerate(heads):
        offset = position if offsets is None else offsets[i]
        bounds += record(0x0085, struct.pack("<I", offset & 0xFFFFFFFF) + head)
        position += len(sheets[i])
    return start + bounds + rest + b"".join(sheets)


# ---------------------------------------------------------------- xls: the compound file

def entry(name, kind, start, size, child=0xFFFFFFFF, right=0xFFFFFFFF):
    raw = name.encode("utf-16-le") + b"\0\0"
    return (raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw), kind, 1, 0xFFFFFFFF, right, child)
            + bytes(36) + struct.pack("<IQ", start, size))


def compound(streams, fat_change=None, header_change=None, entry_change=None):
    """A compound file of 512-byte sectors without a mini stream; the changes get what is to be written."""
    sectors, fat, entries = [], [], []
    for name, data in streams:
        data = data.ljust(max(4096, len(data)), b"\0")
        start, chunks = len(sectors), [data[i:i + 512].ljust(512, b"\0") for i in range(0, len(data), 512)]
        sectors += chunks
        fat += list(range(start + 1, start + len(chunks))) + [END]
        entries.append((name, start, len(data)))
    directory = [entry("Root Entry", 5, END, 0, child=1)]
    directory += [entry(n, 2, s, z, right=i + 2 if i + 1 < len(entries) else 0xFFFFFFFF)
                  for i, (n, s, z) in enumerate(entries)]
    if entry_change:
        directory = entry_change(directory)
    raw = b"".join(directory)
    raw = raw.ljust(-(-len(raw) // 512) * 512, b"\0")
    directory_start = len(sectors)
    sectors += [raw[i:i + 512] for i in range(0, len(raw), 512)]
    fat += list(range(directory_start + 1, len(sectors))) + [END]
    fat_start = len(sectors)
    n = -(-len(fat) // 126)  # room for the sectors that hold the table, and those that list them
    listing = -(-max(0, n - 109) // 127)
    fat += [0xFFFFFFFD] * n + [0xFFFFFFFC] * listing
    fat += [0xFFFFFFFF] * (n * 128 - len(fat))
    if fat_change:
        fat = fat_change(fat)
    sectors += [struct.pack("<128I", *fat[i * 128:(i + 1) * 128]) for i in range(n)]
    places = [fat_start + i for i in range(n)]
    rest = places[109:]
    for i in range(listing):
        chunk = rest[i * 127:(i + 1) * 127]
        following = len(sectors) + 1 if i + 1 < listing else END
        sectors.append(struct.pack("<128I", *chunk, *[0xFFFFFFFF] * (127 - len(chunk)), following))
    places = places[:109] + [0xFFFFFFFF] * (109 - len(places[:109]))
    header = bytearray(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + bytes(16) + struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, n, directory_start, 0, 4096, END, 0,
        fat_start + n if listing else END, listing))
    header = header.ljust(76, b"\0") + struct.pack("<109I", *places)
    if header_change:
        header = header_change(bytearray(header))
    return bytes(header) + b"".join(sectors)


def xls(special=None, streams=None, **kw):
    changes = {k: kw.pop(k) for k in ("fat_change", "header_change", "entry_change") if k in kw}
    return compound(streams or [("Workbook", workbook(special, **kw))], **changes)


# ---------------------------------------------------------------- xlsb

def part_record(kind, data=b"", length=None):
    out, n = bytearray(), len(data) if length is None else length
    out += bytes([kind]) if kind < 0x80 else bytes([(kind & 0x7F) | 0x80, kind >> 7])
    while True:
        out.append((n & 0x7F) | (0x80 if n > 0x7F else 0))
        n >>= 7
        if not n:
            return bytes(out) + data


def text12(value):
    units = value.encode("utf-16-le")
    return struct.pack("<I", len(units) // 2) + units


def cell12(col, kind, data):
    return part_record(kind, struct.pack("<II", col, 0) + data)


def xlsb_sheet(index=0, special=None, before=b"", after=b"", merges=None, ended=True):
    _, cells, ranges = SHEETS[index]
    special = {at(k): v for k, v in (special or {}).items()}
    rows = {}
    for (r, c), value in sorted(cells.items()):
        own = cell12(c, 6, text12(value)) if isinstance(value, str) else cell12(c, 5, struct.pack("<d", value))
        rows.setdefault(r, []).append(special.get((r, c)) or own)
    body = b"".join(part_record(0, struct.pack("<IIHHBI", r, 0, 0, 0, 0, 0)) + b"".join(x)
                    for r, x in sorted(rows.items()))
    if merges is None:
        pairs = [tuple(at(x) for x in m.split(":")) for m in ranges]
        merges = b"".join(part_record(176, struct.pack("<IIII", a[0], b[0], a[1], b[1])) for a, b in pairs)
    return (part_record(129) + before + part_record(145) + body + part_record(146) + merges + after
            + (part_record(130) if ended else b""))


def xlsb_parts(special=None, **sheet):
    overrides = "".join(f'<Override PartName="/xl/worksheets/sheet{i}.bin" ContentType='
                        f'"application/vnd.ms-excel.worksheet"/>' for i in range(1, len(SHEETS) + 1))
    rels = "".join(f'<Relationship Id="rId{i}" Type="{REL}/worksheet" Target="worksheets/sheet{i}.bin"/>'
                   for i in range(1, len(SHEETS) + 1))
    bundles = b"".join(part_record(156, struct.pack("<II", 0, i) + text12(f"rId{i}") + text12(name))
                       for i, (name, _, _) in enumerate(SHEETS, 1))
    strings = b"".join(part_record(19, b"\0" + text12(t)) for t in ("7", "串"))
    parts = {
        "[Content_Types].xml":
            f'{XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
            f'"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="bin" ContentType='
            f'"application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>{overrides}</Types>',
        "_rels/.rels":
            f'{XML}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{REL}/officeDocument" Target="xl/workbook.bin"/></Relationships>',
        "xl/workbook.bin": part_record(131) + part_record(143) + bundles + part_record(144) + part_record(132),
        "xl/_rels/workbook.bin.rels":
            f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{rels}<Relationship Id="rId91" '
            f'Type="{REL}/sharedStrings" Target="sharedStrings.bin"/></Relationships>',
        "xl/sharedStrings.bin": part_record(159, struct.pack("<II", 2, 2)) + strings + part_record(160),
    }
    for i in range(len(SHEETS)):
        parts[f"xl/worksheets/sheet{i + 1}.bin"] = xlsb_sheet(i, **(dict(special=special, **sheet) if i == 0 else {}))
    return parts


assert MIME and CELL
