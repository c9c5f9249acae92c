//! The styles part: cell formats (`xf`), and the fonts, fills and borders that they name by number.
//!
//! Nothing that is there changes. A marked cell gets a copy of its own format that differs in the fill alone,
//! put after the last, so that font, border, number format, alignment and protection stay the cell's own.

use std::collections::BTreeMap;

use super::error::PatchError;
use super::package::Package;
use super::splice::Splices;
use super::workbook::Workbook;
use super::xml::{Doc, insert_child, slot};
use super::{content_types, rels};
use crate::grid::shown;
use crate::ingest::builtin_format;
use crate::report::sheet::{BORDER, FONT, Fill, Look, StyleKind};

/// Children of `styleSheet` in the schema's order.
const ORDER: [&str; 11] = [
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
];
/// A lone cell format.
const PLAIN_XF: &str = "xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>";

/// A list of the styles part with what is to be added to it.
struct List {
    name: &'static str,
    old: Vec<String>,
    new: Vec<String>,
    there: bool,
}

impl List {
    /// The number of an item like `xml`, added if there is none.
    fn find_or_add(&mut self, xml: String) -> usize {
        if let Some(i) = self.old.iter().chain(&self.new).position(|x| *x == xml) {
            return i;
        }
        self.new.push(xml);
        self.old.len() + self.new.len() - 1
    }

    fn get(&self, i: usize) -> Option<&String> {
        self.old.get(i).or_else(|| self.new.get(i.checked_sub(self.old.len())?))
    }
}

/// The styles of a workbook, with what is to be added.
pub(super) struct Styles {
    part: String,
    prefix: String,
    fonts: List,
    fills: List,
    borders: List,
    xfs: List,
    marked: BTreeMap<(usize, Fill), usize>,
    /// Fills of formats that were asked for.
    filled: BTreeMap<usize, String>,
    kinds: BTreeMap<StyleKind, usize>,
    /// Number formats that the file defines, by their ids.
    codes: BTreeMap<u32, String>,
}

impl Styles {
    /// Reads the workbook's styles; a workbook without gets a part that says nothing yet.
    pub(super) fn open(package: &mut Package<'_>, book: &Workbook) -> Result<Self, PatchError> {
        let part = match book.related("styles").filter(|part| package.has(part)) {
            Some(part) => part,
            None => create(package, book)?,
        };
        package.open_root(&part)?;
        let text = package.text(&part)?;
        let doc = Doc::parse_to(&part, &text, 2)?;
        let prefix = doc.prefix(doc.root()?).to_owned();
        let list = |name: &'static str, least: &[&str]| read_list(&doc, &prefix, name, least);
        Ok(Self {
            fonts: list("fonts", &["font/>"]),
            fills: list(
                "fills",
                &[
                    "fill><@patternFill patternType=\"none\"/></@fill>",
                    "fill><@patternFill patternType=\"gray125\"/></@fill>",
                ],
            ),
            borders: list("borders", &["border><@left/><@right/><@top/><@bottom/><@diagonal/></@border>"]),
            xfs: list("cellXfs", &[PLAIN_XF]),
            marked: BTreeMap::new(),
            filled: BTreeMap::new(),
            kinds: BTreeMap::new(),
            codes: read_codes(&doc),
            part: part.clone(),
            prefix: prefix.clone(),
        })
    }

    /// The format `xf` with the fill of a mark.
    pub(super) fn marked(&mut self, xf: usize, fill: Fill) -> Result<usize, PatchError> {
        if let Some(id) = self.marked.get(&(xf, fill)) {
            return Ok(*id);
        }
        let fill_id = self.solid(fill.rgb());
        let id = self.with_fill(xf, fill_id)?;
        self.marked.insert((xf, fill), id);
        Ok(id)
    }

    /// The format `xf` so that a number shows as a number: dates and percentages give way to General.
    pub(super) fn plain(&mut self, xf: usize) -> Result<usize, PatchError> {
        if self.number_format(xf).is_none_or(|code| shown::is_plain(&code)) {
            return Ok(xf);
        }
        self.with(xf, &[("numFmtId", "0".to_owned())])
    }

    /// The code of a format's numbers.
    fn number_format(&self, xf: usize) -> Option<String> {
        let doc = Doc::parse_to(&self.part, self.xfs.get(xf)?, 0).ok()?;
        let id = doc.value(doc.root().ok()?, "numFmtId")?.parse().ok()?;
        Some(self.codes.get(&id).cloned().unwrap_or_else(|| builtin_format(id).to_owned()))
    }

    /// The format `xf` with the fill numbered `fill`.
    fn with_fill(&mut self, xf: usize, fill: usize) -> Result<usize, PatchError> {
        self.with(xf, &[("fillId", fill.to_string()), ("applyFill", "1".to_owned())])
    }

    /// The format `xf` with other attributes.
    fn with(&mut self, xf: usize, attrs: &[(&str, String)]) -> Result<usize, PatchError> {
        let plain = format!("<{}{PLAIN_XF}", self.prefix);
        let source = self.xfs.get(xf).or_else(|| self.xfs.get(0)).cloned().unwrap_or(plain);
        let doc = Doc::parse_to(&self.part, &source, 0)?;
        let root = doc.root()?;
        let mut splices = Splices::default();
        for (name, value) in attrs {
            match doc.attr(root, name) {
                Some(attr) => splices.replace(attr.at, value.clone()),
                None => splices.insert(root.attr_slot(), format!(" {name}=\"{value}\"")),
            }
        }
        let (copy, _) = splices.apply(&self.part, &source)?;
        Ok(self.xfs.find_or_add(copy))
    }

    /// The fill of format `xf`, as its XML without prefixes.
    pub(super) fn fill_of(&mut self, xf: usize) -> String {
        if let Some(known) = self.filled.get(&xf) {
            return known.clone();
        }
        let fill = self.read_fill(xf).unwrap_or_default();
        self.filled.insert(xf, fill.clone());
        fill
    }

    fn read_fill(&self, xf: usize) -> Option<String> {
        let id = self.fill_id(xf)?;
        let xml = self.fills.get(id)?;
        Some(if self.prefix.is_empty() { xml.clone() } else { xml.replace(self.prefix.as_str(), "") })
    }

    fn fill_id(&self, xf: usize) -> Option<usize> {
        let source = self.xfs.get(xf)?;
        let doc = Doc::parse_to(&self.part, source, 0).ok()?;
        doc.value(doc.root().ok()?, "fillId").map_or(Some(0), |v| v.parse().ok())
    }

    /// The format `xf` with the fill that [`Self::fill_of`] once gave.
    pub(super) fn refilled(&mut self, xf: usize, fill: &str) -> Result<usize, PatchError> {
        let doc = Doc::parse(&self.part, fill)?;
        let mut splices = Splices::default();
        for node in &doc.nodes {
            splices.insert(node.start + 1, self.prefix.clone());
            if !node.closed {
                splices.insert(node.close + 2, self.prefix.clone());
            }
        }
        let (xml, _) = splices.apply(&self.part, fill)?;
        let id = self.fills.find_or_add(xml);
        self.with_fill(xf, id)
    }

    fn solid(&mut self, rgb: &str) -> usize {
        let p = &self.prefix;
        let xml = format!(
            "<{p}fill><{p}patternFill patternType=\"solid\"><{p}fgColor rgb=\"FF{rgb}\"/>\
             <{p}bgColor indexed=\"64\"/></{p}patternFill></{p}fill>"
        );
        self.fills.find_or_add(xml)
    }

    /// The format of a cell on gouji's own sheets.
    pub(super) fn kind(&mut self, kind: StyleKind) -> usize {
        if let Some(id) = self.kinds.get(&kind) {
            return *id;
        }
        let look = kind.look();
        let font = self.font(&look);
        let font = self.fonts.find_or_add(font);
        let fill = look.fill.map_or(0, |rgb| self.solid(rgb));
        let border = if look.border { self.thin_border() } else { 0 };
        let p = &self.prefix;
        let across = if look.centre { " horizontal=\"center\"" } else { "" };
        let wrap = if look.wrap { " wrapText=\"1\"" } else { "" };
        let xf = format!(
            "<{p}xf numFmtId=\"0\" fontId=\"{font}\" fillId=\"{fill}\" borderId=\"{border}\" xfId=\"0\" \
             applyFont=\"1\" applyFill=\"1\" applyBorder=\"1\" applyAlignment=\"1\">\
             <{p}alignment{across} vertical=\"center\"{wrap}/></{p}xf>"
        );
        let id = self.xfs.find_or_add(xf);
        self.kinds.insert(kind, id);
        id
    }

    fn font(&self, look: &Look) -> String {
        let p = &self.prefix;
        let bold = if look.bold { format!("<{p}b/>") } else { String::new() };
        let under = if look.underline { format!("<{p}u/>") } else { String::new() };
        format!(
            "<{p}font>{bold}{under}<{p}sz val=\"{}\"/><{p}color rgb=\"FF{}\"/><{p}name val=\"{FONT}\"/>\
             <{p}charset val=\"134\"/></{p}font>",
            look.size, look.colour
        )
    }

    fn thin_border(&mut self) -> usize {
        let p = &self.prefix;
        let side =
            |name: &str| format!("<{p}{name} style=\"thin\"><{p}color rgb=\"FF{BORDER}\"/></{p}{name}>");
        let sides: String = ["left", "right", "top", "bottom"].into_iter().map(side).collect();
        let xml = format!("<{p}border>{sides}<{p}diagonal/></{p}border>");
        self.borders.find_or_add(xml)
    }

    /// Writes what was added.
    pub(super) fn flush(self, package: &mut Package<'_>) -> Result<(), PatchError> {
        let text = package.text(&self.part)?;
        let doc = Doc::parse_to(&self.part, &text, 2)?;
        let mut splices = Splices::default();
        for list in [&self.fonts, &self.fills, &self.borders, &self.xfs] {
            flush_list(&doc, &self.prefix, list, &mut splices);
        }
        package.splice(&self.part, splices)
    }
}

fn read_codes(doc: &Doc<'_>) -> BTreeMap<u32, String> {
    let Some((at, _)) = doc.child(0, "numFmts") else { return BTreeMap::new() };
    let code = |node| {
        Some((doc.value(node, "numFmtId")?.parse().ok()?, doc.value(node, "formatCode")?.into_owned()))
    };
    doc.children(at).filter_map(|(_, node)| code(node)).collect()
}

fn read_list(doc: &Doc<'_>, prefix: &str, name: &'static str, least: &[&str]) -> List {
    let mut old: Vec<String> = Vec::new();
    let found = doc.child(0, name);
    if let Some((at, _)) = found {
        old.extend(doc.children(at).map(|(_, n)| doc.source(n).to_owned()));
    }
    let new = if old.is_empty() {
        least.iter().map(|xml| format!("<{prefix}{}", xml.replace('@', prefix))).collect()
    } else {
        Vec::new()
    };
    List { name, old, new, there: found.is_some() }
}

fn flush_list(doc: &Doc<'_>, prefix: &str, list: &List, splices: &mut Splices) {
    if list.new.is_empty() {
        return;
    }
    let items = list.new.concat();
    let count = list.old.len() + list.new.len();
    match doc.child(0, list.name).filter(|_| list.there) {
        Some((_, node)) => {
            if let Some(attr) = doc.attr(node, "count") {
                splices.replace(attr.at, count.to_string());
            }
            let (range, child) = insert_child(doc, node, node.close, &items);
            splices.replace(range, child);
        }
        None => {
            let name = list.name;
            let text = format!("<{prefix}{name} count=\"{count}\">{items}</{prefix}{name}>");
            splices.insert(slot(doc, 0, name, &ORDER), text);
        }
    }
}

fn create(package: &mut Package<'_>, book: &Workbook) -> Result<String, PatchError> {
    let part = if package.has("xl/styles.xml") {
        package.free_name("xl/styles", ".xml")
    } else {
        "xl/styles.xml".to_owned()
    };
    let main = book.dialect.main();
    let head = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
    let text = format!(
        "{head}\n<styleSheet xmlns=\"{main}\"><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" \
         fillId=\"0\" borderId=\"0\"/></cellStyleXfs></styleSheet>"
    );
    package.create(&part, text);
    rels::add(package, &book.part, book.dialect, &[("styles", &part)])?;
    content_types::add(package, &[(part.clone(), content_types::types::STYLES)])?;
    Ok(part)
}
