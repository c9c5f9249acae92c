//! What the ids of a rule stand for: `each row of t3`, `each column of t3`, `each column group of t4`.

use super::formula::{self, Mistake, Scope};
use super::model::{Block, FieldIx, Form, Line};
use super::problem::did_you_mean;
use crate::finding::Text;
use indexmap::IndexMap;

/// One line (or group of columns) that a rule is written out for.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub(super) form: &'a Form,
    /// Id of the line or group; `where` in JSON.
    pub(super) id: String,
    /// Its label.
    pub(super) label: String,
    /// What an id names here, besides whole field ids, in the form's order.
    names: Vec<Name>,
}

#[derive(Debug)]
struct Name {
    id: String,
    field: FieldIx,
    /// Whether it is a line that replaces others, which no range holds.
    replaces: bool,
}

impl<'a> Place<'a> {
    /// The scope of a rule without `for`: whole field ids only.
    pub(super) fn whole(form: &'a Form, id: String) -> Self {
        Self { form, id, label: String::new(), names: Vec::new() }
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.names.iter().position(|n| n.id == id)
    }

    fn unknown(&self, id: &str) -> Mistake {
        let all = self.form.fields.iter().map(|f| f.id.as_str());
        let local = self.names.iter().map(|n| n.id.as_str());
        let hint = match id.split_once('.') {
            Some((head, _)) if self.form.tables.iter().any(|t| t.id == head) => did_you_mean(id, all),
            _ if self.names.is_empty() => did_you_mean(id, all),
            _ => did_you_mean(id, local),
        };
        (Text::new(format!("公式中的“{id}”不在表上"), format!("unknown name `{id}`")), hint)
    }

    /// Fields between two whole ids on one row or column of a block.
    fn between(&self, from: FieldIx, to: FieldIx) -> Option<Vec<FieldIx>> {
        let (a, b) = (self.form.field(from)?, self.form.field(to)?);
        let block = self.form.block_of(a)?;
        let along_row = a.row == b.row;
        if (a.table, a.block) != (b.table, b.block) || !(along_row || a.col == b.col) {
            return None;
        }
        let within = |f: &&FieldIx| {
            self.form.field(**f).is_some_and(|g| {
                let row = (a.row..=b.row).contains(&g.row);
                let col = (a.col..=b.col).contains(&g.col);
                row && col && self.form.is_variant(**f) == self.form.is_variant(from)
            })
        };
        let fields: Vec<FieldIx> = block.fields.iter().filter(within).copied().collect();
        (!fields.is_empty()).then_some(fields)
    }
}

impl Scope for Place<'_> {
    fn field(&self, id: &str) -> Result<FieldIx, Mistake> {
        let local = self.names.iter().find(|n| n.id == id).map(|n| n.field);
        local.or_else(|| self.form.field_ix(id)).ok_or_else(|| self.unknown(id))
    }

    fn range(&self, from: &str, to: &str) -> Result<Vec<FieldIx>, Mistake> {
        let (first, last) = (self.field(from)?, self.field(to)?);
        let fields = match (self.position(from), self.position(to)) {
            (Some(a), Some(b)) => {
                let names = self.names.get(a..=b).unwrap_or_default();
                names.iter().filter(|n| !n.replaces).map(|n| n.field).collect()
            }
            _ => self.between(first, last).unwrap_or_default(),
        };
        if fields.is_empty() {
            let message = Text::new(
                format!("“{from}”到“{to}”之间没有字段"),
                format!("expected `{from}` to stand before `{to}` on one line"),
            );
            return Err((message, Text::default()));
        }
        Ok(fields)
    }
}

/// Which of the lines a scope speaks of.
enum Chosen<'a> {
    All,
    Only(&'a str),
    Except(&'a str),
}

/// A scope without its list of lines, and that list.
fn chosen(scope: &str) -> (&str, Chosen<'_>) {
    if let Some((scope, list)) = scope.split_once(" except ") {
        return (scope, Chosen::Except(list));
    }
    match scope.split_once(" only ") {
        Some((scope, list)) => (scope, Chosen::Only(list)),
        None => (scope, Chosen::All),
    }
}

/// The ids of a list such as `a, c to e`, in which `to` names all from one line to another.
fn listed<'a>(list: &str, ids: &[&'a str]) -> Result<Vec<&'a str>, Mistake> {
    let at = |id: &str| {
        ids.iter().position(|known| *known == id).ok_or_else(|| {
            let message = Text::new(format!("没有行或列“{id}”"), format!("unknown row or column `{id}`"));
            (message, did_you_mean(id, ids.iter().copied()))
        })
    };
    let mut out = Vec::new();
    for item in list.split(',').map(str::trim).filter(|i| !i.is_empty()) {
        let words: Vec<&str> = item.split_whitespace().collect();
        let (from, to) = match words.as_slice() {
            [from, "to", to] => (at(from)?, at(to)?),
            ids if ids.contains(&"to") => return Err(not_a_list(item)),
            _ => {
                for id in words {
                    out.extend(ids.get(at(id)?));
                }
                continue;
            }
        };
        let Some(range) = ids.get(from..=to).filter(|r| !r.is_empty()) else {
            let message = Text::new(
                format!("“{item}”的先后反了"),
                format!("expected the first line of `{item}` to stand before the last"),
            );
            return Err((message, Text::default()));
        };
        out.extend(range);
    }
    Ok(out)
}

fn not_a_list(item: &str) -> Mistake {
    let message =
        Text::new(format!("看不懂“{item}”"), format!("expected an id or `A to B`, but found `{item}`"));
    let hint = Text::new(
        "各行（列）的代号之间用逗号，连续的写 A to B",
        "put commas between ids; write A to B for all from A to B",
    );
    (message, hint)
}

/// The places that a rule with this `for` and formula is written out for.
pub(super) fn places<'a>(scope: &str, formula: &str, form: &'a Form) -> Result<Vec<Place<'a>>, Mistake> {
    let (scope, chosen) = chosen(scope);
    let words: Vec<&str> = scope.split_whitespace().collect();
    let (axis, table) = match words.as_slice() {
        ["each", "row", "of", table] => (Along::Row, *table),
        ["each", "column", "of", table] => (Along::Column, *table),
        ["each", "column", "group", "of", table] => (Along::Group, *table),
        _ => {
            let message = Text::new(
                format!("看不懂适用范围“{scope}”"),
                format!("expected a scope, but found `{scope}`"),
            );
            let known = "each row of TABLE, each column of TABLE, each column group of TABLE, … except ID, ID to \
                         ID, … only ID, ID to ID";
            return Err((message, Text::new(format!("可用：{known}"), format!("known: {known}"))));
        }
    };
    let Some(table) = form.tables.iter().find(|t| t.id == table) else {
        let message = Text::new(format!("没有表“{table}”"), format!("unknown table `{table}`"));
        return Err((message, did_you_mean(table, form.tables.iter().map(|t| t.id.as_str()))));
    };
    let strips = table.blocks.chunk_by(|_, next| next.beside);
    let mut all: Vec<Vec<Place>> = strips.flat_map(|strip| strip_places(axis, strip, form)).collect();
    let ids: Vec<&str> = all.iter().flatten().map(|p| p.id.as_str()).collect();
    let taken = match &chosen {
        Chosen::All => None,
        Chosen::Only(list) => Some((listed(list, &ids)?, true)),
        Chosen::Except(list) => Some((listed(list, &ids)?, false)),
    };
    if let Some((listed, keep)) = taken {
        let listed: Vec<String> = listed.into_iter().map(str::to_owned).collect();
        for places in &mut all {
            places.retain(|p| listed.contains(&p.id) == keep);
        }
    }
    let understood =
        |places: &[Place]| places.first().is_some_and(|p| formula::condition(formula, p).is_ok());
    if all.iter().any(|p| understood(p)) {
        return Ok(all.into_iter().filter(|p| understood(p)).flatten().collect());
    }
    // None has all the names: the block with most of them will tell which is missing.
    let known = |places: &Vec<Place>| {
        places.first().map_or(0, |p| p.names.iter().filter(|n| mentions(formula, &n.id)).count())
    };
    Ok(all.into_iter().rev().max_by_key(known).unwrap_or_default())
}

fn mentions(formula: &str, name: &str) -> bool {
    formula.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).any(|w| w == name)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Along {
    Row,
    Column,
    Group,
}

/// The places of blocks that stand beside each other: a column of one id in several of them is one, with the rows of all.
fn strip_places<'a>(along: Along, strip: &[Block], form: &'a Form) -> Vec<Vec<Place<'a>>> {
    let each = strip.iter().map(|b| block_places(along, b, form));
    if along != Along::Column || strip.len() < 2 {
        return each.collect();
    }
    let mut places: Vec<(Vec<usize>, Place)> = Vec::new();
    for (side, place) in each.enumerate().flat_map(|(i, side)| side.into_iter().map(move |p| (i, p))) {
        match places.iter_mut().find(|(_, known)| known.id == place.id) {
            Some((sides, known)) => {
                sides.push(side);
                known.names.extend(place.names);
            }
            None => places.push((vec![side], place)),
        }
    }
    let mut out: IndexMap<Vec<usize>, Vec<Place>> = IndexMap::new();
    for (sides, place) in places {
        out.entry(sides).or_default().push(place);
    }
    out.into_values().collect()
}

fn block_places<'a>(along: Along, block: &Block, form: &'a Form) -> Vec<Place<'a>> {
    let width = block.cols.len();
    let at = |row: usize, col: usize| block.fields.get(row * width + col).copied();
    let named = |lines: &[Line], at: &dyn Fn(usize) -> Option<FieldIx>| {
        let name = |(i, l): (usize, &Line)| {
            Some(Name { id: l.id.clone(), field: at(i)?, replaces: !l.replaces.is_empty() })
        };
        lines.iter().enumerate().filter_map(name).collect()
    };
    let place = |line: &Line, names: Vec<Name>| Place {
        form,
        id: line.id.clone(),
        label: line.path.last().map(|l| l.text.clone()).unwrap_or_default(),
        names,
    };
    match along {
        Along::Row => {
            let rows = block.rows.iter().enumerate();
            rows.map(|(r, row)| place(row, named(&block.cols, &|c| at(r, c)))).collect()
        }
        Along::Column => {
            let cols = block.cols.iter().enumerate();
            cols.map(|(c, col)| place(col, named(&block.rows, &|r| at(r, c)))).collect()
        }
        Along::Group => groups(block, form),
    }
}

/// Groups of columns: `review.upheld` and `review.total` are the group `review`.
fn groups<'a>(block: &Block, form: &'a Form) -> Vec<Place<'a>> {
    let mut out: Vec<Place> = Vec::new();
    for (col, field) in block.cols.iter().zip(&block.fields) {
        let Some((group, name)) = col.id.rsplit_once('.') else { continue };
        let entry = Name { id: name.to_owned(), field: *field, replaces: !col.replaces.is_empty() };
        if let Some(place) = out.iter_mut().find(|p| p.id == group) {
            place.names.push(entry);
        } else {
            let label = col.path.iter().rev().nth(1).map(|l| l.text.clone()).unwrap_or_default();
            out.push(Place { form, id: group.to_owned(), label, names: vec![entry] });
        }
    }
    out
}
