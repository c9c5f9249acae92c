//! The office's own xlsx, xlsm, xltx or xltm, marked: parts that must change are spliced, all others keep
//! their bytes.
//!
//! One module for each part of the format; `package` holds the zip, `xml` finds offsets, `splice` changes text
//! by them. [`Original::apply`] first takes away what an earlier run put in ([`strip()`]), so that applying twice is the
//! same as once; how gouji knows its own is told in `record`. Only the parts of marked sheets, styles,
//! comments with their drawings, relationships, content types, the workbook and `docProps/app.xml` may change.

#![allow(
    clippy::format_collect,
    clippy::format_push_string,
    reason = "short pieces of XML read best as templates"
)]
#![allow(clippy::single_match_else, reason = "there or not there: two arms of one question")]

/// Appends to a string.
macro_rules! put {
    ($out:expr, $($what:tt)*) => {{
        use std::fmt::Write as _;
        // Writing to a string cannot fail.
        let _ = $out.write_fmt(format_args!($($what)*));
    }};
}

mod app;
mod comments;
mod content_types;
mod edit;
mod error;
mod package;
mod record;
mod rels;
mod render;
mod same;
mod sheet;
mod splice;
mod strip;
mod styles;
mod tags;
mod taken;
mod vml;
pub mod word;
mod workbook;
mod xml;

use std::collections::BTreeMap;

pub use edit::{Edit, NewValue};
pub use error::{PatchError, PatchWarning};
pub use record::{CommentKind, MarkRecord, RECORD_SHEET, Record};
pub use taken::{Taken, take_out};

use crate::grid::CellRef;
use crate::report::sheet::{Fill, NewSheet};
use package::Package;
use sheet::Sheet;
use splice::Splices;
use styles::Styles;
use workbook::{NewName, OWN_NAME, Workbook};

/// What to do to a workbook.
#[derive(Debug, Clone, Default)]
pub struct Patch {
    /// Cells to colour and comment.
    pub marks: Vec<Mark>,
    /// Cells to change.
    pub edits: Vec<Edit>,
    /// Sheets to put first, in order.
    pub sheets: Vec<NewSheet>,
    /// Author of the comments; 勾稽 if empty.
    pub author: String,
    /// Names and texts kept in the workbook's record, for the next run to read.
    pub evidence: Vec<(String, String)>,
}

/// A cell to colour and comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Name of its sheet.
    pub sheet: String,
    /// The cell; one within a merge stands for the whole merge.
    pub cell: CellRef,
    /// The colour.
    pub fill: Fill,
    /// The comment; empty for none.
    pub comment: String,
}

/// A patched workbook.
#[derive(Debug, Clone)]
pub struct Patched {
    /// The file.
    pub bytes: Vec<u8>,
    /// What could not be kept or done.
    pub warnings: Vec<PatchWarning>,
}

/// A workbook opened to be patched.
pub struct Original<'a> {
    input: &'a [u8],
    package: Package<'a>,
    /// Whether gouji may have patched it before.
    may_be_own: bool,
}

impl<'a> Original<'a> {
    /// Opens a workbook.
    ///
    /// # Errors
    /// When the package cannot be read.
    pub fn open(input: &'a [u8]) -> Result<Self, PatchError> {
        let mut package = Package::open(input)?;
        let may_be_own = record::may_stand_in(&mut package);
        Ok(Self { input, package, may_be_own })
    }

    /// What gouji did to it before; none if it has not been gouji's.
    ///
    /// # Errors
    /// When a part cannot be read.
    pub fn record(&mut self) -> Result<Option<Record>, PatchError> {
        if !self.may_be_own {
            return Ok(None);
        }
        let book = Workbook::open(&mut self.package)?;
        let Some((_, mut record)) = record::find(&mut self.package, &book)? else { return Ok(None) };
        record.sheets = strip::own_sheets(&book, &record);
        Ok(Some(record))
    }

    /// The workbook with its marks, edits and new sheets; what an earlier run put in is replaced.
    ///
    /// # Errors
    /// When a part that must change cannot be read, or a mark names no worksheet.
    pub fn apply(self, patch: &Patch) -> Result<Patched, PatchError> {
        let clean = if self.may_be_own { strip::own(self.input)? } else { None };
        match &clean {
            Some(bytes) => applied(Package::open(bytes)?, patch),
            None => applied(self.package, patch),
        }
    }
}

/// The workbook with its marks, edits and new sheets; what an earlier run put in is replaced.
///
/// # Errors
/// As [`Original::open`] and [`Original::apply`].
pub fn apply(input: &[u8], patch: &Patch) -> Result<Patched, PatchError> {
    Original::open(input)?.apply(patch)
}

fn applied(mut package: Package<'_>, patch: &Patch) -> Result<Patched, PatchError> {
    let mut warnings = Vec::new();
    strip::drop_signature(&mut package, &mut warnings)?;
    let book = Workbook::open(&mut package)?;
    edit::apply(&mut package, &book, &patch.edits, &mut warnings)?;
    package.set_base();
    if patch.marks.is_empty() && patch.sheets.is_empty() && patch.evidence.is_empty() {
        return Ok(Patched { bytes: package.finish()?, warnings });
    }
    let mut styles = Styles::open(&mut package, &book)?;
    let marks = mark_sheets(&mut package, &book, &mut styles, patch, &mut warnings)?;
    add_sheets(&mut package, &book, styles, patch, marks)?;
    Ok(Patched { bytes: package.finish()?, warnings })
}

/// The workbook without anything that gouji put in, and whether there was anything.
///
/// Values that gouji corrected stay corrected.
///
/// # Errors
/// When the package or a part that must change cannot be read.
pub fn strip(input: &[u8]) -> Result<(Vec<u8>, bool), PatchError> {
    Ok(match strip::own(input)? {
        Some(bytes) => (bytes, true),
        None => (input.to_vec(), false),
    })
}

/// Whether a workbook as it was read, with all its sheets, shows that gouji has marked it.
pub fn is_marked(book: &crate::grid::Workbook) -> bool {
    book.sheets.iter().any(|s| s.name.starts_with(RECORD_SHEET))
}

/// What gouji did to a workbook; none if it has not been gouji's.
///
/// # Errors
/// When the package cannot be read.
pub fn record(input: &[u8]) -> Result<Option<Record>, PatchError> {
    Original::open(input)?.record()
}

/// What stands on the first of gouji's own sheets, row by row; empty if the workbook has none.
///
/// # Errors
/// When the package or the sheet cannot be read.
pub fn own_texts(input: &[u8]) -> Result<Vec<(CellRef, String)>, PatchError> {
    let mut package = Package::open(input)?;
    if !record::may_stand_in(&mut package) {
        return Ok(Vec::new());
    }
    let book = Workbook::open(&mut package)?;
    let Some((_, record)) = record::find(&mut package, &book)? else { return Ok(Vec::new()) };
    let first = strip::own_sheets(&book, &record).into_iter().next();
    match first.and_then(|name| book.sheet(&name).cloned()).filter(|s| package.has(&s.part)) {
        Some(sheet) => record::texts(&mut package, &book, &sheet.part),
        None => Ok(Vec::new()),
    }
}

/// Marks of one sheet, by cell: the worst fill and all comments.
#[derive(Default)]
struct SheetMarks {
    fills: BTreeMap<CellRef, Fill>,
    comments: BTreeMap<CellRef, String>,
}

fn mark_sheets(
    package: &mut Package<'_>,
    book: &Workbook,
    styles: &mut Styles,
    patch: &Patch,
    warnings: &mut Vec<PatchWarning>,
) -> Result<Vec<MarkRecord>, PatchError> {
    let mut by_name: BTreeMap<&str, Vec<&Mark>> = BTreeMap::new();
    for mark in &patch.marks {
        by_name.entry(&mark.sheet).or_default().push(mark);
    }
    // A sheet may be named in another case than its own.
    let mut by_sheet: BTreeMap<&str, Vec<&Mark>> = BTreeMap::new();
    for (name, marks) in by_name {
        let sheet = book.sheet(name).filter(|s| package.has(&s.part));
        let sheet = sheet.ok_or_else(|| PatchError::NoSuchSheet { sheet: name.to_owned() })?;
        by_sheet.entry(&sheet.name).or_default().extend(marks);
    }
    let mut records = Vec::new();
    for sheet in &book.sheets {
        let marks = by_sheet.get(sheet.name.as_str()).map_or(&[][..], Vec::as_slice);
        if !marks.is_empty() {
            records.extend(mark_sheet(package, book, styles, patch, sheet, marks, warnings)?);
        } else if !patch.sheets.is_empty() && package.has(&sheet.part) {
            deselect(package, &sheet.part)?;
        }
    }
    Ok(records)
}

fn mark_sheet(
    package: &mut Package<'_>,
    book: &Workbook,
    styles: &mut Styles,
    patch: &Patch,
    at: &workbook::SheetRef,
    marks: &[&Mark],
    warnings: &mut Vec<PatchWarning>,
) -> Result<Vec<MarkRecord>, PatchError> {
    package.open_root(&at.part)?;
    let text = package.text(&at.part)?;
    let sheet = Sheet::parse(&at.part, &text)?;
    let wanted = collect(&sheet, marks);
    let author = if patch.author.is_empty() { "勾稽" } else { &patch.author };
    let added = comments::add(package, book.dialect, &sheet, &wanted.comments, author)?;
    let mut splices = Splices::default();
    let done = sheet.mark(&sheet.spread(&wanted.fills), styles, &mut splices)?;
    if let Some(id) = &added.drawing {
        sheet.add_legacy_drawing(id, book.dialect, &mut splices);
    }
    if !patch.sheets.is_empty() {
        sheet.deselect(&mut splices);
    }
    package.splice(&at.part, splices)?;
    let threaded = added.threaded.iter().filter(|cell| wanted.comments.contains_key(cell));
    warnings.extend(threaded.map(|cell| PatchWarning::Threaded { sheet: at.name.clone(), cell: *cell }));
    if added.refused {
        warnings.push(PatchWarning::NoComments { sheet: at.name.clone() });
    }
    let comment = |cell: CellRef| match wanted.comments.get(&cell) {
        None => CommentKind::None,
        Some(_) if added.refused || added.threaded.contains(&cell) => CommentKind::None,
        Some(_) if added.joined.contains(&cell) => CommentKind::Joined,
        Some(_) => CommentKind::Own,
    };
    let record = |r: sheet::Restyled| MarkRecord {
        sheet: at.name.clone(),
        cell: r.cell.to_string(),
        style: r.old,
        created: r.created,
        fill: r.fill,
        comment: comment(r.cell),
    };
    Ok(done.into_iter().map(record).collect())
}

/// Marks by cell; what is said of a cell within a merge is said of the merge.
fn collect(sheet: &Sheet<'_>, marks: &[&Mark]) -> SheetMarks {
    let mut out = SheetMarks::default();
    for mark in marks {
        let cell = sheet.area(mark.cell).first;
        out.fills.entry(cell).and_modify(|f| *f = mark.fill.max(*f)).or_insert(mark.fill);
        if mark.comment.is_empty() {
            continue;
        }
        let text = out.comments.entry(cell).or_default();
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&mark.comment);
    }
    out
}

fn deselect(package: &mut Package<'_>, part: &str) -> Result<(), PatchError> {
    let head = package.head(part)?;
    let views = head.split("sheetData").next().unwrap_or_default();
    if !views.contains("tabSelected") {
        return Ok(());
    }
    let text = package.text(part)?;
    let doc = xml::Doc::parse_to(part, &text, 2)?;
    let mut splices = Splices::default();
    sheet::deselect(&doc, &mut splices);
    package.splice(part, splices)
}

/// A part for one sheet more, which none of the workbook's sheets means.
fn free_sheet(package: &Package<'_>, book: &Workbook) -> String {
    let meant = |name: &str| book.sheets.iter().any(|s| package::key(&s.part) == package::key(name));
    package.free_name_but("xl/worksheets/sheet", ".xml", meant)
}

fn add_sheets(
    package: &mut Package<'_>,
    book: &Workbook,
    mut styles: Styles,
    patch: &Patch,
    marks: Vec<MarkRecord>,
) -> Result<(), PatchError> {
    let mut names: Vec<String> = Vec::new();
    let mut parts: Vec<String> = Vec::new();
    let mut defined: Vec<NewName> = Vec::new();
    for (i, sheet) in patch.sheets.iter().enumerate() {
        let name = book.free_sheet_name(&sheet.name, &names);
        let text = render::worksheet(sheet, i == 0, book.dialect, &mut styles);
        let part = free_sheet(package, book);
        package.create(&part, text);
        defined.extend(render::names(sheet, &name, i));
        let formula = format!("{}!$A$1", workbook::quoted(&name));
        defined.push(NewName { name: format!("{OWN_NAME}{}", i + 1), local: None, hidden: true, formula });
        names.push(name);
        parts.push(part);
    }
    styles.flush(package)?;
    let record = Record { sheets: names.clone(), marks, evidence: patch.evidence.clone() };
    let record_name = book.free_sheet_name(RECORD_SHEET, &names);
    let record_part = free_sheet(package, book);
    package.create(&record_part, record::worksheet(&record, book.dialect));
    parts.push(record_part);
    let undo = record::undo_name(package);
    let kinds = parts.iter().map(|p| (p.clone(), content_types::types::WORKSHEET));
    let kinds: Vec<_> = kinds.chain([(undo.clone(), content_types::types::XML)]).collect();
    content_types::add(package, &kinds)?;
    let mut targets: Vec<(&str, &str)> = parts.iter().map(|p| ("worksheet", p.as_str())).collect();
    targets.push(("customXml", &undo));
    let ids = rels::add(package, &book.part, book.dialect, &targets)?;
    let all_names = names.iter().cloned().chain([record_name.clone()]);
    let mut items: Vec<(String, String)> = all_names.zip(ids).collect();
    let last = items.pop();
    workbook::add_sheets(package, book, &items, last.as_ref(), &defined)?;
    app::add(package, book.sheets.len(), &names, &[record_name])?;
    record::write_undo(package, &undo)
}
