//! What gouji did to a workbook, written into it, so that it can be undone.
//!
//! Two ways lead back. A part `customXml/gouji….xml` holds the reverse splices of each part with the checksum of
//! what they apply to: while nobody else has written the file, undoing is exact to the byte. Other programs
//! drop or outdate that part when they save; for then a sheet named `_gouji`, which no menu shows, lists each
//! marked cell with the fill that it had, and defined names (`_gouji.1`…) follow gouji's sheets through
//! renaming. Each line of that sheet is one JSON object in column A, after a first line that is the marker.

use std::borrow::Cow;
use std::collections::BTreeMap;

use flate2::Crc;
use serde::{Deserialize, Serialize};

use super::error::PatchError;
use super::package::{Package, key};
use super::render::inline;
use super::sheet::Sheet;
use super::splice::Undo;
use super::workbook::{SheetRef, Workbook};
use super::xml::{Dialect, Doc};
use crate::grid::CellRef;

/// Name of the sheet that holds the record; readers of a workbook skip it.
pub const RECORD_SHEET: &str = "_gouji";
/// Text of its first cell.
const MARKER: &str = "gouji record 1";
/// Where nearly every package has its workbook part.
const USUAL_WORKBOOK: &str = "xl/workbook.xml";
/// Start of the name of the part with reverse splices.
const UNDO_PART: &str = "customXml/gouji";

/// What gouji did to a workbook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Gouji's own sheets, by the names that they had when written.
    pub sheets: Vec<String>,
    /// Cells that got a fill.
    pub marks: Vec<MarkRecord>,
    /// What the caller had stored, in order.
    pub evidence: Vec<(String, String)>,
}

/// What a cell was before it was marked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkRecord {
    /// Its sheet.
    pub sheet: String,
    /// Its address; as it is kept, those of all cells that are alike, parted by spaces.
    pub cell: String,
    /// The number of the cell's format before, if it named one.
    pub style: Option<usize>,
    /// Whether there was no such cell.
    pub created: bool,
    /// The fill before, as XML without prefixes.
    pub fill: String,
    /// What became of its comment.
    pub comment: CommentKind,
}

/// What became of a marked cell's comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CommentKind {
    /// None was added.
    None,
    /// The whole comment is gouji's.
    Own,
    /// Gouji's text stands below the office's.
    Joined,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line<'a> {
    Sheet(Cow<'a, str>),
    Mark(Cow<'a, MarkRecord>),
    Evidence(Cow<'a, str>, Cow<'a, str>),
}

/// The record as a worksheet part.
pub(super) fn worksheet(record: &Record, dialect: Dialect) -> String {
    let sheets = record.sheets.iter().map(|s| Line::Sheet(s.into()));
    let marks = alike(&record.marks).into_iter().map(|m| Line::Mark(Cow::Owned(m)));
    let evidence = record.evidence.iter().map(|(k, v)| Line::Evidence(k.into(), v.into()));
    let lines = sheets.chain(evidence).chain(marks).filter_map(|line| serde_json::to_string(&line).ok());
    let mut rows = String::new();
    for (text, n) in std::iter::once(MARKER.to_owned()).chain(lines).zip(0u32..) {
        put!(rows, "<row r=\"{}\">", n + 1);
        inline(&mut rows, CellRef::new(n, 0), 0, &text);
        rows.push_str("</row>");
    }
    let main = dialect.main();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet xmlns=\"{main}\">\
         <sheetData>{rows}</sheetData></worksheet>"
    )
}

/// Marks with the cells of like ones joined, as many as surely fit in a cell of the record.
fn alike(marks: &[MarkRecord]) -> Vec<MarkRecord> {
    const LONGEST: usize = 8000;
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    let mut out: Vec<MarkRecord> = Vec::new();
    for mark in marks {
        let kind = (&mark.sheet, mark.style, mark.created, &mark.fill, mark.comment);
        match known.get(&kind).and_then(|i| out.get_mut(*i)).filter(|m| m.cell.len() < LONGEST) {
            Some(like) => {
                like.cell.push(' ');
                like.cell.push_str(&mark.cell);
            }
            None => {
                known.insert(kind, out.len());
                out.push(mark.clone());
            }
        }
    }
    out
}

/// Whether a package may hold a record: a cheap look at its workbook part, where that has its usual name.
pub(super) fn may_stand_in(package: &mut Package<'_>) -> bool {
    !package.has(USUAL_WORKBOOK) || package.text(USUAL_WORKBOOK).is_ok_and(|t| t.contains(RECORD_SHEET))
}

/// The record in a workbook with its sheet, if it has one.
pub(super) fn find(
    package: &mut Package<'_>,
    book: &Workbook,
) -> Result<Option<(SheetRef, Record)>, PatchError> {
    for sheet in book.sheets.iter().filter(|s| s.name.starts_with(RECORD_SHEET)) {
        if !package.has(&sheet.part) {
            continue;
        }
        let mut lines = first_column(package, book, &sheet.part)?.into_iter();
        if lines.next().as_deref() == Some(MARKER) {
            return Ok(Some((sheet.clone(), parse(lines))));
        }
    }
    Ok(None)
}

/// The record that the texts of its sheet hold.
pub(super) fn of_texts(texts: &[(CellRef, String)]) -> Option<Record> {
    let first = texts.iter().filter(|(cell, _)| cell.col == 0);
    let mut lines = first.map(|(_, text)| text.clone());
    (lines.next()? == MARKER).then(|| parse(lines))
}

fn parse(lines: impl Iterator<Item = String>) -> Record {
    let mut record = Record::default();
    for line in lines {
        match serde_json::from_str(&line) {
            Ok(Line::Sheet(name)) => record.sheets.push(name.into_owned()),
            Ok(Line::Mark(mark)) => {
                let one = |cell: &str| MarkRecord { cell: cell.to_owned(), ..mark.clone().into_owned() };
                record.marks.extend(mark.cell.split(' ').map(one));
            }
            Ok(Line::Evidence(k, v)) => record.evidence.push((k.into_owned(), v.into_owned())),
            Err(_) => {}
        }
    }
    record
}

/// The texts of a sheet's first column, without gaps from the first row.
fn first_column(package: &mut Package<'_>, book: &Workbook, part: &str) -> Result<Vec<String>, PatchError> {
    let texts = texts(package, book, part)?.into_iter().filter(|(cell, _)| cell.col == 0);
    Ok(texts.zip(0..).take_while(|((cell, _), row)| cell.row == *row).map(|((_, text), _)| text).collect())
}

/// The texts of a sheet's cells, inline or shared, row by row.
pub(super) fn texts(
    package: &mut Package<'_>,
    book: &Workbook,
    part: &str,
) -> Result<Vec<(CellRef, String)>, PatchError> {
    let text = package.text(part)?;
    let shared = match book.related("sharedStrings").filter(|s| package.has(s)) {
        Some(part) => shared_strings(&package.text(&part)?, &part)?,
        None => Vec::new(),
    };
    let sheet = Sheet::parse(part, &text)?;
    let mut out = Vec::new();
    for row in sheet.row_numbers() {
        let Some((_, cells)) = sheet.row(row)? else { continue };
        for (col, cell) in cells.all() {
            let text = cells.doc.inner_text(cell);
            let is_shared = cells.doc.value(cell, "t").is_some_and(|t| t == "s");
            let by_number =
                |n: &str| n.parse().ok().and_then(|i: usize| shared.get(i).cloned()).unwrap_or_default();
            out.push((CellRef::new(row, col), if is_shared { by_number(&text) } else { text }));
        }
    }
    Ok(out)
}

fn shared_strings(text: &str, part: &str) -> Result<Vec<String>, PatchError> {
    let doc = Doc::parse_to(part, text, 1)?;
    Ok(doc.children(0).filter(|(_, n)| doc.local(n) == "si").map(|(_, n)| doc.inner_text(n)).collect())
}

/// Reverse splices made at once: offset, length, old text.
type Layer = Vec<(usize, usize, String)>;

/// The reverse splices of a whole package.
#[derive(Debug, Default, Serialize, Deserialize)]
struct UndoRecord {
    /// Parts by key, with the checksum of their text and the layers that lead back, oldest first.
    parts: BTreeMap<String, (u32, Vec<Layer>)>,
    /// Parts that were made, with the checksum of their text.
    created: BTreeMap<String, u32>,
}

/// Tells whether another program has written a part since. Against forgery nothing in the file itself helps: there
/// `same` decides.
fn checksum(text: &str) -> u32 {
    let mut crc = Crc::new();
    crc.update(text.as_bytes());
    crc.sum()
}

/// The name that the part with reverse splices will have.
pub(super) fn undo_name(package: &Package<'_>) -> String {
    package.free_name(UNDO_PART, ".xml")
}

/// Writes the reverse splices as the part `name`, which itself is no longer in need of undoing.
pub(super) fn write_undo(package: &mut Package<'_>, name: &str) -> Result<(), PatchError> {
    let created: Vec<String> = package.created().to_vec();
    let mut record = UndoRecord::default();
    for part in &created {
        record.created.insert(part.clone(), checksum(&package.text(part)?));
    }
    for (part, layers) in package.undo().clone() {
        if created.iter().any(|c| key(c) == part) {
            continue;
        }
        let plain = |u: Undo| (u.at, u.len, u.old);
        let layers = layers.into_iter().map(|layer| layer.into_iter().map(plain).collect()).collect();
        record.parts.insert(part.clone(), (checksum(&package.text(&part)?), layers));
    }
    let json = serde_json::to_string(&record).unwrap_or_default();
    let json = json.replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e");
    let text =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<undo xmlns=\"urn:gouji:undo:1\">{json}</undo>");
    package.create(name, text);
    Ok(())
}

/// Undoes everything if nobody else has written the file since; says whether it did.
pub(super) fn undo_exactly(package: &mut Package<'_>) -> Result<bool, PatchError> {
    let names: Vec<String> = package.parts().into_iter().filter(|p| p.starts_with(&key(UNDO_PART))).collect();
    for name in names {
        let text = package.text(&name)?;
        let doc = Doc::parse(&name, &text)?;
        let Ok(root) = doc.root() else { continue };
        let json = doc.text.get(root.open_end..root.close).unwrap_or("");
        let Ok(record) = serde_json::from_str::<UndoRecord>(json) else { continue };
        if !untouched(package, &record)? {
            continue;
        }
        for (part, (_, layers)) in &record.parts {
            let mut text = package.text(part)?.to_string();
            for layer in layers.iter().rev() {
                let layer = layer.iter().map(|(at, len, old)| Undo { at: *at, len: *len, old: old.clone() });
                text = super::splice::revert(part, &text, &layer.collect::<Vec<_>>())?;
            }
            package.replace(part, text);
        }
        record.created.keys().for_each(|part| package.remove(part));
        package.remove(&name);
        return Ok(true);
    }
    Ok(false)
}

fn untouched(package: &mut Package<'_>, record: &UndoRecord) -> Result<bool, PatchError> {
    let spliced = record.parts.iter().map(|(part, (sum, _))| (part, sum));
    for (part, wanted) in spliced.chain(&record.created) {
        if !package.has(part) || checksum(&package.text(part)?) != *wanted {
            return Ok(false);
        }
    }
    Ok(true)
}
