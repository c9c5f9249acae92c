//! The workbook part: which sheets there are, and putting sheets first or taking them away again.
//!
//! A sheet put first moves every other by one, so that `localSheetId` of defined names, and `activeTab` and
//! `firstSheet` of each view, must follow. The first new sheet becomes the active one.

use super::error::PatchError;
use super::package::Package;
use super::rels::{self, Rel};
use super::splice::Splices;
use super::xml::{Dialect, Doc, Node, REL, escape, insert_child, slot};

/// Children of `workbook` in the schema's order.
const ORDER: [&str; 19] = [
    "fileVersion",
    "fileSharing",
    "workbookPr",
    "alternateContent",
    "workbookProtection",
    "bookViews",
    "sheets",
    "functionGroups",
    "externalReferences",
    "definedNames",
    "calcPr",
    "oleSize",
    "customWorkbookViews",
    "pivotCaches",
    "smartTagPr",
    "smartTagTypes",
    "webPublishing",
    "fileRecoveryPr",
    "extLst",
];

/// Start of the defined names that follow gouji's own sheets wherever they go.
pub(super) const OWN_NAME: &str = "_gouji.";

/// What the workbook part says.
pub(super) struct Workbook {
    pub(super) part: String,
    pub(super) dialect: Dialect,
    pub(super) sheets: Vec<SheetRef>,
    pub(super) rels: Vec<Rel>,
    /// Defined names as name and formula.
    pub(super) names: Vec<(String, String)>,
}

/// One sheet of any kind.
#[derive(Debug, Clone)]
pub(super) struct SheetRef {
    pub(super) name: String,
    pub(super) id: u32,
    /// Its part; empty if the relationship is missing.
    pub(super) part: String,
    /// Kind of relationship: `worksheet`, `chartsheet` and others.
    pub(super) kind: String,
}

/// A defined name to add.
pub(super) struct NewName {
    pub(super) name: String,
    pub(super) local: Option<usize>,
    pub(super) hidden: bool,
    pub(super) formula: String,
}

impl Workbook {
    pub(super) fn open(package: &mut Package<'_>) -> Result<Self, PatchError> {
        let missing = || PatchError::MissingPart { part: "xl/workbook.xml".to_owned() };
        let top = rels::read(package, "")?;
        let part =
            top.into_iter().find(|r| r.kind == "officeDocument").map(|r| r.target).ok_or_else(missing)?;
        let rels = rels::read(package, &part)?;
        let text = package.text(&part)?;
        let doc = Doc::parse_to(&part, &text, 4)?;
        let strict = doc.namespace(doc.root()?).is_some_and(|ns| ns == Dialect::Strict.main());
        let dialect = if strict { Dialect::Strict } else { Dialect::Transitional };
        let sheets = match doc.child(0, "sheets") {
            Some((at, _)) => doc.children(at).filter_map(|(_, n)| sheet_ref(&doc, n, &rels)).collect(),
            None => Vec::new(),
        };
        let names = match doc.child(0, "definedNames") {
            Some((at, _)) => doc
                .children(at)
                .filter_map(|(_, n)| Some((doc.value(n, "name")?.into_owned(), doc.inner_text(n))))
                .collect(),
            None => Vec::new(),
        };
        Ok(Self { part: part.clone(), dialect, sheets, rels, names })
    }

    /// The part that the workbook relates to as `kind`.
    pub(super) fn related(&self, kind: &str) -> Option<String> {
        self.rels.iter().find(|r| r.kind == kind && !r.target.is_empty()).map(|r| r.target.clone())
    }

    /// The worksheet of this name.
    pub(super) fn sheet(&self, name: &str) -> Option<&SheetRef> {
        let worksheets = || self.sheets.iter().filter(|s| s.kind == "worksheet");
        worksheets()
            .find(|s| s.name == name)
            .or_else(|| worksheets().find(|s| s.name.to_lowercase() == name.to_lowercase()))
    }

    /// `wanted`, or with a number where that is taken; 31 characters at the most.
    pub(super) fn free_sheet_name(&self, wanted: &str, taken: &[String]) -> String {
        let is_free = |name: &str| {
            let lower = name.to_lowercase();
            self.sheets.iter().map(|s| &s.name).chain(taken).all(|s| s.to_lowercase() != lower)
        };
        let clean: String = wanted.chars().filter(|c| !"[]:*?/\\".contains(*c)).collect();
        let cut = |n: usize| clean.chars().take(n).collect::<String>();
        if is_free(&cut(31)) {
            return cut(31);
        }
        (2..u32::MAX).map(|n| format!("{} ({n})", cut(24))).find(|name| is_free(name)).unwrap_or_default()
    }
}

fn sheet_ref(doc: &Doc<'_>, node: &Node, rels: &[Rel]) -> Option<SheetRef> {
    let id = doc.rel_id(node).unwrap_or_default();
    let rel = rels.iter().find(|r| r.id == id);
    Some(SheetRef {
        name: doc.value(node, "name")?.into_owned(),
        id: doc.value(node, "sheetId").and_then(|v| v.parse().ok()).unwrap_or(0),
        part: rel.map(|r| r.target.clone()).unwrap_or_default(),
        kind: rel.map(|r| r.kind.clone()).unwrap_or_default(),
    })
}

/// Puts sheets (name, relationship) first, one more last and unseen, and adds defined names, whose `local`
/// counts sheets as they then stand.
pub(super) fn add_sheets(
    package: &mut Package<'_>,
    book: &Workbook,
    first: &[(String, String)],
    last: Option<&(String, String)>,
    names: &[NewName],
) -> Result<(), PatchError> {
    let text = package.text(&book.part)?;
    let doc = Doc::parse(&book.part, &text)?;
    let missing = || PatchError::MissingElement { part: book.part.clone(), element: "sheets" };
    let (sheets_at, sheets) = doc.child(0, "sheets").ok_or_else(missing)?;
    let prefix = doc.prefix(sheets);
    let (r, declare) = match doc.prefix_of(&REL) {
        Some(prefix) => (prefix, String::new()),
        None => ("r:".to_owned(), format!(" xmlns:r=\"{}\"", book.dialect.rel())),
    };
    let top = book.sheets.iter().map(|s| s.id).max().unwrap_or(0);
    let used = |id: u32| book.sheets.iter().any(|s| s.id == id);
    let mut ids = (top.saturating_add(1)..65_534).chain(1..).filter(|id| !used(*id));
    let mut item = |(name, rel): &(String, String), state: &str| {
        let id = ids.next().unwrap_or(1);
        format!("<{prefix}sheet{declare} name=\"{}\" sheetId=\"{id}\"{state} {r}id=\"{rel}\"/>", escape(name))
    };
    let head: String = first.iter().map(|s| item(s, "")).collect();
    let tail: String = last.into_iter().map(|s| item(s, " state=\"veryHidden\"")).collect();
    let mut splices = Splices::default();
    if sheets.closed || doc.children(sheets_at).next().is_none() {
        let (range, child) = insert_child(&doc, sheets, sheets.close, &format!("{head}{tail}"));
        splices.replace(range, child);
    } else {
        splices.insert(sheets.open_end, head);
        splices.insert(sheets.close, tail);
    }
    shift_names(&doc, &mut splices, names, |id| Some(id + first.len()));
    if !first.is_empty() {
        set_views(&doc, &mut splices, |_| 0);
    }
    package.splice(&book.part, splices)
}

/// Takes sheets away by their position, with their defined names; positions of the others follow.
pub(super) fn remove_sheets(
    package: &mut Package<'_>,
    book: &Workbook,
    doomed: &[usize],
) -> Result<(), PatchError> {
    let text = package.text(&book.part)?;
    let doc = Doc::parse(&book.part, &text)?;
    let mut splices = Splices::default();
    if let Some((at, _)) = doc.child(0, "sheets") {
        for (i, (_, node)) in doc.children(at).enumerate() {
            if doomed.contains(&i) {
                splices.delete(node.start..node.end);
            }
        }
    }
    let moved = |at: usize| at - doomed.iter().filter(|d| **d < at).count();
    shift_names(&doc, &mut splices, &[], |id| (!doomed.contains(&id)).then(|| moved(id)));
    set_views(&doc, &mut splices, |at| if doomed.contains(&at) { 0 } else { moved(at) });
    package.splice(&book.part, splices)
}

/// Moves the scope of each defined name (none: the name goes), drops gouji's own, adds `new`.
fn shift_names(doc: &Doc<'_>, splices: &mut Splices, new: &[NewName], to: impl Fn(usize) -> Option<usize>) {
    let Some((at, names)) = doc.child(0, "definedNames") else {
        if !new.is_empty() {
            let prefix = doc.nodes.first().map_or("", |root| doc.prefix(root));
            let items: String = new.iter().map(|n| name_item(prefix, n)).collect();
            let text = format!("<{prefix}definedNames>{items}</{prefix}definedNames>");
            splices.insert(slot(doc, 0, "definedNames", &ORDER), text);
        }
        return;
    };
    let mut kept = 0;
    let mut gone = Vec::new();
    for (_, node) in doc.children(at) {
        let own = doc.value(node, "name").is_some_and(|n| n.starts_with(OWN_NAME));
        let local = doc.attr(node, "localSheetId");
        let id = local.as_ref().and_then(|a| a.value().parse::<usize>().ok());
        match (own, local, id.map(&to)) {
            (true, _, _) | (_, _, Some(None)) => gone.push(node.start..node.end),
            (_, Some(attr), Some(Some(id))) => {
                kept += 1;
                splices.replace(attr.at, id.to_string());
            }
            _ => kept += 1,
        }
    }
    if kept == 0 && new.is_empty() {
        if !gone.is_empty() {
            splices.delete(names.start..names.end);
        }
        return;
    }
    for range in gone {
        splices.delete(range);
    }
    let items: String = new.iter().map(|n| name_item(doc.prefix(names), n)).collect();
    if !items.is_empty() {
        let (range, child) = insert_child(doc, names, names.close, &items);
        splices.replace(range, child);
    }
}

fn name_item(prefix: &str, name: &NewName) -> String {
    let local = name.local.map(|id| format!(" localSheetId=\"{id}\"")).unwrap_or_default();
    let hidden = if name.hidden { " hidden=\"1\"" } else { "" };
    let (formula, name) = (escape(&name.formula), escape(&name.name));
    format!("<{prefix}definedName name=\"{name}\"{local}{hidden}>{formula}</{prefix}definedName>")
}

fn set_views(doc: &Doc<'_>, splices: &mut Splices, to: impl Fn(usize) -> usize) {
    for (_, view) in doc.all("workbookView") {
        for name in ["activeTab", "firstSheet"] {
            if let Some(attr) = doc.attr(view, name) {
                let at = attr.value().parse().unwrap_or(0);
                splices.replace(attr.at, to(at).to_string());
            }
        }
    }
}

/// Asks the program that opens the workbook to compute everything anew.
pub(super) fn full_calc(package: &mut Package<'_>, book: &Workbook) -> Result<(), PatchError> {
    let text = package.text(&book.part)?;
    let doc = Doc::parse_to(&book.part, &text, 2)?;
    let mut splices = Splices::default();
    match doc.child(0, "calcPr") {
        Some((_, node)) => match doc.attr(node, "fullCalcOnLoad") {
            Some(attr) => splices.replace(attr.at, "1"),
            None => splices.insert(node.attr_slot(), " fullCalcOnLoad=\"1\""),
        },
        None => {
            let prefix = doc.prefix(doc.root()?);
            let text = format!("<{prefix}calcPr fullCalcOnLoad=\"1\"/>");
            splices.insert(slot(&doc, 0, "calcPr", &ORDER), text);
        }
    }
    package.splice(&book.part, splices)
}

/// A sheet's name as formulas write it.
pub(super) fn quoted(sheet: &str) -> String {
    format!("'{}'", sheet.replace('\'', "''"))
}
