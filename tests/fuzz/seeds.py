#!/usr/bin/env python3
"""Write the small corpus that fuzzing starts from: tiny workbooks in every kind of file, and texts.

Definitions of forms are in templates/ and not here.

    python3 tests/fuzz/seeds.py        # into tests/fuzz/seeds/, which is committed
"""
import os
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../hostile"))
import binary  # noqa: E402
import builders  # noqa: E402

FULL = list(builders.SHEETS)
TINY = [("表", {(0, 0): "项目", (0, 1): "数", (1, 0): "规章", (1, 1): 3}, ["A1:A1", "B1:C1"])]


def put(folder, name, content):
    os.makedirs(os.path.join(HERE, "seeds", folder), exist_ok=True)
    with open(os.path.join(HERE, "seeds", folder, name), "wb") as f:
        f.write(content if isinstance(content, bytes) else content.encode())


def with_sheets(sheets):
    builders.SHEETS[:] = sheets


def tiny():
    with_sheets(TINY)
    rich = {"B2": '<c r="B2" s="0"><f t="shared" ref="B2:B3" si="0">SUM(A2:A3)+$A$1</f><v>4<!-- -->5</v></c>',
            "A2": '<c r="A2" t="s"><v>1</v></c>'}
    rich_parts = builders.xlsx_parts(rich, before='<cols><col min="1" max="2" width="9" hidden="1"/></cols>',
                                     after='<legacyDrawing r:id="rId1"/>')
    put("xlsx", "plain", builders.flat(builders.xlsx_parts()))
    put("xlsx", "rich", builders.flat(rich_parts))
    put("annotate", "plain", builders.flat(builders.xlsx_parts()))
    put("annotate", "rich", builders.flat(builders.xlsx_parts(
        {**rich, "A1": '<c r="A1" t="inlineStr"><is><r><t>甲</t></r><rPh><t>x</t></rPh></is></c>'})))
    commented = builders.xlsx_parts(after='<legacyDrawing xmlns:r="%s" r:id="rId1"/>' % builders.REL)
    commented["xl/worksheets/_rels/sheet1.xml.rels"] = (
        f'<Relationships xmlns="{builders.PACKAGE}/relationships"><Relationship Id="rId1" Type="{builders.REL}'
        f'/vmlDrawing" Target="../drawings/vmlDrawing1.vml"/><Relationship Id="rId2" Type="{builders.REL}/comments" '
        'Target="../comments1.xml"/></Relationships>')
    commented["xl/comments1.xml"] = (
        f'<comments xmlns="{builders.MAIN}"><authors><author>局</author></authors><commentList><comment ref="B2" '
        'authorId="0"><text><t>见附件</t></text></comment></commentList></comments>')
    commented["xl/drawings/vmlDrawing1.vml"] = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shape '
        'id="_x0000_s1025"><x:ClientData ObjectType="Note"><x:Row>1</x:Row><x:Column>1</x:Column></x:ClientData>'
        "</v:shape></xml>")
    put("annotate", "commented", builders.flat(commented))
    put("ods", "plain", builders.flat(builders.ods_parts()))
    put("ods", "repeats", builders.flat(builders.ods_parts(
        {"B2": '<table:table-cell table:number-columns-repeated="3" table:formula="of:=SUM([.A1:.A2])" '
               'office:value-type="float" office:value="3"/>'})))
    put("docx", "plain", builders.flat(builders.docx_parts()))
    put("html", "plain", builders.html())
    put("xml2003", "plain", builders.xml2003())
    put("text", "comma", builders.csv())
    put("text", "tab", builders.csv(delimiter="\t").encode("gb18030"))
    put("text", "wide", b"\xff\xfe" + builders.csv(delimiter=";").encode("utf-16-le"))
    put("zip", "package", builders.package(builders.xlsx_parts()))
    put("zip", "by_hand", builders.zip_by_hand([builders.Entry(k, v) for k, v in builders.ods_parts().items()]))
    put("xlsb", "plain", builders.flat(binary.xlsb_parts()))
    put("xls", "plain", binary.xls())
    shared = binary.formula("B2", struct.pack("<d", 3), bytes([1, 1, 0, 1, 0]))
    put("xls", "formula", binary.xls({"B2": shared + binary.record(0x04BC, struct.pack(
        "<HHBBHH", 1, 1, 1, 1, 0, 9) + bytes([0x4C, 0xFF, 0xFF, 0, 0xC0, 0x1E, 5, 0, 3]))}))


def full():
    with_sheets(FULL)
    put("map", "honest", builders.html())
    put("map", "wrong", builders.html({builders.CELL: "<td>１２件</td>", "D6": "<td>-3"}))
    put("map", "one_table", builders.html()[:6000])


def texts():
    put("narrative", "report", "一、总体情况\n2022年，我镇主动公开政府信息120条，收到依申请公开3件，同比增长50%。\n"
        "其中予以公开二件，占66.7%。\n四、未发生行政复议、行政诉讼。\n五、存在的主要问题及改进情况\n无\n")
    put("narrative", "numerals", "全年共办理一百二十三件，较上年减少两成；本年新收〇件，三、结转下年度继续办理十一件。")


tiny()
full()
texts()
