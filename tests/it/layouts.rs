//! Every arrangement in `layouts/`: a form as text, in which each number says which field it is.
//!
//! `30104` is table 3, row 1, column 4 of the form of 2021; numbers below 20000 are no field's. A line
//! `# absent: 30104 …` names numbers that stay out, and then something must be told. The files are drawn by
//! `tests/layouts.py --texts`; others are written by hand. The same form is then read in every kind of file.

use gouji::form::{self, Form};
use gouji::grid::label::fold_width;
use gouji::ingest::{Limits, Source, read};
use gouji::mapping;
use gouji::mapping::identity::{Evidence, Identity};
use std::collections::{BTreeMap, BTreeSet};

/// What titles and names say where they say the year alone.
fn of_2022() -> Identity {
    Identity { year: Some(Evidence { value: 2022, source: String::new() }), ..Identity::default() }
}

pub(crate) struct Sheet {
    pub(crate) name: String,
    hidden: bool,
    pub(crate) rows: Vec<Vec<String>>,
}

pub(crate) fn parse(text: &str) -> Vec<Sheet> {
    let mut sheets: Vec<Sheet> = Vec::new();
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        if let Some((name, rest)) = line.strip_prefix('[').and_then(|l| l.split_once(']')) {
            sheets.push(Sheet { name: name.into(), hidden: rest.contains("hidden"), rows: Vec::new() });
        } else if let Some(sheet) = sheets.last_mut() {
            sheet.rows.push(line.split(" | ").map(str::to_owned).collect());
        }
    }
    sheets
}

impl Sheet {
    /// The cells that show something, each with the last row and column of its merge.
    pub(crate) fn cells(&self) -> impl Iterator<Item = ((usize, usize), (usize, usize), &str)> {
        self.rows.iter().enumerate().flat_map(move |(r, row)| {
            let shown = row.iter().enumerate().filter(|(_, x)| !matches!(x.as_str(), "" | "<" | "^"));
            shown.map(move |(c, x)| ((r, c), self.merge_from(r, c), x.as_str()))
        })
    }

    /// The last row and column of the merge that begins at a cell: `<` goes on to the right, `^` down.
    fn merge_from(&self, row: usize, col: usize) -> (usize, usize) {
        let is =
            |r: usize, c: usize, mark| self.rows.get(r).and_then(|x| x.get(c)).is_some_and(|x| x == mark);
        let right = (col + 1..self.rows[row].len()).take_while(|c| is(row, *c, "<")).last().unwrap_or(col);
        let down = (row + 1..self.rows.len()).take_while(|r| is(*r, col, "^")).last().unwrap_or(row);
        (down, right)
    }
}

/// A cell's text: `⏎` is a new line, and `'` in front makes a number a text.
pub(crate) fn shown(cell: &str) -> String {
    cell.strip_prefix('\'').unwrap_or(cell).replace('⏎', "\n")
}

pub(crate) fn workbook(sheets: &[Sheet]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let plain = rust_xlsxwriter::Format::new();
    let first_shown = sheets.iter().position(|s| !s.hidden).unwrap_or(0);
    for (i, sheet) in sheets.iter().enumerate() {
        let out = book.add_worksheet();
        out.set_name(&sheet.name).unwrap().set_hidden(sheet.hidden);
        if i == first_shown {
            out.set_active(true).set_first_tab(true);
        }
        for ((r, c), last, cell) in sheet.cells() {
            let (row, col) = (r as u32, c as u16);
            if cell.ends_with(" (hidden)") {
                out.set_row_hidden(row).unwrap();
            }
            let cell = cell.trim_end_matches(" (hidden)");
            if last != (r, c) {
                out.merge_range(row, col, last.0 as u32, last.1 as u16, "", &plain).unwrap();
            }
            match cell.parse::<f64>() {
                Ok(number) => out.write_number(row, col, number).unwrap(),
                Err(_) => out.write_string(row, col, shown(cell)).unwrap(),
            };
        }
    }
    book.save_to_buffer().unwrap()
}

pub(crate) fn form_of_2021() -> &'static Form {
    form::builtin().iter().find(|f| f.id == "xxgk-2021").expect("the form of 2021")
}

/// What number stands for each field.
fn codes(form: &Form) -> BTreeMap<&str, i64> {
    let mut codes = BTreeMap::new();
    for (t, table) in form.tables.iter().enumerate() {
        let mut row = 0;
        for block in &table.blocks {
            let width = block.cols.len();
            for (i, _) in block.rows.iter().enumerate().filter(|(_, line)| line.replaces.is_empty()) {
                row += 1;
                for (c, field) in block.fields[i * width..(i + 1) * width].iter().enumerate() {
                    let code = (t as i64 + 2) * 10_000 + row * 100 + c as i64 + 1;
                    codes.insert(form.fields[field.0 as usize].id.as_str(), code);
                }
            }
        }
    }
    codes
}

/// The numbers in a text that name fields.
fn numbers(text: &str) -> BTreeSet<i64> {
    let text: String = text.chars().map(fold_width).filter(|c| *c != ',').collect();
    let digits = text.split(|c: char| !c.is_ascii_digit()).filter(|d| d.len() == 5);
    digits.filter_map(|d| d.parse().ok()).filter(|n| (20_000..50_000).contains(n)).collect()
}

/// What is wrong with how a file was read whose numbers, but for those absent, stand in `text`.
pub(crate) fn faults(name: &str, bytes: &[u8], text: &str) -> Vec<String> {
    let codes = codes(form_of_2021());
    let book = match read(&Source { name, bytes }, &Limits::default()) {
        Ok(read) => read.book,
        Err(failure) => return vec![failure.message.zh],
    };
    let forms = mapping::Forms::builtin();
    let Some((form, found)) = mapping::best(&book, &forms, &of_2022()) else {
        return vec!["no form".into()];
    };
    let mut faults = Vec::new();
    let mut located = BTreeSet::new();
    for (field, reading) in form.fields.iter().zip(mapping::fill(&book, form, &found).readings) {
        let Some(place) = reading.place else { continue };
        let number = reading.value.and_then(|v| i64::try_from(v).ok()).unwrap_or_default();
        if reading.raw.is_some() && number == 0 {
            continue; // a mark for nothing
        }
        let own = codes.get(field.id.as_str()).map_or((20_000..50_000).contains(&number), |c| *c == number);
        if own {
            located.insert(number);
        } else {
            faults.push(format!("{} was read from {}: {:?}", field.id, place.at, reading.raw));
        }
    }
    let (heads, body): (Vec<&str>, Vec<&str>) = text.lines().partition(|l| l.starts_with('#'));
    let absent = numbers(&heads.into_iter().filter(|l| l.starts_with("# absent:")).collect::<String>());
    let present: BTreeSet<i64> = numbers(&body.join("\n")).difference(&absent).copied().collect();
    if !absent.is_empty() && found.issues.is_empty() {
        faults.push("nothing says what was left out".into());
    }
    if located != present {
        let missing: Vec<_> = present.difference(&located).take(9).collect();
        let more: Vec<_> = located.difference(&present).take(9).collect();
        faults.push(format!("not found {missing:?}, not expected {more:?}"));
    }
    faults
}

#[test]
fn every_arrangement_is_read_field_by_field() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/layouts");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    let mut wrong = String::new();
    for path in &paths {
        let text = std::fs::read_to_string(path).unwrap();
        for fault in faults("表.xlsx", &workbook(&parse(&text)), &text) {
            wrong += &format!("{}: {fault}\n", path.file_stem().unwrap_or_default().to_string_lossy());
        }
    }
    assert!(paths.len() >= 60, "{} arrangements", paths.len());
    assert!(wrong.is_empty(), "{wrong}");
}

/// The outcome of the form on one sheet with some of its words changed.
fn with_words_changed(from: &str, to: &str) -> gouji::finding::Outcome {
    let text = include_str!("layouts/one_sheet.txt");
    assert!(text.contains(from), "{from}");
    let bytes = workbook(&parse(&text.replace(from, to)));
    // the numbers name fields and balance nowhere
    let select = vec!["S".to_owned(), "V".to_owned()];
    gouji::audit::audit("表.xlsx", &bytes, &gouji::audit::Options { select, ..Default::default() }).outcome
}

#[test]
fn an_amount_is_in_the_unit_that_its_heading_states() {
    for (heading, amount) in [
        ("（单位：万元）", "20601"),
        ("（单位：元）", "2.0601"),
        ("（人民币元）", "2.0601"),
        ("（千元）", "2060.1"),
        ("", "20601"),
    ] {
        let outcome = with_words_changed("（单位：万元）", heading);
        let fee = outcome
            .fields
            .get("t2.fees.amount")
            .unwrap_or_else(|| panic!("{heading}: {:?}", outcome.findings));
        assert_eq!(fee.value.map(gouji::grid::amount::show).as_deref(), Some(amount), "{heading}");
        let told = outcome.findings.iter().any(|f| f.code == "V009");
        assert_eq!(told, amount != "20601", "{heading}");
    }
}

#[test]
fn a_column_of_last_year_is_not_taken_for_this_years() {
    for words in ["上年处理决定数量", "去年处理决定数量", "本年处理决定数量（上年）"]
    {
        let outcome = with_words_changed("本年处理决定数量", words);
        assert!(!outcome.fields.contains_key("t2.licence.decisions"), "{words}");
        assert!(outcome.findings.iter().any(|f| f.code == "S002"), "{words}");
    }
}

#[test]
fn two_years_beside_a_table_with_numbers_in_the_rows_of_their_headings_are_not_mixed() {
    let four = [
        "",
        "项目 | 结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计",
        "行政复议 | 1 | 0 | 0 | 1 | 2",
        "未经复议直接起诉 | 1 | 0 | 0 | 1 | 2",
        "复议后起诉 | 0 | 0 | 1 | 0 | 1",
    ];
    let mut lines: Vec<String> = include_str!("layouts/years_over.txt").lines().map(str::to_owned).collect();
    let first = lines.iter().position(|l| l.starts_with("三、收到")).expect("the title");
    for (line, more) in lines.iter_mut().skip(first).zip(four) {
        line.push_str(&format!(" |  | {more}"));
    }
    let bytes = workbook(&parse(&lines.join("\n")));
    let outcome = gouji::audit::audit("2022年.xlsx", &bytes, &gouji::audit::Options::default()).outcome;
    for (id, field) in outcome.fields.iter().filter(|(id, _)| id.starts_with("t3.")) {
        let is_of_2021 = field.value.is_some_and(|n| n < 30_000.into());
        assert!(!is_of_2021, "{id} at {:?}", field.cell);
    }
}

#[test]
fn noughts_and_ones_below_line_numbers_are_numbers() {
    let four = "项目 | 结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计\n\
                行政复议 | 1 | 0 | 0 | 1 | 2\n\
                未经复议直接起诉 | 1 | 0 | 0 | 1 | 2\n\
                复议后起诉 | 0 | 0 | 1 | 0 | 1\n";
    let text = format!("{}\n\n{four}", include_str!("layouts/line_numbers.txt").trim_end());
    let bytes = workbook(&parse(&text));
    let book = read(&Source { name: "表.xlsx", bytes: &bytes }, &Limits::default()).expect("a workbook").book;
    let forms = mapping::Forms::builtin();
    let (form, found) = mapping::best(&book, &forms, &of_2022()).expect("the form");
    let readings = mapping::fill(&book, form, &found).readings;
    for (field, number) in
        [("t4.review.other", 0), ("t4.direct_suit.other", 0), ("t4.suit_after_review.other", 1)]
    {
        let at = form.fields.iter().position(|f| f.id == field).expect("a field");
        assert_eq!(readings[at].value, Some(number.into()), "{field}");
    }
}

/// Rows of three labels have one cell more than the header, one row lost its leading cells, and the header comes twice.
#[test]
fn a_report_saved_as_text_is_read_number_by_number() {
    let numbers = [
        ("t2.penalty.decisions", 451),
        ("t2.coercion.decisions", 76),
        ("t3.new.natural", 3),
        ("t3.new.total", 3),
        ("t3.unavailable.not_held.natural", 1),
        ("t3.unavailable.not_held.total", 1),
        ("t3.rejected.petition.natural", 1),
        ("t3.rejected.petition.total", 1),
        ("t3.rejected.repeat.natural", 1),
        ("t3.rejected.repeat.total", 1),
        ("t3.total.natural", 3),
        ("t3.total.total", 3),
    ];
    let bytes = include_bytes!("../fixtures/reports/shiqi-2022.txt");
    let outcome = gouji::audit::audit("石碁镇.txt", bytes, &gouji::audit::Options::default()).outcome;
    assert_eq!(outcome.fields.len(), form_of_2021().printed().count());
    for (id, field) in &outcome.fields {
        let number = numbers.iter().find(|(known, _)| known == id).map_or(0, |(_, number)| *number);
        // the office left the block of reviews blank
        let expected = (!id.starts_with("t4.review.")).then(|| number.into());
        assert_eq!(field.value, expected, "{id} at {:?}", field.cell);
    }
    let errors = outcome.findings.iter().filter(|f| f.severity == gouji::Severity::Error);
    assert_eq!(errors.map(|f| f.message.zh.as_str()).collect::<Vec<_>>(), Vec::<&str>::new());
}

/// Two sheets of two years, each with the whole form: their names and titles say which is the report's, whatever year a
/// label within both of them names.
#[test]
fn of_two_sheets_of_two_years_the_later_is_read() {
    let of_year = |year: &str, others: &str| {
        let form = include_str!("layouts/one_sheet.txt").replace("2022年政府", &format!("{year}政府"));
        let form =
            form.replace("一、本年新收", "一、2022年本年新收").replace("[年报表格]", &format!("[{year}]"));
        form.replace("30101", others).replace("40101", others).replace("40303", others)
    };
    let text = format!("{}\n\n{}", of_year("2021年", "7"), of_year("2022年", "9"));
    let options = gouji::audit::Options { select: vec!["S".to_owned()], ..Default::default() };
    let outcome = gouji::audit::audit("表.xlsx", &workbook(&parse(&text)), &options).outcome;
    let codes: Vec<&str> =
        outcome.findings.iter().map(|f| f.code.as_str()).filter(|c| *c != "S004").collect();
    assert_eq!((outcome.year, codes), (Some(2022), vec!["S007"]), "{:?}", outcome.findings);
    assert_eq!(outcome.fields.len(), form_of_2021().printed().count());
    assert!(outcome.fields.values().all(|f| f.cell.sheet == "2022年"), "{:?}", outcome.fields);
}
