//! Packages as tests look at them: every part's bytes, values as calamine reads them.

#![allow(
    clippy::case_sensitive_file_extension_comparisons,
    reason = "parts are named as the format names them"
)]

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use calamine::{Data, Reader};

/// Every entry of a zip, by name; what a damaged one gives before it breaks off.
pub(crate) fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip package");
    let mut out = BTreeMap::new();
    for i in 0..zip.len() {
        let name = String::from_utf8_lossy(zip.by_index_raw(i).expect("an entry").name_raw()).into_owned();
        let mut text = Vec::new();
        if let Ok(mut file) = zip.by_index(i)
            && file.read_to_end(&mut text).is_err()
        {
            text.extend(b"(damaged)");
        }
        out.insert(name, text);
    }
    out
}

/// Names of a zip's entries, in order.
pub(crate) fn order(bytes: &[u8]) -> Vec<String> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip package");
    (0..zip.len())
        .map(|i| String::from_utf8_lossy(zip.by_index_raw(i).expect("an entry").name_raw()).into_owned())
        .collect()
}

/// Whether a part may differ after marking.
pub(crate) fn may_change(name: &str) -> bool {
    let name = name.replace('\\', "/").to_lowercase();
    name.ends_with(".rels")
        || name.ends_with(".vml")
        || name.contains("sheet")
        || name.ends_with("[content_types].xml")
        || ["workbook", "styles", "comments", "docprops/app"].iter().any(|p| name.contains(p))
}

/// Parts that may not differ, yet do.
pub(crate) fn disturbed(before: &[u8], after: &[u8]) -> Vec<String> {
    let (before, after) = (parts(before), parts(after));
    before.into_iter().filter(|(n, t)| !may_change(n) && after.get(n) != Some(t)).map(|(n, _)| n).collect()
}

/// Values and formulas of each worksheet; none if calamine cannot open the file.
pub(crate) fn values(bytes: &[u8]) -> Option<BTreeMap<String, Vec<String>>> {
    // calamine overflows on some hostile files.
    std::panic::catch_unwind(|| read_values(bytes)).ok().flatten()
}

fn read_values(bytes: &[u8]) -> Option<BTreeMap<String, Vec<String>>> {
    let mut book = calamine::Xlsx::new(Cursor::new(bytes)).ok()?;
    let mut out = BTreeMap::new();
    for name in book.sheet_names() {
        let mut cells = Vec::new();
        if let Ok(mut reader) = book.worksheet_cells_reader(&name) {
            while let Ok(Some(cell)) = reader.next_cell() {
                let value: Data = cell.get_value().clone().into();
                if value != Data::Empty {
                    cells.push(format!("{:?} {value:?}", cell.get_position()));
                }
            }
        }
        if let Ok(mut reader) = book.worksheet_cells_reader(&name) {
            while let Ok(Some(cell)) = reader.next_formula() {
                if !cell.get_value().is_empty() {
                    cells.push(format!("{:?} ={}", cell.get_position(), cell.get_value()));
                }
            }
        }
        out.insert(name, cells);
    }
    Some(out)
}

/// Whether every XML part parses.
pub(crate) fn broken(bytes: &[u8]) -> Vec<String> {
    let is_xml = |n: &str| n.ends_with(".xml") || n.ends_with(".rels") || n.ends_with(".vml");
    parts(bytes).into_iter().filter(|(n, t)| is_xml(n) && !parses(t)).map(|(n, _)| n).collect()
}

/// Whether a text is one element and nothing beside it.
fn parses(text: &[u8]) -> bool {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_reader(text);
    let (mut depth, mut roots) = (0, 0);
    loop {
        let event = reader.read_event();
        roots += usize::from(depth == 0 && matches!(event, Ok(Event::Start(_) | Event::Empty(_))));
        match event {
            Ok(Event::Start(_)) => depth += 1,
            Ok(Event::End(_)) => depth -= 1,
            Ok(Event::Eof) => return depth == 0 && roots == 1,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const REL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// A package under construction: entries by name, in order.
#[derive(Clone)]
pub(crate) struct Book(pub(crate) Vec<(String, Vec<u8>)>);

impl Book {
    /// Two sheets, 表一 (with `data` in its worksheet element) and 表二, with styles and shared strings.
    pub(crate) fn new(data: &str) -> Self {
        let mut book = Self(Vec::new());
        book.put("[Content_Types].xml", &format!(
            "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
             <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
             <Override PartName=\"/xl/workbook.xml\" ContentType=\"{TYPE}.sheet.main+xml\"/>\
             <Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"{TYPE}.worksheet+xml\"/>\
             <Override PartName=\"/xl/worksheets/sheet2.xml\" ContentType=\"{TYPE}.worksheet+xml\"/>\
             <Override PartName=\"/xl/styles.xml\" ContentType=\"{TYPE}.styles+xml\"/></Types>"));
        book.put("_rels/.rels", &rels(&[("rId1", "officeDocument", "xl/workbook.xml")]));
        book.put("xl/workbook.xml", &format!(
            "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{REL}\"><bookViews><workbookView firstSheet=\"1\" activeTab=\"1\"/>\
             </bookViews><sheets><sheet name=\"表一\" sheetId=\"1\" r:id=\"rId1\"/>\
             <sheet name=\"表二\" sheetId=\"5\" r:id=\"rId2\"/></sheets></workbook>"));
        book.put(
            "xl/_rels/workbook.xml.rels",
            &rels(&[
                ("rId1", "worksheet", "worksheets/sheet1.xml"),
                ("rId2", "worksheet", "worksheets/sheet2.xml"),
                ("rId3", "styles", "styles.xml"),
            ]),
        );
        book.put(
            "xl/worksheets/sheet1.xml",
            &format!("<worksheet xmlns=\"{MAIN}\" xmlns:r=\"{REL}\">{data}</worksheet>"),
        );
        book.put("xl/worksheets/sheet2.xml", &format!(
            "<worksheet xmlns=\"{MAIN}\"><sheetViews><sheetView tabSelected=\"1\" workbookViewId=\"0\"/></sheetViews>\
             <sheetData><row r=\"1\"><c r=\"A1\"><v>7</v></c></row></sheetData></worksheet>"));
        book.put("xl/styles.xml", &format!(
            "<styleSheet xmlns=\"{MAIN}\"><fonts count=\"2\"><font/><font><b/></font></fonts>\
             <fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>\
             <borders count=\"1\"><border/></borders><cellStyleXfs count=\"1\"><xf/></cellStyleXfs>\
             <cellXfs count=\"3\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>\
             <xf numFmtId=\"2\" fontId=\"1\" fillId=\"0\" borderId=\"0\" applyFont=\"1\"><alignment wrapText=\"1\"/></xf>\
             <xf numFmtId=\"9\" fontId=\"0\" fillId=\"1\" borderId=\"0\"/></cellXfs></styleSheet>"));
        book
    }

    /// Adds an entry or replaces it.
    pub(crate) fn put(&mut self, name: &str, text: &str) -> &mut Self {
        match self.0.iter_mut().find(|(n, _)| n == name) {
            Some((_, old)) => *old = text.into(),
            None => self.0.push((name.to_owned(), text.into())),
        }
        self
    }

    /// Replaces a piece of an entry's text.
    pub(crate) fn change(&mut self, name: &str, from: &str, to: &str) -> &mut Self {
        let (_, text) = self.0.iter_mut().find(|(n, _)| n == name).expect("the entry");
        let old = String::from_utf8(text.clone()).expect("text");
        assert!(old.contains(from), "{name} has no {from}");
        *text = old.replace(from, to).into();
        self
    }

    /// Adds a part that the sheet 表一 or another part relates to, with its type.
    pub(crate) fn relate(&mut self, from: &str, list: &[(&str, &str, &str)]) -> &mut Self {
        let (dir, name) = from.rsplit_once('/').expect("a folder");
        self.put(&format!("{dir}/_rels/{name}.rels"), &rels(list))
    }

    /// The zip.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default().last_modified_time(zip::DateTime::DEFAULT);
        for (name, text) in &self.0 {
            zip.start_file(name.as_str(), options).expect("an entry");
            zip.write_all(text).expect("an entry");
        }
        zip.finish().expect("a zip").into_inner()
    }
}

/// A relationships part.
pub(crate) fn rels(list: &[(&str, &str, &str)]) -> String {
    let item = |(id, kind, target): &(&str, &str, &str)| {
        let kind = if kind.contains(':') { (*kind).to_owned() } else { format!("{REL}/{kind}") };
        format!("<Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"{target}\"/>")
    };
    let items: Vec<String> = list.iter().map(item).collect();
    format!("<Relationships xmlns=\"{PACKAGE}/relationships\">{}</Relationships>", items.concat())
}
