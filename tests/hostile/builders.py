"""One little form in every kind of file, put together byte by byte so that any byte of it can be made wrong.

The form is table two of 2021 and its two neighbours, as templates/xxgk-2021.xlsx has them, filled with honest
numbers. Every builder takes what is to differ; without arguments it gives a good file. Python's library only.
"""
import io
import os
import re
import struct
import zipfile
import zlib
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# The cell that the cases make wrong, the field it is, and its honest number.
CELL, FIELD, HONEST = "B6", "t2.normative.made", 3


def ref(row, col):
    name = ""
    col += 1
    while col:
        col, rest = divmod(col - 1, 26)
        name = chr(65 + rest) + name
    return f"{name}{row + 1}"


def at(cell):
    letters, digits = re.match(r"([A-Z]+)(\d+)", cell).groups()
    col = 0
    for letter in letters:
        col = col * 26 + ord(letter) - 64
    return int(digits) - 1, col - 1


def form():
    """Sheets as (name, {(row, col): text or number}, merges), of the blank official workbook, filled."""
    book = zipfile.ZipFile(os.path.join(ROOT, "templates/xxgk-2021.xlsx"))
    space = {"m": MAIN}
    strings = ["".join(t.text or "" for t in si.iter(f"{{{MAIN}}}t"))
               for si in ElementTree.fromstring(book.read("xl/sharedStrings.xml")).findall("m:si", space)]
    names = [s.get("name") for s in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{{{MAIN}}}sheet")]
    sheets = []
    for number, name in enumerate(names, 1):
        root = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
        cells = {}
        for c in root.iter(f"{{{MAIN}}}c"):
            v = c.find("m:v", space)
            if v is not None:
                cells[at(c.get("r"))] = strings[int(v.text)] if c.get("t") == "s" else float(v.text)
        merges = [m.get("ref") for m in root.iter(f"{{{MAIN}}}mergeCell")]
        sheets.append((name, cells, merges))
    return [(name, numbers(i, cells, merges), merges) for i, (name, cells, merges) in enumerate(sheets)]


def numbers(index, cells, merges):
    """Zeros in the cells of numbers, and a few honest ones."""
    hidden = covered(merges)
    last_row = max(max(r for r, _ in cells), *(at(m.split(":")[1])[0] for m in merges))
    last_col = max(max(c for _, c in cells), *(at(m.split(":")[1])[1] for m in merges))
    row, col = ((4, 1), (5, 3), (5, 0))[index]
    for r in range(row, last_row + 1 + (index == 2)):
        for c in range(col, last_col + 1):
            if (r, c) not in cells and (r, c) not in hidden:
                cells[(r, c)] = 0
    if index == 0:
        cells[at(CELL)] = HONEST
        cells[at("D6")] = 9
    return cells


def covered(merges):
    cells = set()
    for merge in merges:
        (r1, c1), (r2, c2) = (at(x) for x in merge.split(":"))
        cells |= {(r, c) for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)} - {(r1, c1)}
    return cells


SHEETS = form()


def cell_xml(r, c, value):
    if isinstance(value, str):
        return f'<c r="{ref(r, c)}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{ref(r, c)}"><v>{value:g}</v></c>'


def sheet_xml(index=0, special=None, before="", after="", rows_extra="", merges_extra=""):
    """A worksheet; `special` maps a cell's address to its XML."""
    name, cells, merges = SHEETS[index]
    special = special or {}
    rows = {}
    for (r, c), value in cells.items():
        rows.setdefault(r, {})[c] = special.get(ref(r, c), cell_xml(r, c, value))
    body = "".join(f'<row r="{r + 1}">' + "".join(x for _, x in sorted(row.items())) + "</row>"
                   for r, row in sorted(rows.items()))
    merged = "".join(f'<mergeCell ref="{m}"/>' for m in merges) + merges_extra
    return (f'{XML}<worksheet xmlns="{MAIN}">{before}<sheetData>{body}{rows_extra}</sheetData>'
            f"<mergeCells>{merged}</mergeCells>{after}</worksheet>")


def xlsx_parts(special=None, strings=None, names=None, **sheet):
    """The parts of a workbook, in order, as name -> text."""
    names = names or [s[0] for s in SHEETS]
    overrides = "".join(f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{MIME}.worksheet+xml"/>'
                        for i in range(1, len(SHEETS) + 1))
    rels = "".join(f'<Relationship Id="rId{i}" Type="{REL}/worksheet" Target="worksheets/sheet{i}.xml"/>'
                   for i in range(1, len(SHEETS) + 1))
    listed = "".join(f'<sheet name={quoteattr(n)} sheetId="{i}" r:id="rId{i}"/>' for i, n in enumerate(names, 1))
    parts = {
        "[Content_Types].xml":
            f'{XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
            f'"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
            f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
            f'ContentType="{MIME}.sheet.main+xml"/>{overrides}<Override PartName="/xl/styles.xml" '
            f'ContentType="{MIME}.styles+xml"/><Override PartName="/xl/sharedStrings.xml" '
            f'ContentType="{MIME}.sharedStrings+xml"/></Types>',
        "_rels/.rels":
            f'{XML}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml":
            f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels":
            f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{rels}<Relationship Id="rId90" '
            f'Type="{REL}/styles" Target="styles.xml"/><Relationship Id="rId91" '
            f'Type="{REL}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/styles.xml":
            f'{XML}<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/></font></fonts><fills count="2">'
            f'<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
            f'<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
            f'<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>',
        "xl/sharedStrings.xml": strings or
            f'{XML}<sst xmlns="{MAIN}" count="2" uniqueCount="2"><si><t>7</t></si><si><t>串</t></si></sst>',
    }
    for i in range(len(SHEETS)):
        parts[f"xl/worksheets/sheet{i + 1}.xml"] = sheet_xml(i, **(dict(special=special, **sheet) if i == 0 else {}))
    return parts


def package(parts, method=zipfile.ZIP_DEFLATED):
    """A zip of parts; a list of pairs may name one twice."""
    pairs = parts.items() if isinstance(parts, dict) else parts
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, content in pairs:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = method
            z.writestr(info, content if isinstance(content, bytes) else content.encode())
    return out.getvalue()


def xlsx(special=None, method=zipfile.ZIP_DEFLATED, **kw):
    return package(xlsx_parts(special, **kw), method)


def flat(parts):
    """Parts as tests/fuzz takes them."""
    def raw(content):
        return content if isinstance(content, bytes) else content.encode()
    pairs = parts.items() if isinstance(parts, dict) else parts
    return b"".join(b"\x1f" + name.encode() + b"\n" + raw(content).replace(b"\x1f", b"") for name, content in pairs)


# ---------------------------------------------------------------- zip by hand

class Entry:
    """An entry of a zip of which every number can be set."""

    def __init__(self, name, content, method=8, **lies):
        self.name = name if isinstance(name, bytes) else name.encode()
        self.content = content if isinstance(content, bytes) else content.encode()
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        self.data = packer.compress(self.content) + packer.flush() if method == 8 else self.content
        self.method, self.lies = method, lies

    def header(self, central, offset):
        lie = lambda key, value: self.lies.get(key, value)  # noqa: E731
        crc, packed = lie("crc", zlib.crc32(self.content)), lie("packed", len(self.data))
        size, flags = lie("size", len(self.content)), lie("flags", 0x800)
        shared = struct.pack("<HHHHHIIIHH", 20, flags, lie("method", self.method), 0, 0x21, crc, packed, size,
                             len(self.name), 0)
        if central:
            return (b"PK\x01\x02" + struct.pack("<H", 20) + shared
                    + struct.pack("<HHHII", 0, 0, 0, 0, lie("offset", offset)) + self.name)
        return b"PK\x03\x04" + shared + lie("local_name", self.name)


def zip_by_hand(entries, count=None, directory=None, comment=b""):
    out, directory_bytes = bytearray(), bytearray()
    for entry in entries:
        offset = len(out)
        out += entry.header(False, offset) + entry.data
        directory_bytes += entry.header(True, offset)
    start = len(out) if directory is None else directory
    n = len(entries) if count is None else count
    return bytes(out) + bytes(directory_bytes) + b"PK\x05\x06" + struct.pack(
        "<HHHHIIH", 0, 0, n & 0xFFFF, n & 0xFFFF, len(directory_bytes), start & 0xFFFFFFFF, len(comment)) + comment


# ---------------------------------------------------------------- ods

ODS = ('xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
       'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
       'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"')


def spans(merges):
    found = {}
    for merge in merges:
        (r1, c1), (r2, c2) = (at(x) for x in merge.split(":"))
        found[(r1, c1)] = (r2 - r1 + 1, c2 - c1 + 1)
    return found


def ods_cell(value, span=""):
    if value is None:
        return f"<table:table-cell{span}/>"
    if isinstance(value, str):
        return f'<table:table-cell{span} office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
    return (f'<table:table-cell{span} office:value-type="float" office:value="{value:g}">'
            f"<text:p>{value:g}</text:p></table:table-cell>")


def ods_parts(special=None, extra="", head=""):
    special, tables = special or {}, ""
    for name, cells, merges in SHEETS:
        wide, hidden, body = spans(merges), covered(merges), ""
        for r in range(max(r for r, _ in cells) + 1):
            row = ""
            for c in range(max(c for _, c in cells) + 1):
                if (r, c) in hidden:
                    row += "<table:covered-table-cell/>"
                    continue
                rows, cols = wide.get((r, c), (1, 1))
                span = (f' table:number-rows-spanned="{rows}" table:number-columns-spanned="{cols}"'
                        if (rows, cols) != (1, 1) else "")
                key = ref(r, c)
                own = special.get(key) if cells is SHEETS[0][1] else None
                row += own or ods_cell(cells.get((r, c)), span)
            body += f"<table:table-row>{row}</table:table-row>"
        tables += f"<table:table table:name={quoteattr(name)}>{body}</table:table>"
    content = (f'{XML}{head}<office:document-content {ODS}><office:body><office:spreadsheet>{tables}{extra}'
               f"</office:spreadsheet></office:body></office:document-content>")
    return {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content,
            "META-INF/manifest.xml": f"{XML}<manifest/>"}


# ---------------------------------------------------------------- html, xml of 2003, docx, csv

def html(special=None, head="", extra=""):
    special, out = special or {}, f"<html><head><meta charset=utf-8>{head}</head><body>"
    for name, cells, merges in SHEETS:
        wide, hidden = spans(merges), covered(merges)
        out += f"<p>{escape(name)}</p><table>"
        for r in range(max(r for r, _ in cells) + 1):
            out += "<tr>"
            for c in range(max(c for _, c in cells) + 1):
                if (r, c) in hidden:
                    continue
                rows, cols = wide.get((r, c), (1, 1))
                value = cells.get((r, c), "")
                own = special.get(ref(r, c)) if cells is SHEETS[0][1] else None
                text = escape(value) if isinstance(value, str) else f"{value:g}"
                out += own or f"<td rowspan={rows} colspan={cols}>{text}</td>"
            out += "</tr>"
        out += "</table>"
    return (out + extra + "</body></html>").encode()


def xml2003(special=None, head="", extra=""):
    special = special or {}
    out = (f'<?xml version="1.0"?>{head}<?mso-application progid="Excel.Sheet"?>'
           '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
           'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">')
    for name, cells, merges in SHEETS:
        wide, hidden = spans(merges), covered(merges)
        out += f"<Worksheet ss:Name={quoteattr(name)}><Table>"
        for r in range(max(r for r, _ in cells) + 1):
            out += f'<Row ss:Index="{r + 1}">'
            for c in range(max(c for _, c in cells) + 1):
                if (r, c) in hidden or (r, c) not in cells:
                    continue
                rows, cols = wide.get((r, c), (1, 1))
                span = f' ss:MergeDown="{rows - 1}" ss:MergeAcross="{cols - 1}"' if (rows, cols) != (1, 1) else ""
                value = cells[(r, c)]
                kind, text = ("String", escape(value)) if isinstance(value, str) else ("Number", f"{value:g}")
                own = special.get(ref(r, c)) if cells is SHEETS[0][1] else None
                out += own or f'<Cell ss:Index="{c + 1}"{span}><Data ss:Type="{kind}">{text}</Data></Cell>'
            out += "</Row>"
        out += "</Table></Worksheet>"
    return (out + extra + "</Workbook>").encode()


def docx_parts(special=None, extra="", head=""):
    special, body = special or {}, ""
    for name, cells, merges in SHEETS:
        wide, hidden = spans(merges), covered(merges)
        body += f"<w:p><w:r><w:t>{escape(name)}</w:t></w:r></w:p><w:tbl>"
        for r in range(max(r for r, _ in cells) + 1):
            body += "<w:tr>"
            c = 0
            while c <= max(c for _, c in cells):
                top = next((k for k, (h, w) in wide.items()
                            if k[0] <= r < k[0] + h and k[1] == c and h > 1), None)
                rows, cols = wide.get(top or (r, c), (1, 1))
                merge = "" if rows == 1 else ('<w:vMerge w:val="restart"/>' if (r, c) == top else "<w:vMerge/>")
                value = cells.get((r, c), "")
                text = escape(value) if isinstance(value, str) else f"{value:g}"
                own = special.get(ref(r, c)) if cells is SHEETS[0][1] else None
                body += own or (f'<w:tc><w:tcPr><w:gridSpan w:val="{cols}"/>{merge}</w:tcPr><w:p><w:r><w:t>'
                                f"{text}</w:t></w:r></w:p></w:tc>")
                c += cols
            body += "</w:tr>"
        body += "</w:tbl>"
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return {
        "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" '
                               f'ContentType="application/xml"/></Types>',
        "_rels/.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" '
                       f'Type="{REL}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'{XML}{head}<w:document xmlns:w="{word}"><w:body>{body}{extra}</w:body></w:document>',
    }


def csv(special=None, delimiter=",", newline="\r\n"):
    special, lines = special or {}, []
    for name, cells, _ in SHEETS:
        for r in range(max(r for r, _ in cells) + 1):
            line = []
            for c in range(max(c for _, c in cells) + 1):
                value = cells.get((r, c), "")
                text = value if isinstance(value, str) else f"{value:g}"
                text = '"' + text.replace('"', '""') + '"' if delimiter in text or "\n" in text else text
                own = special.get(ref(r, c)) if cells is SHEETS[0][1] else None
                line.append(own if own is not None else text)
            lines.append(delimiter.join(line))
    return newline.join(lines)
