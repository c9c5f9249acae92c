//! Changing what cells hold: numbers and formulas, with the format left as it is unless it would
//! show a number as a date or a percentage.
//!
//! The head of a formula that other cells rest on (shared, array, data table) is not changed but named,
//! unless all of them are changed too. A
//! formula that goes takes the calculation chain with it, which programs build anew; and values that changed
//! make the workbook compute everything when it is opened.

use std::collections::{BTreeMap, BTreeSet};

use super::error::{PatchError, PatchWarning};
use super::package::Package;
use super::sheet::{Cells, Sheet};
use super::splice::Splices;
use super::styles::Styles;
use super::workbook::{self, Workbook};
use super::xml::{Node, escape, insert_child};
use super::{content_types, rels};
use crate::grid::CellRef;

/// A cell to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Name of its sheet.
    pub sheet: String,
    /// The cell.
    pub cell: CellRef,
    /// What it will hold.
    pub value: NewValue,
}

/// What a cell will hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewValue {
    /// A number, as its exact decimal text; a formula gives way to it.
    Number(String),
    /// A formula without its `=`, and the number that it gives.
    Formula {
        /// The formula.
        text: String,
        /// Its value, as exact decimal text.
        cached: String,
    },
    /// The number that the formula which stands there gives; the formula stays.
    Cached(String),
}

/// Makes the edits; those that cannot be made are named.
pub(super) fn apply(
    package: &mut Package<'_>,
    book: &Workbook,
    edits: &[Edit],
    warnings: &mut Vec<PatchWarning>,
) -> Result<(), PatchError> {
    if edits.is_empty() {
        return Ok(());
    }
    let mut by_sheet: BTreeMap<&str, BTreeMap<CellRef, &Edit>> = BTreeMap::new();
    for edit in edits {
        by_sheet.entry(&edit.sheet).or_default().insert(edit.cell, edit);
    }
    let mut styles = Styles::open(package, book)?;
    let mut formula_gone = false;
    for (name, edits) in by_sheet {
        let sheet = book.sheet(name).filter(|s| package.has(&s.part));
        let sheet = sheet.ok_or_else(|| PatchError::NoSuchSheet { sheet: name.to_owned() })?;
        formula_gone |= edit_sheet(package, (&sheet.part, &mut styles), &edits, warnings)?;
    }
    styles.flush(package)?;
    if formula_gone {
        drop_chain(package, book)?;
    }
    workbook::full_calc(package, book)
}

/// Edits one sheet; says whether a formula went.
fn edit_sheet(
    package: &mut Package<'_>,
    (part, styles): (&str, &mut Styles),
    edits: &BTreeMap<CellRef, &Edit>,
    warnings: &mut Vec<PatchWarning>,
) -> Result<bool, PatchError> {
    package.open_root(part)?;
    let text = package.text(part)?;
    let sheet = Sheet::parse(part, &text)?;
    let mut splices = Splices::default();
    let mut missing = BTreeMap::new();
    let mut formula_gone = false;
    let dissolved = dissolved(&sheet, edits)?;
    for (cell, edit) in edits {
        let row = sheet.row(cell.row)?;
        let found = row.as_ref().and_then(|(node, cells)| Some((node, cells, cells.index(cell.col)?)));
        let Some((node, cells, at)) = found else {
            missing.insert(*cell, (styles.plain(sheet.inherited(*cell))?, inner(&edit.value, "")));
            continue;
        };
        let free = shared(cells, at).is_some_and(|group| dissolved.contains(&group));
        if heads_others(cells, at) && !free && !matches!(edit.value, NewValue::Cached(_)) {
            warnings.push(PatchWarning::NotEdited { sheet: edit.sheet.clone(), cell: *cell });
            continue;
        }
        formula_gone |= set(cells, node.start, at, &edit.value, &mut splices);
        if !matches!(edit.value, NewValue::Cached(_)) {
            show_number(cells, node.start, at, styles, &mut splices)?;
        }
    }
    sheet.insert_cells(&missing, &mut splices)?;
    package.splice(part, splices)?;
    Ok(formula_gone)
}

/// The groups of shared formulas of which every cell is to hold something else: their heads need not stay.
fn dissolved(sheet: &Sheet<'_>, edits: &BTreeMap<CellRef, &Edit>) -> Result<BTreeSet<String>, PatchError> {
    let goes = |cell: CellRef| edits.get(&cell).is_some_and(|e| !matches!(e.value, NewValue::Cached(_)));
    let mut groups: BTreeMap<String, bool> = BTreeMap::new();
    for row in edits.keys().any(|c| goes(*c)).then(|| sheet.row_numbers()).into_iter().flatten() {
        let Some((_, cells)) = sheet.row(row)? else { continue };
        for (col, _) in cells.all() {
            let Some(group) = cells.index(col).and_then(|at| shared(&cells, at)) else { continue };
            *groups.entry(group).or_insert(true) &= goes(CellRef::new(row, col));
        }
    }
    Ok(groups.into_iter().filter(|g| g.1).map(|g| g.0).collect())
}

/// The group of shared formulas that a cell belongs to.
fn shared(cells: &Cells<'_>, cell: usize) -> Option<String> {
    let f = cells.doc.child(cell, "f")?.1;
    cells.doc.value(f, "t").filter(|t| *t == "shared")?;
    cells.doc.value(f, "si").map(|si| si.to_string())
}

fn heads_others(cells: &Cells<'_>, cell: usize) -> bool {
    let Some((_, f)) = cells.doc.child(cell, "f") else { return false };
    cells.doc.attr(f, "ref").is_some()
}

fn inner(value: &NewValue, p: &str) -> String {
    match value {
        NewValue::Number(n) | NewValue::Cached(n) => format!("<{p}v>{}</{p}v>", escape(n)),
        NewValue::Formula { text, cached } => {
            format!("<{p}f>{}</{p}f><{p}v>{}</{p}v>", escape(text), escape(cached))
        }
    }
}

/// Splices that set one cell; says whether a formula went. Offsets in `cells` count from `row`.
fn set(cells: &Cells<'_>, row: usize, at: usize, value: &NewValue, splices: &mut Splices) -> bool {
    let doc = &cells.doc;
    let Some(cell) = doc.nodes.get(at) else { return false };
    let formula = doc.child(at, "f").map(|(_, f)| f);
    let keep = matches!(value, NewValue::Cached(_)).then_some(formula).flatten();
    for name in ["t", "cm", "vm", "ph"] {
        let gone = doc.attr(cell, name).filter(|_| name == "t" || keep.is_none());
        if let Some(attr) = gone {
            splices.delete(row + attr.whole.start..row + attr.whole.end);
        }
    }
    let text = inner(value, doc.prefix(cell));
    let text = keep.map_or(text.clone(), |f: &Node| format!("{}{text}", doc.source(f)));
    if cell.closed {
        let (range, text) = insert_child(doc, cell, cell.close, &text);
        splices.replace(row + range.start..row + range.end, text);
    } else {
        splices.replace(row + cell.open_end..row + cell.close, text);
    }
    formula.is_some() && matches!(value, NewValue::Number(_))
}

/// Splices after which a cell shows the number that it holds.
fn show_number(
    cells: &Cells<'_>,
    row: usize,
    at: usize,
    styles: &mut Styles,
    splices: &mut Splices,
) -> Result<(), PatchError> {
    let Some(cell) = cells.doc.nodes.get(at) else { return Ok(()) };
    let old = cells.style(cell).unwrap_or(0);
    let plain = styles.plain(old)?;
    if plain != old {
        cells.set_style(cell, row, plain, splices);
    }
    Ok(())
}

/// Drops the calculation chain, which names cells that hold formulas.
fn drop_chain(package: &mut Package<'_>, book: &Workbook) -> Result<(), PatchError> {
    let gone = rels::remove(package, &book.part, |rel| rel.kind == "calcChain")?;
    for rel in &gone {
        package.remove(&rel.target);
        content_types::remove(package, |part| rels::same(part, &rel.target))?;
    }
    Ok(())
}
