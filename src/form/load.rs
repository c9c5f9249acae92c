//! TOML -> form.

use super::model::{Block, Field, FieldIx, Form, Kind, Label, Line, Relation, Table, Unit};
use crate::finding::Text;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct RawForm {
    id: String,
    title: Text,
    authority: String,
    since: Option<i32>,
    until: Option<i32>,
    table: Vec<RawTable>,
    #[serde(default)]
    aliases: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    relation: Vec<RawRelation>,
}
#[derive(Deserialize)]
struct RawTable {
    id: String,
    name: String,
    title: String,
    block: Vec<RawBlock>,
}
#[derive(Deserialize)]
struct RawBlock {
    band: Option<String>,
    corner: Option<String>,
    fields: String,
    kind: Option<String>,
    unit: Option<String>,
    #[serde(default)]
    kinds: BTreeMap<String, String>,
    rows: Vec<RawLine>,
    cols: Vec<RawLine>,
}
#[derive(Deserialize)]
struct RawLine {
    id: String,
    #[serde(default)]
    path: Vec<String>,
    #[serde(default)]
    replaces: Vec<String>,
}
#[derive(Deserialize)]
struct RawRelation {
    code: String,
    place: String,
    expected: Vec<String>,
    actual: Vec<String>,
}

/// TMP
pub fn load_tmp(text: &str) -> Result<Form, toml::de::Error> {
    let raw: RawForm = toml::from_str(text)?;
    let mut fields = Vec::new();
    let label =
        |t: &String| Label { text: t.clone(), aliases: raw.aliases.get(t).cloned().unwrap_or_default() };
    let line = |l: &RawLine| Line {
        id: l.id.clone(),
        path: l.path.iter().map(label).collect(),
        replaces: l.replaces.clone(),
    };
    let tables = raw
        .table
        .iter()
        .enumerate()
        .map(|(ti, t)| Table {
            id: t.id.clone(),
            name: t.name.clone(),
            title: t.title.clone(),
            blocks: t
                .block
                .iter()
                .enumerate()
                .map(|(bi, b)| {
                    let rows: Vec<Line> = b.rows.iter().map(line).collect();
                    let cols: Vec<Line> = b.cols.iter().map(line).collect();
                    let mut ix = Vec::new();
                    for (r, row) in rows.iter().enumerate() {
                        for (c, col) in cols.iter().enumerate() {
                            let id = b.fields.replace("{row}", &row.id).replace("{col}", &col.id);
                            ix.push(FieldIx(fields.len() as u32));
                            let kind = b.kinds.get(&col.id).cloned().or(b.kind.clone()).unwrap_or_default();
                            let kind = match kind.as_str() {
                                "money" => Kind::Money,
                                "signed" => Kind::SignedCount,
                                _ => Kind::Count,
                            };
                            fields.push(Field {
                                id,
                                table: ti,
                                block: bi,
                                row: r,
                                col: c,
                                kind,
                                unit: if b.unit.as_deref() == Some("万元") {
                                    Some(Unit::TenThousandYuan)
                                } else {
                                    Some(Unit::Piece)
                                },
                            });
                        }
                    }
                    Block {
                        band: b.band.as_ref().map(label),
                        corner: b.corner.as_ref().map(label),
                        rows,
                        cols,
                        fields: ix,
                    }
                })
                .collect(),
        })
        .collect();
    let find = |id: &String| fields.iter().position(|f| &f.id == id).map(|i| FieldIx(i as u32));
    let relations = raw
        .relation
        .iter()
        .map(|r| Relation {
            code: r.code.clone(),
            place: r.place.clone(),
            expected: r.expected.iter().filter_map(find).collect(),
            actual: r.actual.iter().filter_map(find).collect(),
        })
        .collect();
    Ok(Form {
        id: raw.id,
        title: raw.title,
        authority: raw.authority,
        since: raw.since,
        until: raw.until,
        tables,
        fields,
        relations,
        checks: vec![],
    })
}
