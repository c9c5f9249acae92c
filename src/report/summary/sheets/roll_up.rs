//! 汇总表: the sum of all submissions that count, laid out as the official form, with what is behind each number.

use super::cut;
use crate::finding::Lang;
use crate::form::{Field, FieldIx, Form, NOT_ADDED};
use crate::report::blank::{Contents, stack};
use crate::report::summary::{Overview, Sum};
use rust_xlsxwriter::{Note, Worksheet, XlsxError};
use std::collections::BTreeMap;

/// Why there is no sum of a rate.
const RATE: &str = "百分比、平均数不能相加，不汇总";

/// Writes the sheet; each number has a note of how many offices are behind it and how many are not.
pub(in crate::report::summary) fn roll_up(
    page: &mut Worksheet,
    all: &Overview,
    form: &Form,
) -> Result<(), XlsxError> {
    let with_numbers = all.sums.iter().zip(0u32..).filter_map(|(sum, i)| Some((FieldIx(i), sum.value?)));
    let values: BTreeMap<_, _> = with_numbers.collect();
    let is_rate = |f: &FieldIx| form.field(*f).is_some_and(Field::is_rate);
    let texts: BTreeMap<_, _> = form.printed().filter(is_rate).map(|f| (f, NOT_ADDED.to_owned())).collect();
    // the form and its heading stay Chinese in every language
    let office = Some(format!("{}汇总", all.above().unwrap_or_default()));
    let contents = Contents { office, year: all.year, values, texts, ..Contents::default() };
    let cells = stack(page, form, &contents)?;
    let used = all.used().count();
    for (field, at) in cells {
        let Some(sum) = all.sum(field) else { continue };
        let told = if is_rate(&field) { all.word(RATE).to_owned() } else { behind(*sum, used, all.lang) };
        let note = Note::new(cut(&told)).set_author("勾稽").set_width(180).set_height(60);
        page.insert_note(at.row, at.col as u16, &note.add_author_prefix(false))?;
    }
    Ok(())
}

/// "12 家单位的合计；1 家空白，2 家没有这一格，未计入".
fn behind(sum: Sum, used: usize, lang: Lang) -> String {
    let mut lacking = Vec::new();
    for (n, zh, en) in [
        (sum.blanks, "空白", "blank"),
        (sum.unreadable, "不是数字", "no number"),
        (sum.absent, "没有这一格", "without this cell"),
    ] {
        if n > 0 {
            lacking.push(lang.pick(&format!("{n} 家{zh}"), &format!("{n} {en}")).to_owned());
        }
    }
    let n = sum.numbers;
    let head = lang.pick(&format!("{n} 家单位的合计"), &format!("the sum of offices: {n}")).to_owned();
    match (lacking.is_empty(), lang) {
        (true, _) if n == used => head,
        (true, Lang::Zh) => format!("{head}（采用 {used} 家）"),
        (true, Lang::En) => format!("{head} ({used} are counted)"),
        (false, Lang::Zh) => format!("{head}；{}，未计入", lacking.join("，")),
        (false, Lang::En) => format!("{head}; not in it: {}", lacking.join(", ")),
    }
}
