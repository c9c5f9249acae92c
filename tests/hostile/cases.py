"""Hostile workbooks in xml (xlsx, ods, docx, html, xml of 2003, csv) and what is expected of each.

A case is (kind, name with extension, bytes or a function that gives them, expectation).
"""
import builders as b
from builders import CELL, HONEST, MAIN, XML, package, xlsx, xlsx_parts


class Expect:
    """What gouji may say: the honest number, a finding at the cell, a refusal, or anything that is not silent."""

    def __init__(self, reads=None, tells=(), refuses=(), anything=False):
        self.reads, self.tells, self.refuses, self.anything = reads, tells, refuses, anything


READS = Expect(reads=HONEST)
ANY = Expect(anything=True)
REFUSED = Expect(refuses=("damaged", "too_large", "unsupported", "not_a_workbook", "encrypted", "no_form"))
DAMAGED, TOO_LARGE = Expect(refuses=("damaged",)), Expect(refuses=("too_large",))


def reads(value):
    return Expect(reads=value)


def tells(*codes):
    return Expect(tells=codes)


def either(value, *codes):
    return Expect(reads=value, tells=codes, refuses=REFUSED.refuses)


def one(xml):
    """A workbook whose cell is this XML."""
    return xlsx({CELL: xml})


def v(content, attributes=""):
    return one(f'<c r="{CELL}"{attributes}>{content}</c>')


def xlsx_values():
    kind = "xlsx values"
    rows = [
        ("cdata", v("<v><![CDATA[45]]></v>"), reads(45)),
        ("cdata_split", v("<v>4<![CDATA[5]]></v>"), reads(45)),
        ("comment_within", v("<v>4<!-- -->5</v>"), reads(45)),
        ("instruction_within", v("<v>4<?x y?>5</v>"), reads(45)),
        ("character_reference", v("<v>&#52;5</v>"), reads(45)),
        ("unknown_entity", v("<v>4&x;5</v>"), tells("V003")),
        ("element_within", v("<v>4<b/>5</v>"), either(45, "V003")),
        ("two_values", v("<v>4</v><v>5</v>"), tells("V003")),
        ("string_minus_one", v("<v>-1</v>", ' t="s"'), tells("V003")),
        ("string_out_of_range", v("<v>4000000000</v>", ' t="s"'), tells("V003")),
        ("string_2_to_64", v("<v>18446744073709551616</v>", ' t="s"'), tells("V003")),
        ("string_fraction", v("<v>0.5</v>", ' t="s"'), tells("V003")),
        ("string_no_number", v("<v>abc</v>", ' t="s"'), tells("V003")),
        ("string_blank", v("<v></v>", ' t="s"'), tells("V001", "V003")),
        ("string_spaces", v("<v> 0 </v>", ' t="s"'), Expect(reads=7, tells=("V002", "V003"))),
        ("formula_without_value", v("<f>1+2</f>"), Expect(reads=3, tells=("V007",))),
        ("formula_unknown_without_value", v("<f>VLOOKUP(A1,B1:C9,2)</f>"), tells("V007")),
        ("formula_empty_value", v("<f>NOW()</f><v/>"), tells("V007")),
        ("formula_stale", v("<f>1+2</f><v>4</v>"), tells("V007")),
        ("formula_without_text", v("<f/><v>3</v>"), either(3, "V007")),
        ("formula_shared_orphan", v('<f t="shared" si="9"/><v>3</v>'), either(3, "V007")),
        ("formula_itself", v(f"<f>{CELL}+1</f><v>3</v>"), either(3, "V007")),
        ("formula_external", v("<f>[1]Sheet1!$A$1+'file:///etc/[passwd]x'!A1</f><v>3</v>"), either(3, "V007")),
        ("formula_dde", v("<f>cmd|'/C calc'!A0</f><v>3</v>"), either(3, "V007")),
        ("formula_deep", v("<f>" + "(" * 20000 + "1" + ")" * 20000 + "</f><v>3</v>"), either(3, "V007")),
        ("formula_long", v("<f>" + "1+" * 200000 + "1</f><v>3</v>"), either(3, "V007")),
        ("formula_two", v("<f>1</f><f>2</f><v>3</v>"), either(3, "V007", "V003")),
        ("infinite", v("<v>1e309</v>"), tells("V003")),
        ("infinite_negative", v("<v>-1e309</v>"), tells("V003")),
        ("tiny", v("<v>1e-400</v>"), either(0, "V003", "V005")),
        ("long_exponent", v("<v>1e99999999999999999999</v>"), tells("V003")),
        ("long_digits", v("<v>" + "9" * 100000 + "</v>"), tells("V003")),
        ("long_zeros", v("<v>0." + "0" * 100000 + "3</v>"), either(0, "V003", "V005")),
        ("nan", v("<v>NaN</v>"), tells("V003")),
        ("inf", v("<v>inf</v>"), tells("V003")),
        ("hex", v("<v>0x10</v>"), tells("V003")),
        ("underscore", v("<v>1_0</v>"), tells("V003")),
        ("two_points", v("<v>1.2.3</v>"), tells("V003")),
        ("full_width", v("<v>１２</v>"), tells("V002", "V003")),
        ("arabic_digits", v("<v>١٢</v>"), tells("V002", "V003")),
        ("blanks_around", v("<v> 5\n</v>"), either(5, "V002")),
        ("plus", v("<v>+5</v>"), either(5, "V002", "V003")),
        ("exponent", v("<v>5E0</v>"), reads(5)),
        ("bidi_override", v("<is><t>\u202e21</t></is>", ' t="inlineStr"'), tells("V002", "V003")),
        ("zero_width", v("<is><t>1\u200b2</t></is>", ' t="inlineStr"'), Expect(reads=12, tells=("V002", "V003"))),
        ("control_escaped", v("<is><t>1_x0001_2</t></is>", ' t="inlineStr"'), tells("V002", "V003")),
        ("nul_escaped", v("<is><t>12_x0000_</t></is>", ' t="inlineStr"'), tells("V002", "V003")),
        ("null_reference", v("<v>5&#0;</v>"), Expect(tells=("V002", "V003"), refuses=("damaged",))),
        ("surrogate_reference", v("<v>5&#xD800;</v>"), Expect(tells=("V002", "V003"), refuses=("damaged",))),
        ("huge_reference", v("<v>5&#99999999999;</v>"), Expect(tells=("V002", "V003"), refuses=("damaged",))),
        ("boolean_2", v("<v>2</v>", ' t="b"'), tells("V003")),
        ("boolean", v("<v>1</v>", ' t="b"'), tells("V003")),
        ("error_value", v("<v>#REF!</v>", ' t="e"'), tells("V006")),
        ("error_unknown", v("<v>#什么</v>", ' t="e"'), tells("V003", "V006")),
        ("type_unknown", v("<v>5</v>", ' t="zz"'), tells("V002", "V003")),
        ("type_date", v("<v>2022-01-01</v>", ' t="d"'), tells("V003")),
        ("inline_and_value", v("<v>5</v><is><t>6</t></is>", ' t="inlineStr"'), either(6, "V002", "V003")),
        ("value_and_inline", v("<is><t>6</t></is><v>5</v>"), either(5, "V002", "V003")),
        ("two_inlines", v("<is><t>6</t></is><is><t>7</t></is>", ' t="inlineStr"'), tells("V002", "V003")),
        ("rich_runs", v("<is><r><t>1</t></r><r><t>2</t></r></is>", ' t="inlineStr"'), tells("V002")),
        ("phonetic", v("<is><t>12</t><rPh><t>9</t></rPh></is>", ' t="inlineStr"'), tells("V002")),
        ("style_out_of_range", v("<v>5</v>", ' s="4294967295"'), reads(5)),
        ("style_negative", v("<v>5</v>", ' s="-1"'), reads(5)),
        ("address_lower_case", one('<c r="b6"><v>5</v></c>'), reads(5)),
        ("address_absolute", one('<c r="$B$6"><v>5</v></c>'), either(5, "V003", "S011")),
        ("address_garbage", one('<c r="甲6"><v>5</v></c>'), either(5, "V001", "V003", "S011")),
        ("address_beyond", one('<c r="XFE6"><v>5</v></c>'), tells("V001", "V003", "S011")),
        ("address_row_0", one('<c r="B0"><v>5</v></c>'), either(5, "V001", "V003", "S011")),
        ("address_overflow", one('<c r="B99999999999999999999"><v>5</v></c>'), either(5, "V001", "V003", "S011")),
        ("address_none", one("<c><v>5</v></c>"), reads(5)),
        ("cell_in_cell", v(f'<v>5</v><c r="{CELL}"><v>6</v></c>'), Expect(tells=("V003", "S011"), refuses=("damaged",))),
        ("huge_text", v("<is><t>" + "数" * 2_000_000 + "</t></is>", ' t="inlineStr"'), either(None, "V003")),
        ("attributes_100000", one(f'<c r="{CELL}" ' + " ".join(f'a{i}="1"' for i in range(100_000)) + "><v>5</v></c>"),
         either(5)),
        ("attribute_twice", one(f'<c r="{CELL}" r="C6"><v>5</v></c>'), either(5, "V001", "V003", "S011")),
        ("prefix", one(f'<x:c xmlns:x="{MAIN}" r="{CELL}"><x:v>5</x:v></x:c>'), reads(5)),
        ("other_namespace", one(f'<c r="{CELL}"><v>3</v><y:v xmlns:y="urn:y">5</y:v></c>'), either(3, "V003")),
        ("alternate_content", v("<v>3</v><mc:AlternateContent xmlns:mc='urn:mc'/>"), reads(3)),
    ]
    return [(kind, name + ".xlsx", data, expect) for name, data, expect in rows]


def xlsx_cells_twice():
    kind = "xlsx twice"
    again = f'<c r="{CELL}"><v>{{}}</v></c>'
    row = f'<row r="6">{again}</row>'
    rows = [
        ("cell_same", xlsx({CELL: again.format(3) * 2}), READS),
        ("cell_different", xlsx({CELL: again.format(3) + again.format(4)}), tells("S011")),
        ("row_same", xlsx(rows_extra=row.format(3)), READS),
        ("row_different", xlsx(rows_extra=row.format(4)), tells("S011")),
        ("row_far_away", xlsx(rows_extra='<row r="999"/>' + row.format(4)), tells("S011")),
        ("blank_again", xlsx({CELL: again.format(3) + f'<c r="{CELL}"/>'}), either(3, "S011")),
        ("sheet_data_twice", xlsx(after=f"<sheetData>{row.format(4)}</sheetData>"),
         Expect(reads=3, tells=("S011",), refuses=("damaged",))),
    ]
    return [(kind, name + ".xlsx", data, expect) for name, data, expect in rows]


def tall(n, cell):
    return "".join(f'<row r="{i}">{cell(i)}</row>' for i in range(100, 100 + n))


def xlsx_sheets():
    kind = "xlsx sheets"
    number = lambda at: f'<c r="{at}"><v>1</v></c>'  # noqa: E731
    diagonal = "".join(f'<row r="{i + 100}">{number(b.ref(i + 99, i))}</row>' for i in range(10_000))
    many = {"names": [s[0] for s in b.SHEETS]}
    rows = [
        ("sparse_corner", xlsx(rows_extra=f'<row r="1048576">{number("XFD1048576")}</row>'), READS),
        ("sparse_column", xlsx({"D6": '<c r="D6"><v>9</v></c>' + number("XFD6")}), either(3, "S003")),
        ("diagonal_10000", xlsx(rows_extra=diagonal), READS),
        ("dimension_maximum", xlsx(before='<dimension ref="A1:XFD1048576"/>'), READS),
        ("dimension_garbage", xlsx(before='<dimension ref="??:-1"/>'), READS),
        ("dimension_reversed", xlsx(before='<dimension ref="Z99:A1"/>'), READS),
        ("columns_all_hidden", xlsx(before='<cols><col min="1" max="16384" hidden="1"/></cols>'), tells("S007")),
        ("columns_reversed", xlsx(before='<cols><col min="9" max="1" width="1"/></cols>'), READS),
        ("columns_200000", xlsx(before="<cols>" + '<col min="1" max="1" width="9"/>' * 200_000 + "</cols>"), READS),
        ("columns_beyond", xlsx(before='<cols><col min="0" max="4294967295" width="1e309"/></cols>'), READS),
        ("rows_hidden_alternating", xlsx(rows_extra="".join(
            f'<row r="{i}" hidden="1"/>' for i in range(100, 200_000, 2))), READS),
        ("rows_out_of_order", xlsx(rows_extra='<row r="1"/><row r="99"/><row r="2"/>'), READS),
        ("row_0", xlsx(rows_extra='<row r="0"><c><v>1</v></c></row>'), either(3, "S011")),
        ("row_beyond", xlsx(rows_extra='<row r="1048577"><c r="A1048577"><v>1</v></c></row>'), either(3, "S011")),
        ("row_negative", xlsx(rows_extra='<row r="-5"><c r="A-5"><v>1</v></c></row>'), either(3, "S011")),
        ("height_infinite", xlsx(rows_extra='<row r="99" ht="1e309"/><row r="100" ht="NaN"/>'), READS),
        ("merges_70000", xlsx(merges_extra="".join(
            f'<mergeCell ref="A{i}:B{i}"/>' for i in range(100, 70_100))), READS),
        ("merges_1000000", xlsx(merges_extra='<mergeCell ref="Y50:Z50"/>' * 1_000_000), either(3)),
        ("merges_overlapping", xlsx(merges_extra='<mergeCell ref="F1:Z99"/><mergeCell ref="G2:Z100"/>'), READS),
        ("merge_everything", xlsx(merges_extra='<mergeCell ref="A1:XFD1048576"/>'), either(3, "S009", "S001", "S002")),
        ("merge_garbage", xlsx(merges_extra='<mergeCell ref="A1"/><mergeCell/><mergeCell ref="::"/>'), READS),
        ("merge_reversed", xlsx(merges_extra='<mergeCell ref="Z9:Y8"/>'), READS),
        ("merge_over_cell", xlsx(merges_extra=f'<mergeCell ref="{CELL}:C6"/>'), either(3, "S009", "S002")),
        ("rows_300000", lambda: xlsx(rows_extra=tall(300_000, lambda i: number(f"A{i}"))), READS),
        ("strings_inline_200000", lambda: xlsx(rows_extra=tall(
            200_000, lambda i: f'<c r="A{i}" t="inlineStr"><is><t>规章{i}</t></is></c>')), READS),
        ("labels_repeated_20000", lambda: xlsx(rows_extra=tall(
            20_000, lambda i: f'<c r="A{i}" t="inlineStr"><is><t>行政规范性文件</t></is></c>' + number(f"B{i}"))), ANY),
        ("headers_repeated_5000", lambda: xlsx(rows_extra=tall(
            5_000, lambda i: "".join(f'<c t="inlineStr"><is><t>{t}</t></is></c>' for t in (
                "信息内容", "本年制发件数", "本年废止件数", "现行有效件数")))), ANY),
        ("wide_text_row", lambda: xlsx(rows_extra='<row r="100">' + "".join(
            f'<c r="{b.ref(99, i)}" t="inlineStr"><is><t>总计</t></is></c>' for i in range(16_384)) + "</row>"), ANY),
        ("sheet_truncated", lambda: with_part("xl/worksheets/sheet1.xml", lambda t: t[:len(t) // 2]), DAMAGED),
        ("sheet_empty", lambda: with_part("xl/worksheets/sheet1.xml", lambda t: ""), Expect(refuses=REFUSED.refuses,
                                                                                          tells=("S001",))),
        ("sheet_unclosed", lambda: with_part("xl/worksheets/sheet1.xml", lambda t: t.replace("</worksheet>", "")),
         DAMAGED),
        ("sheet_wrong_nesting", lambda: with_part("xl/worksheets/sheet1.xml", lambda t: t.replace(
            "</row>", "</c>", 1)), either(3, "S011")),
        ("sheet_trailing_junk", lambda: with_part("xl/worksheets/sheet1.xml", lambda t: t + "<x>"), REFUSED),
        ("sheet_second_root", lambda: with_part("xl/worksheets/sheet1.xml", lambda t: t + t[len(XML):].replace(
            ">3<", ">4<")), Expect(tells=("S011",), refuses=("damaged",))),
    ]
    assert many
    return [(kind, name + ".xlsx", data, expect) for name, data, expect in rows]


def with_part(name, change, **kw):
    parts = xlsx_parts(**kw)
    parts[name] = change(parts[name])
    return package(parts)


def without(name):
    parts = xlsx_parts()
    del parts[name]
    return package(parts)


def xlsx_parts_wrong():
    kind = "xlsx parts"
    strings = f'{XML}<sst xmlns="{MAIN}" count="{{0}}" uniqueCount="{{0}}">{{1}}</sst>'
    shared = {CELL: f'<c r="{CELL}" t="s"><v>0</v></c>'}
    told7 = Expect(reads=7, tells=("V002",))
    wb, rels = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    rows = [
        ("strings_count_4e9", xlsx(shared, strings=strings.format(4_000_000_000, "<si><t>7</t></si>")), told7),
        ("strings_count_negative", xlsx(shared, strings=strings.format(-1, "<si><t>7</t></si>")), told7),
        ("strings_none", xlsx(shared, strings=strings.format(0, "")), tells("V003")),
        ("strings_truncated", xlsx(shared, strings=strings.format(1, "<si><t>7</t></si>")[:-10]), DAMAGED),
        ("strings_5000000_blank", lambda: xlsx(shared, strings=strings.format(1, "<si><t>7</t></si>" + "<si/>" * 5_000_000)),
         Expect(reads=7, tells=("V002",), refuses=("too_large",))),
        ("strings_big_used_often", lambda: xlsx(rows_extra=tall(200_000, lambda i: f'<c r="A{i}" t="s"><v>0</v></c>'),
                                                strings=strings.format(1, "<si><t>" + "长" * 300_000 + "</t></si>")),
         either(3)),
        ("strings_missing", without("xl/sharedStrings.xml"), READS),
        ("styles_missing", without("xl/styles.xml"), READS),
        ("styles_broken", lambda: with_part("xl/styles.xml", lambda t: "<styleSheet><cellXfs><xf numFmtId='"), either(3)),
        ("styles_200000", lambda: with_part("xl/styles.xml", lambda t: t.replace(
            "</cellXfs>", '<xf numFmtId="14"/>' * 200_000 + "</cellXfs>")), READS),
        ("formats_60000", lambda: with_part("xl/styles.xml", lambda t: t.replace("<fonts", "<numFmts>" + "".join(
            f'<numFmt numFmtId="{i}" formatCode="0.{i}"/>' for i in range(200, 60_200)) + "</numFmts><fonts").replace(
            "</cellXfs>", "".join(f'<xf numFmtId="{i}"/>' for i in range(200, 60_200)) + "</cellXfs>")), READS),
        ("content_types_missing", without("[Content_Types].xml"), either(3)),
        ("root_relations_missing", without("_rels/.rels"), either(3)),
        ("workbook_missing", without(wb), REFUSED),
        ("workbook_empty", lambda: with_part(wb, lambda t: ""), REFUSED),
        ("workbook_no_sheets", lambda: with_part(wb, lambda t: t[:t.index("<sheets>")] + "</workbook>"), REFUSED),
        ("relations_missing", without(rels), either(3)),
        ("relations_looping", lambda: with_part(rels, lambda t: t.replace("worksheets/sheet1.xml", "workbook.xml")),
         Expect(refuses=REFUSED.refuses, tells=("S001",))),
        ("relations_same_part", lambda: with_part(rels, lambda t: t.replace("sheet2.xml", "sheet1.xml")),
         tells("S001", "S008")),
        ("relations_200000", lambda: with_part(rels, lambda t: t.replace("</Relationships>", "".join(
            f'<Relationship Id="x{i}" Type="t" Target="t"/>' for i in range(200_000)) + "</Relationships>")), either(3)),
        ("relations_ids_same", lambda: with_part(rels, lambda t: t.replace("rId2", "rId1").replace("rId3", "rId1")),
         Expect(refuses=REFUSED.refuses, tells=("S001", "S008"), anything=True)),
        ("target_absolute", lambda: with_part(rels, lambda t: t.replace('"worksheets', '"/xl/worksheets')), READS),
        ("target_backslash", lambda: with_part(rels, lambda t: t.replace("worksheets/", "worksheets\\")), READS),
        ("target_outside", lambda: with_part(rels, lambda t: t.replace(
            "worksheets/sheet1.xml", "../../../../etc/passwd")), Expect(refuses=REFUSED.refuses, tells=("S001",))),
        ("target_external", lambda: with_part(rels, lambda t: t.replace(
            'Target="worksheets/sheet1.xml"', 'Target="http://127.0.0.1:9/sheet1.xml" TargetMode="External"')),
         Expect(refuses=REFUSED.refuses, tells=("S001",))),
        ("target_file_url", lambda: with_part(rels, lambda t: t.replace(
            'Target="worksheets/sheet1.xml"', 'Target="file:///etc/passwd" TargetMode="External"')),
         Expect(refuses=REFUSED.refuses, tells=("S001",))),
        ("sheets_1500", lambda: with_part(wb, lambda t: t.replace("</sheets>", "".join(
            f'<sheet name="n{i}" sheetId="{i + 9}" r:id="rId1"/>' for i in range(1_500)) + "</sheets>")), either(3)),
        ("sheets_900_same", lambda: with_part(wb, lambda t: t.replace("</sheets>", "".join(
            f'<sheet name="n{i}" sheetId="{i + 9}" r:id="rId1"/>' for i in range(900)) + "</sheets>")),
         Expect(reads=3, tells=("S008", "S007"), refuses=("too_large", "damaged"))),
        ("sheet_names_same", xlsx(names=["表", "表", "表"]), either(3)),
        ("sheet_name_long", xlsx(names=["长" * 10_000, "乙", "丙"]), either(3)),
        ("sheet_name_hostile", xlsx(names=["=HYPERLINK(\"http://x\")", "'!A1", "a\u202eb<script>"]), READS),
        ("sheet_name_blank", xlsx(names=["", " ", "\u3000"]), READS),
        ("utf16_sheet", lambda: with_part("xl/worksheets/sheet1.xml", lambda t: t.replace(
            "UTF-8", "UTF-16").encode("utf-16")), READS),
        ("utf16_no_mark", lambda: with_part("xl/worksheets/sheet1.xml", lambda t: t.replace(
            "UTF-8", "UTF-16").encode("utf-16-le")), READS),
        ("gbk_sheet", lambda: with_part("xl/worksheets/sheet1.xml", lambda t: t.replace("UTF-8", "GBK").encode("gbk")),
         READS),
        ("utf8_mark", lambda: with_part("xl/worksheets/sheet1.xml", lambda t: "\ufeff" + t), READS),
        ("says_utf16_is_utf8", lambda: with_part("xl/worksheets/sheet1.xml", lambda t: t.replace("UTF-8", "UTF-16")),
         READS),
        ("encoding_unknown", lambda: with_part("xl/worksheets/sheet1.xml", lambda t: t.replace("UTF-8", "x-none")),
         either(3)),
        ("invalid_utf8", lambda: with_part("xl/worksheets/sheet1.xml", lambda t: t.replace(
            "规章", "规章X").encode().replace(b"X", b"\xff\xfe")), either(3, "S004", "S002")),
        ("nul_bytes", lambda: with_part("xl/worksheets/sheet1.xml", lambda t: t.replace("<v>3</v>", "<v>3\0</v>")),
         either(3, "V002", "V003")),
        ("xml_1_1", lambda: with_part("xl/worksheets/sheet1.xml", lambda t: t.replace('version="1.0"', 'version="1.1"')),
         READS),
        ("theme_bomb_unread", lambda: package({**xlsx_parts(), "xl/theme/theme1.xml": "<a>" * 300_000}), READS),
        ("signature_garbage", lambda: package({**xlsx_parts(), "_xmlsignatures/sig1.xml": "\0\1\2"}), READS),
        ("macro_garbage", lambda: package({**xlsx_parts(), "xl/vbaProject.bin": "\0" * 1000}), READS),
        ("own_record_garbage", lambda: package({**xlsx_parts(), "customXml/gouji1.xml": "<gouji>"}), either(3)),
        ("encrypted_manifest_in_xlsx", lambda: package({**xlsx_parts(), "EncryptionInfo": "x"}), READS),
    ]
    return [(kind, name + ".xlsx", data, expect) for name, data, expect in rows]


LAUGHS = ('<!DOCTYPE x [<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{i} "' + f"&a{i - 1};" * 10 + '">' for i in range(1, 12)) + "]>")
OUTSIDE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY h SYSTEM "http://127.0.0.1:9/x">]>'


def xml_attacks():
    """The same attacks on every format of XML."""
    found = []
    deep, long = "<d>" * 100_000 + "</d>" * 100_000, "x" * 30_000_000

    def add(name, extension, data, expect):
        found.append(("xml attacks", f"{name}.{extension}", data, expect))

    def sheet(change):
        return lambda: with_part("xl/worksheets/sheet1.xml", change)

    def content(**kw):
        return lambda: package(b.ods_parts(**kw))

    def word(**kw):
        return lambda: package(b.docx_parts(**kw))

    entity = {"xlsx": f'<c r="{CELL}"><v>{{}}</v></c>',
              "ods": '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>',
              "docx": "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>",
              "xml": '<Cell ss:Index="2"><Data ss:Type="String">{}</Data></Cell>'}

    def of(extension, special=None, head="", extra=""):
        if extension == "xlsx":
            return lambda: with_part("xl/worksheets/sheet1.xml", lambda t: t.replace(
                XML, XML + head).replace("</worksheet>", extra + "</worksheet>"), special=special)
        if extension == "ods":
            return content(special=special, head=head, extra=extra)
        if extension == "docx":
            return word(special=special, head=head, extra=extra)
        return lambda: b.xml2003(special, head=head, extra=extra)

    refused = Expect(tells=("V003",), refuses=("damaged", "too_large"))
    for extension, cell in entity.items():
        add("laughs", extension, of(extension, {CELL: cell.format("&a11;")}, LAUGHS), refused)
        add("laughs_unused", extension, of(extension, None, LAUGHS), either(3))
        add("entity_of_a_file", extension, of(extension, {CELL: cell.format("&f;")}, OUTSIDE), refused)
        add("entity_of_a_url", extension, of(extension, {CELL: cell.format("&h;")}, OUTSIDE), refused)
        add("dtd_outside", extension, of(extension, None, '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'), either(3))
        add("dtd_long", extension, of(extension, None, "<!DOCTYPE x [" + "<!ENTITY z 'z'>" * 300_000 + "]>"), either(3))
        add("deep", extension, of(extension, extra=deep), either(3))
        add("deep_unclosed", extension, of(extension, extra="<d>" * 500_000), REFUSED)
        add("attribute_long", extension, of(extension, extra=f'<d a="{long}"/>'), either(3))
        add("name_long", extension, of(extension, extra=f"<{long}/>"), either(3))
        add("comment_long", extension, of(extension, extra=f"<!--{long}-->"), either(3))
        add("text_long", extension, of(extension, extra=f"<d>{long}</d>"), either(3))
        add("cdata_unclosed", extension, of(extension, extra="<d><![CDATA[" + "x" * 1000), REFUSED)
        add("elements_2000000", extension, of(extension, extra="<d/>" * 2_000_000), either(3))
        add("instruction_long", extension, of(extension, extra=f"<?d {long}?>"), either(3))
    add("include", "xlsx", sheet(lambda t: t.replace("<sheetData>", '<xi:include xmlns:xi="http://www.w3.org/2001/'
                                                      'XInclude" href="file:///etc/passwd"/><sheetData>')), READS)
    return found


def ods_cases():
    kind = "ods"
    cell = "<table:table-cell {}><text:p>3</text:p></table:table-cell>"
    typed = 'office:value-type="float" office:value="{}"'
    table = '<table:table table:name="x">{}</table:table>'
    row = '<table:table-row table:number-rows-repeated="{}"><table:table-cell table:number-columns-repeated="{}" {}/>' \
          "</table:table-row>"

    def value(attributes):
        return package(b.ods_parts({CELL: cell.format(attributes)}))

    def extra(xml):
        return package(b.ods_parts(extra=xml))

    filled = typed.format(1)
    rows = [
        ("value_infinite", value(typed.format("1e309")), tells("V003")),
        ("value_garbage", value(typed.format("abc")), tells("V003")),
        ("value_blank", value(typed.format("")), Expect(reads=3, tells=("V001", "V002", "V003"))),
        ("value_comma", value(typed.format("1,5")), tells("V002", "V003")),
        ("value_missing", value('office:value-type="float"'), Expect(reads=3, tells=("V001", "V002", "V003"))),
        ("value_type_unknown", value('office:value-type="zz" office:value="9"'), Expect(reads=3, tells=("V002", "V003"))),
        ("value_date", value('office:value-type="date" office:date-value="2022-01-01"'),
         Expect(reads=3, tells=("V002", "V003"))),
        ("value_differs_from_text", value(typed.format(8)), reads(8)),
        ("repeat_all_filled", extra(table.format(row.format(1048576, 16384, filled))), TOO_LARGE),
        ("repeat_all_blank", extra(table.format(row.format(1048576, 16384, ""))), READS),
        ("repeat_beyond", extra(table.format(row.format(4294967295, 4294967295, ""))), READS),
        ("repeat_negative", extra(table.format(row.format(-1, -1, filled))), either(3)),
        ("repeat_0", extra(table.format(row.format(0, 0, filled))), either(3)),
        ("repeat_huge_number", extra(table.format(row.format("9" * 40, "9" * 40, filled))), either(3)),
        ("repeat_text", extra(table.format(row.format(1048576, 16384, 'office:value-type="string" office:string-value="'
                                                      + "长" * 1000 + '"'))), TOO_LARGE),
        ("repeat_rows_1000000", extra(table.format(row.format(1_000_000, 1, filled))), READS),
        ("repeat_many_rows", extra(table.format(row.format(1048576, 1, "") * 5000)), either(3)),
        ("repeat_columns_declared", extra(table.format('<table:table-column table:number-columns-repeated="16384" '
                                                       'table:visibility="collapse"/>' * 5000)), READS),
        ("span_huge", package(b.ods_parts({CELL: cell.format(
            filled + ' table:number-columns-spanned="16384" table:number-rows-spanned="1048576"')})), ANY),
        ("span_0", package(b.ods_parts({CELL: cell.format(
            typed.format(3) + ' table:number-columns-spanned="0" table:number-rows-spanned="-1"')})), READS),
        ("spaces_huge", package(b.ods_parts({CELL: '<table:table-cell office:value-type="string"><text:p>3<text:s '
                                             'text:c="4294967295"/></text:p></table:table-cell>'})), either(3, "V002")),
        ("spaces_many", package(b.ods_parts({CELL: '<table:table-cell office:value-type="string"><text:p>3'
                                             + '<text:s text:c="1000000"/>' * 1000 + "</text:p></table:table-cell>"})),
         TOO_LARGE),
        ("paragraphs_300000", package(b.ods_parts({CELL: '<table:table-cell office:value-type="string">'
                                                   + "<text:p>3</text:p>" * 300_000 + "</table:table-cell>"})),
         Expect(tells=("V003",), refuses=("too_large",))),
        ("tables_2000", extra(table.format("") * 2000), TOO_LARGE),
        ("tables_nested", extra("<table:table>" * 200 + "</table:table>" * 200), either(3)),
        ("content_missing", package({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), REFUSED),
        ("content_empty", package({**b.ods_parts(), "content.xml": ""}), REFUSED),
        ("content_not_utf8", package({**b.ods_parts(), "content.xml": b.ods_parts()["content.xml"].encode("utf-16")}),
         either(3)),
        ("encrypted", package({**b.ods_parts(), "META-INF/manifest.xml": "<manifest:encryption-data/>"}),
         Expect(refuses=("encrypted",))),
        ("object_link", extra('<draw:object xmlns:draw="d" xmlns:xlink="x" xlink:href="http://127.0.0.1:9/"/>'), READS),
        ("source_link", extra('<table:table><table:table-source xmlns:xlink="x" xlink:href="file:///etc/passwd"/>'
                              "</table:table>"), READS),
        ("formula_garbage", value(typed.format(3) + ' table:formula="of:=[[[[["'), either(3, "V007")),
        ("formula_deep", value(typed.format(3) + ' table:formula="of:=' + "(" * 30_000 + '"'), either(3, "V007")),
    ]
    return [(kind, name + ".ods", data, expect) for name, data, expect in rows]


def html_cases():
    kind = "html"
    rows = [
        ("colspan_huge", b.html({CELL: "<td colspan=4294967295>3</td>"}), either(3, "S002", "S009")),
        ("rowspan_huge", b.html({CELL: "<td rowspan=4294967295>3</td>"}), either(3, "S002", "S001", "V001")),
        ("spans_garbage", b.html({CELL: "<td colspan=-1 rowspan=zz>3</td>"}), READS),
        ("spans_squared", lambda: b.html(extra="<table>" + ("<tr>" + "<td colspan=1000 rowspan=65534>x" * 16) * 2000), ANY),
        ("unclosed_all", b.html().replace(b"</td>", b"").replace(b"</tr>", b"").replace(b"</table>", b""), either(3)),
        ("tables_nested_10000", lambda: b.html(extra="<table><tr><td>" * 10_000), either(3)),
        ("tags_nested_500000", lambda: b.html(extra="<b>" * 500_000), READS),
        ("tags_100000_unknown", lambda: b.html(extra="<zz>" * 100_000), READS),
        ("attribute_long", lambda: b.html(extra=f'<p a="{"x" * 20_000_000}">'), READS),
        ("attributes_many", lambda: b.html(extra="<p " + " ".join(f"a{i}=1" for i in range(100_000)) + ">"), READS),
        ("comment_unclosed", lambda: b.html(extra="<!--" + "x" * 1_000_000), READS),
        ("comment_in_value", b.html({CELL: "<td>4<!-- -->5</td>"}), reads(45)),
        ("script_in_value", b.html({CELL: "<td>3<script>document.write(4)</script></td>"}), reads(3)),
        ("style_hidden", b.html({CELL: "<td>3<span style='display:none'>9</span></td>"}), reads(3)),
        ("script_unclosed", b.html(extra="<script>" + "x" * 100_000), READS),
        ("cells_1000000", lambda: b.html(extra="<table>" + ("<tr>" + "<td>1" * 100) * 10_000), either(3)),
        ("columns_20000", lambda: b.html(extra="<table><tr>" + "<td>1" * 20_000), either(3)),
        ("charset_lies", b.html().replace(b"charset=utf-8", b"charset=utf-7"), READS),
        ("charset_gbk", b.html().decode().replace("charset=utf-8", "charset=gbk").encode("gbk"), READS),
        ("charset_lies_gbk", b.html().decode().encode("gbk"), READS),
        ("bidi", b.html({CELL: "<td>&#x202E;21</td>"}), tells("V002", "V003")),
        ("nul", b.html({CELL: "<td>3\0</td>"}), either(3, "V002", "V003")),
        ("reference_huge", b.html({CELL: "<td>&#99999999999999;</td>"}), tells("V003", "V001")),
        ("entity_laughs", b.html(head="<!DOCTYPE html [<!ENTITY a 'b'>]>"), READS),
        ("refresh", b.html(head="<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>"), READS),
        ("frame", b.html(extra="<iframe src=http://127.0.0.1:9/></iframe><img src=file:///etc/passwd>"), READS),
        ("title_hostile", b.html(head="<title>=cmd|'/C calc'!A0\u202e</title>"), READS),
        ("infinite", b.html({CELL: "<td>1e309</td>"}), tells("V003")),
        ("digits_100000", b.html({CELL: "<td>" + "9" * 100_000 + "</td>"}), tells("V003", "V002")),
    ]
    return [(kind, name + ".html", data, expect) for name, data, expect in rows]


def xml2003_cases():
    kind = "xml 2003"

    def cell(attributes, text="3"):
        return b.xml2003({CELL: f'<Cell ss:Index="2" {attributes}>{text}</Cell>'})

    def data(kind, text):
        return cell("", f'<Data ss:Type="{kind}">{text}</Data>')

    rows = [
        ("index_huge", cell('ss:Index="4294967295"', '<Data ss:Type="Number">3</Data>'), ANY),
        ("index_negative", b.xml2003({CELL: '<Cell ss:Index="-1"><Data ss:Type="Number">3</Data></Cell>'}), ANY),
        ("row_index_huge", b.xml2003(extra='<Worksheet ss:Name="x"><Table><Row ss:Index="99999999999"/></Table></Worksheet>'),
         either(3)),
        ("merge_huge", cell('ss:MergeAcross="4294967295" ss:MergeDown="4294967295"', '<Data ss:Type="Number">3</Data>'), ANY),
        ("type_unknown", data("zz", "3"), either(3, "V002", "V003")),
        ("infinite", data("Number", "1e309"), tells("V003")),
        ("garbage", data("Number", "abc"), tells("V003")),
        ("comment_in_value", data("Number", "4<!-- -->5"), reads(45)),
        ("cdata", data("Number", "<![CDATA[45]]>"), reads(45)),
        ("error", data("Error", "#REF!"), tells("V006")),
        ("date", data("DateTime", "2022-01-01T00:00:00.000"), tells("V003")),
        ("two_data", cell("", '<Data ss:Type="Number">4</Data><Data ss:Type="Number">5</Data>'), tells("V003", "S011")),
        ("formula_stale", cell('ss:Formula="=1+2"', '<Data ss:Type="Number">4</Data>'), tells("V007")),
        ("formula_no_value", cell('ss:Formula="=1+2"', ""), Expect(reads=3, tells=("V007",))),
        ("cell_twice", b.xml2003({CELL: ('<Cell ss:Index="2"><Data ss:Type="Number">3</Data></Cell>'
                                         '<Cell ss:Index="2"><Data ss:Type="Number">4</Data></Cell>')}), tells("S011")),
        ("sheets_2000", b.xml2003(extra='<Worksheet ss:Name="x"><Table/></Worksheet>' * 2000), TOO_LARGE),
        ("rows_500000", lambda: b.xml2003(extra='<Worksheet ss:Name="x"><Table>' + "<Row><Cell><Data ss:Type='Number'>"
                                          "1</Data></Cell></Row>" * 500_000 + "</Table></Worksheet>"), READS),
        ("cut", b.xml2003()[:-400], REFUSED),
    ]
    return [(kind, name + ".xml", content, expect) for name, content, expect in rows]


def docx_cases():
    kind = "docx"

    def cell(properties, text="3"):
        return package(b.docx_parts({CELL: f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"}))

    nested = "<w:tbl><w:tr><w:tc>"
    rows = [
        ("span_huge", cell('<w:gridSpan w:val="4294967295"/>'), ANY),
        ("span_negative", cell('<w:gridSpan w:val="-1"/>'), READS),
        ("span_0", cell('<w:gridSpan w:val="0"/>'), READS),
        ("merge_continues_nothing", cell("<w:vMerge/>"), ANY),
        ("indent_huge", package(b.docx_parts(extra='<w:tbl><w:tr><w:trPr><w:gridBefore w:val="4294967295"/></w:trPr>'
                                             "<w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc></w:tr></w:tbl>")), ANY),
        ("tables_nested_70", package(b.docx_parts(extra=nested * 70 + "</w:tc></w:tr></w:tbl>" * 70)), either(3)),
        ("tables_nested_5000", package(b.docx_parts(extra=nested * 5000)), REFUSED),
        ("chunk", package(b.docx_parts(extra='<w:altChunk r:id="x" xmlns:r="r"/>')), READS),
        ("field", package(b.docx_parts(extra='<w:p><w:fldSimple w:instr="INCLUDETEXT file:///etc/passwd"/></w:p>')), READS),
        ("deleted_number", package(b.docx_parts({CELL: "<w:tc><w:p><w:del><w:r><w:delText>9</w:delText></w:r></w:del>"
                                                 "<w:r><w:t>3</w:t></w:r></w:p></w:tc>"})), READS),
        ("comment_in_value", cell("", "4<!-- -->5"), reads(45)),
        ("cdata", cell("", "<![CDATA[45]]>"), reads(45)),
        ("infinite", cell("", "1e309"), tells("V003")),
        ("bidi", cell("", "\u202e21"), tells("V002", "V003")),
        ("rows_200000", lambda: package(b.docx_parts(extra="<w:tbl>" + "<w:tr><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p>"
                                                     "</w:tc></w:tr>" * 200_000 + "</w:tbl>")), either(3)),
        ("spans_squared", lambda: package(b.docx_parts(extra="<w:tbl>" + (
            "<w:tr>" + '<w:tc><w:tcPr><w:gridSpan w:val="16384"/></w:tcPr></w:tc>' * 3 + "</w:tr>") * 5000 + "</w:tbl>")),
         ANY),
        ("paragraphs_1000000", lambda: package(b.docx_parts(extra="<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 1_000_000)), ANY),
    ]
    return [(kind, name + ".docx", data, expect) for name, data, expect in rows]


def text_cases():
    kind = "csv and text"
    lines = b.csv()
    rows = [
        ("one_line_50MB.csv", lambda: lines + "\r\n" + "x" * 50_000_000, either(3)),
        ("columns_20000.csv", lambda: lines + "\r\n" + "1," * 20_000, either(3)),
        ("rows_1500000.csv", lambda: lines + "\r\n1" * 1_500_000, either(3)),
        ("quotes_unclosed.csv", lines + '\r\n"' + "x" * 1000, either(3)),
        ("quotes_only.csv", lambda: lines + "\r\n" + '"' * 1_000_001, either(3)),
        ("quote_swallows.csv", b.csv({CELL: '"3'}), ANY),
        ("nul.csv", b.csv({CELL: "3\0"}), either(3, "V002", "V003")),
        ("control.csv", b.csv({CELL: "3\x07"}), either(3, "V002", "V003")),
        ("bidi.csv", b.csv({CELL: "\u202e21"}), tells("V002", "V003")),
        ("formula.csv", b.csv({CELL: "=1+2"}), tells("V003", "V007")),
        ("formula_dde.csv", b.csv({CELL: "=cmd|'/C calc'!A0"}), tells("V003", "V007")),
        ("infinite.csv", b.csv({CELL: "1e309"}), tells("V003")),
        ("infinity_sign.csv", b.csv({CELL: "∞"}), tells("V003")),
        ("digits_100000.csv", b.csv({CELL: "9" * 100_000}), tells("V002", "V003")),
        ("semicolons.csv", b.csv(delimiter=";"), either(3)),
        ("tabs.csv", b.csv(delimiter="\t"), READS),
        ("carriage_returns.csv", b.csv(newline="\r"), either(3)),
        ("marks_of_order.csv", b"\xef\xbb\xbf" * 3 + lines.encode(), either(3)),
        ("utf16.csv", lines.encode("utf-16"), READS),
        ("utf16_odd_length.csv", lines.encode("utf-16") + b"x", either(3)),
        ("utf16_half.csv", lines.encode("utf-16")[:301], ANY),
        ("gb18030.csv", lines.encode("gb18030"), READS),
        ("gb18030_cut.csv", lines.encode("gb18030")[:-1], either(3)),
        ("mixed_encodings.csv", lines.encode("gb18030") + lines.encode(), ANY),
        ("commas_only.csv", "," * 5_000_000, REFUSED),
        ("lines_only.txt", "\n" * 5_000_000, REFUSED),
        ("random.txt", bytes(range(256)) * 1000, REFUSED),
        ("empty.xlsx", b"", REFUSED),
        ("one_byte.xlsx", b"P", REFUSED),
        ("spaces.xls", b" " * 100_000, REFUSED),
        ("report_100000.txt", lambda: "本年收到申请3件，其中予以公开2件。\n" * 100_000, REFUSED),
        ("numerals_long.txt", lambda: "一百二十三万四千五百六十七" * 50_000, REFUSED),
    ]
    return [(kind, name, data, expect) for name, data, expect in rows]


FOREIGN = {
    "photo.jpg": b"\xff\xd8\xff\xe0" + bytes(100), "scan.png": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "scan.gif": b"GIF89a" + bytes(100), "scan.bmp": b"BM" + bytes(100), "scan.tif": b"II*\0" + bytes(100),
    "scan.webp": b"RIFF\x10\0\0\0WEBP" + bytes(100), "report.pdf": b"%PDF-1.7\n" + bytes(100),
    "report.ofd": package({"OFD.xml": "<OFD/>"}), "report.rar": b"Rar!\x1a\x07\x01\0" + bytes(100),
    "report.7z": b"7z\xbc\xaf\x27\x1c" + bytes(100), "report.gz": b"\x1f\x8b\x08" + bytes(100),
    "report.rtf": b"{\\rtf1 x}", "slides.pptx": package({
        "_rels/.rels": f'<Relationships><Relationship Id="r" Type="{b.REL}/officeDocument" Target="ppt/presentation.xml"/>'
                       "</Relationships>", "ppt/presentation.xml": "<p/>"}),
    "old.xls": b"\x09\x00\x04\x00\x02\x00\x10\x00" + bytes(100), "old4.xls": b"\x09\x04\x06\x00\x00\x00\x10\x00" + bytes(50),
    "program.xlsx": b"MZ\x90\0" + bytes(200), "program2.xls": b"\x7fELF" + bytes(200),
    "archive.tar": b"a.xlsx" + bytes(251) + b"ustar\0" + bytes(300), "files.xlsx": package({"a.txt": "x", "b.txt": "y"}),
}


def foreign_cases():
    refused = Expect(refuses=("unsupported", "not_a_workbook", "no_form"))
    return [("not for gouji", name, data, refused) for name, data in FOREIGN.items()]


def all_cases():
    return (xlsx_values() + xlsx_cells_twice() + xlsx_sheets() + xlsx_parts_wrong() + xml_attacks() + ods_cases()
            + html_cases() + xml2003_cases() + docx_cases() + text_cases() + foreign_cases())
