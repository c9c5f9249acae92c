//! Statistical workbooks as their offices publish them: what is drafted from one of them, checked, audited, summed.

use crate::batch::{audited as run_batch, batch, put};
use crate::forms::workbook;
use gouji::audit::{self, Options, Source, draft, own_samples};
use gouji::finding::{Lang, Outcome, Status};
use gouji::form::{Drafted, Form, load};
use std::fs;

pub(crate) fn learnt(books: &[Vec<u8>]) -> (Drafted, Form) {
    let sources: Vec<Source> = books.iter().map(|bytes| Source { name: "form.xlsx", bytes }).collect();
    let drafted = draft(&sources, "learnt", &Options::default()).unwrap();
    let form = load(&drafted.text, "learnt.toml").unwrap_or_else(|e| panic!("{e}\n{}", drafted.text));
    (drafted, form)
}

pub(crate) fn rules(form: &Form) -> Vec<&str> {
    form.rules.iter().map(|r| r.formula.as_str()).collect()
}

pub(crate) fn audited(form: &Form, bytes: &[u8]) -> Outcome {
    let options = Options { forms: vec![form.clone()].into(), ..Options::default() };
    audit::audit("a.xlsx", bytes, &options).outcome
}

/// Drafts from one filled workbook; the sample and the round trip must be clean.
pub(crate) fn sound(grid: &str) -> (Drafted, Form) {
    let book = workbook(grid);
    let (drafted, form) = learnt(std::slice::from_ref(&book));
    let outcome = audited(&form, &book);
    assert_eq!(outcome.status, Status::Clean, "{:#?}\n{}", outcome.findings, drafted.text);
    let trial = audit::trial(&form, 7).unwrap();
    assert!(trial.complaints.is_empty(), "{:#?}\n{}", trial.complaints, drafted.text);
    (drafted, form)
}

/// Responses by division: headings, blank rows, numbers beside percentages.
const DIVISIONS: &str = "Table 2 Response by division|<|<|<|<|<|<\n\
    |Yes|<|No|<|Total|<\n\
    |no.|%|no.|%|no.|%\n\
    North Divisions\n\
    Aa|37736|44.9|46343|55.1|84079|100\n\
    Bb|37153|43.6|47984|56.4|85137|100\n\
    Cc|42943|49.8|43215|50.2|86158|100\n\
    North (Total)|117832|46.1|137542|53.9|255374|100\n\
    \n\
    South Divisions\n\
    Dd|19026|54.5|15898|45.5|34924|100\n\
    Ee|29660|65.3|15792|34.7|45452|100\n\
    South (Total)|48686|60.6|31690|39.4|80376|100\n\
    \n\
    Australia\n\
    Total|166518|49.6|169232|50.4|335750|100\n\
    \n\
    (a) The boundaries are current as at 24 August 2017\n\
    (b) Includes blank responses";

#[test]
fn numbers_headed_no_stand_beside_their_percentages_in_groups_of_rows() {
    let (drafted, form) = sound(DIVISIONS);
    let block = &form.tables[0].blocks[0];
    assert_eq!((block.rows.len(), block.cols.len()), (8, 6), "{}", drafted.text);
    let rules = rules(&form);
    for expected in [
        "sum of aa to cc = north",
        "dd + ee = south",
        "north + south = total",
        "yes.no + no.no = total.no",
        "yes.no * 100 = c2 * total.no",
    ] {
        assert!(rules.contains(&expected), "{expected} is not among {rules:#?}");
    }
    assert!(!rules.iter().any(|r| r.contains("c2 + c4")), "percentages add up by themselves: {rules:#?}");
    assert!(
        drafted.doubts[0].zh.contains("当作小标题、没有数要填的行：Sheet1!A4、A10、A15"),
        "{:?}",
        drafted.doubts
    );
    let outcome = audited(&form, &workbook(&DIVISIONS.replace("|15898|", "|15988|")));
    let found: Vec<&str> = outcome.findings.iter().flat_map(|f| &f.cells).map(|c| c.sheet.as_str()).collect();
    assert_eq!((outcome.findings.len(), found.len()), (1, 1), "{:#?}", outcome.findings);
    assert_eq!(outcome.findings[0].cells[0].to_string(), "Sheet1!D11");
}

#[test]
fn labels_repeated_beside_a_table_are_no_numbers() {
    let grid = "表一 各地区人口|<|<|<||表一 续表|<|<|<\n\
        地区|合计|<|<||地区|汉族|<|<|其他|<|<\n\
        ^|小计|男|女||^|小计|男|女|小计|男|女\n\
        总计|6130|3065|3065||总计|4200|2100|2100|1930|965|965\n\
        甲县|3050|1520|1530||甲县|2100|1040|1060|950|480|470\n\
        乙县|3080|1545|1535||乙县|2100|1060|1040|980|485|495";
    let (drafted, form) = sound(grid);
    assert_eq!(form.fields.len(), 27, "{}", drafted.text);
    assert_eq!(form.tables[0].title, "表一各地区人口");
    let rules = rules(&form);
    assert!(rules.contains(&"han_zu.male + other.male = total.male"), "{rules:#?}");
    // and from a blank one
    let blank: String = grid
        .lines()
        .map(|l| {
            l.split('|').map(|t| if t.parse::<i32>().is_ok() { "" } else { t }).collect::<Vec<_>>().join("|")
                + "\n"
        })
        .collect();
    assert_eq!(learnt(&[workbook(&blank)]).1.fields.len(), 27);
}

#[test]
fn columns_with_the_same_words_for_what_is_not_known_are_columns() {
    let grid = "Region|North|South|East|Total\nA|1|N/A|N/A|1\nB|2|N/A|N/A|2\nC|30|41|52|123\nD|4|5|61|70";
    let (_, form) = learnt(&[workbook(grid)]);
    assert_eq!(form.fields.len(), 16, "four columns of four rows");
}

#[test]
fn a_total_counts_subtotals_once_and_not_their_parts() {
    let form = "项目|甲|乙|丙|合计\n沿海\n内河\n小计\n公路\n铁路\n小计\n总计";
    let (drafted, form) = learnt(&[workbook(form)]);
    let rules = rules(&form);
    for expected in
        ["yan_hai + nei_he = subtotal", "gong_lu + tie_lu = subtotal_2", "subtotal + subtotal_2 = total"]
    {
        assert!(rules.contains(&expected), "{expected} is not among {rules:#?}\n{}", drafted.text);
    }
    assert!(!rules.iter().any(|r| r.contains("sum of yan_hai")), "{rules:#?}");
}

#[test]
fn rows_below_a_blank_row_and_a_heading_are_read_in_a_blank_form_too() {
    let form = "Service|Staff|Other|Total\nSure start\nFamily support\n\nAdult care\nMemory\nTotal\n\n\
                Please send this form to the department by the end of June at the latest.";
    let (drafted, form) = learnt(&[workbook(form)]);
    let leaves: Vec<&str> =
        form.tables[0].blocks[0].rows.iter().map(|r| r.path[r.path.len() - 1].text.as_str()).collect();
    assert_eq!(leaves, ["Sure start", "Family support", "Adult care", "Memory", "Total"], "{}", drafted.text);
}

#[test]
fn what_was_spent_planned_and_spent_last_year_gives_percentages_and_growth() {
    let grid = "收入执行情况表|<|<|<|<|<\n编制单位：|某县财政局|||单位：万元\n\
        项目|预算数|执行数|完成预算%|上年数|比上年增长%\n\
        一、税收收入|86000|84210|97.9|80110|5.1\n\
        增值税|50310|49600|98.6|47000|5.5\n\
        企业所得税|35690|34610|97|33110|4.5\n\
        二、非税收入|20500|21190|103.4|22420|-5.5\n\
        专项收入|12500|13190|105.5|13920|-5.2\n\
        罚没收入|8000|8000|100|8500|-5.9\n\
        收入合计|106500|105400|99|102530|2.8";
    let (drafted, form) = sound(grid);
    let rules = rules(&form);
    for expected in [
        "zhi_xing_shu * 100 = wan_cheng_yu_suan * yu_suan_shu",
        "zhi_xing_shu * 100 - last_year * 100 = bi_shang_nian_zeng_zhang * last_year",
    ] {
        assert!(rules.contains(&expected), "{expected} is not among {rules:#?}\n{}", drafted.text);
    }
    assert!(form.fields.iter().filter(|f| f.is_rate()).count() == 14, "{}", drafted.text);
}

/// A workbook with its contents and notes beside the table.
fn with_contents() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, rows) in [
        ("Contents", vec![vec!["Table", "Title"], vec!["Table 1", "Response by State"]]),
        ("Table 1", vec![vec!["State", "Men", "Women", "Total"], vec!["Victoria", "3", "4", "7"]]),
        ("Explanatory Notes", vec![vec!["Note", "Text"], vec!["1", "More information is available"]]),
    ] {
        let page = book.add_worksheet();
        page.set_name(name).unwrap();
        for (r, row) in (0..).zip(rows) {
            for (c, text) in (0..).zip(row) {
                match text.parse::<f64>() {
                    Ok(n) => page.write_number(r, c, n).unwrap(),
                    Err(_) => page.write_string(r, c, text).unwrap(),
                };
            }
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn contents_and_notes_are_no_tables_and_that_is_told() {
    let (drafted, form) = learnt(&[with_contents()]);
    assert_eq!(form.tables.len(), 1, "{}", drafted.text);
    assert!(
        drafted.doubts[0]
            .en
            .starts_with("sheets without numbers, not read as tables: Contents, Explanatory Notes"),
        "{:?}",
        drafted.doubts
    );
}

#[test]
fn a_draft_says_what_it_finds_in_its_own_samples() {
    let book = workbook(DIVISIONS);
    let (_, form) = learnt(std::slice::from_ref(&book));
    let wrong = workbook(&DIVISIONS.replace("|15898|", "|15988|"));
    let files = [Source { name: "a.xlsx", bytes: &book }, Source { name: "b.xlsx", bytes: &wrong }];
    let told = own_samples(&files, form);
    assert!(told.zh.contains("a.xlsx：没有问题") && told.zh.contains("b.xlsx：1 处问题"), "{}", told.zh);
    assert!(told.zh.contains("Sheet1!D11"), "{}", told.zh);
    let chinese = |c: char| ('\u{3000}'..'\u{a000}').contains(&c);
    assert!(!told.en.contains(chinese), "{}", told.en);
}

const BLANKS_ARE_ZERO: &str = "项目|甲|乙|丙|合计\n东部|4000|3000|2000|9000\n西部|1200||2300|3500\n南部|||7000|7000\n合计|5200|3000|11300|19500";

#[test]
fn a_blank_that_is_0_by_the_definition_is_filled_by_no_correction_and_counts_in_the_sum() {
    let (drafted, form) = sound(BLANKS_ARE_ZERO);
    assert!(drafted.text.contains("blank = \"zero\""), "{}", drafted.text);
    let bytes = workbook(&BLANKS_ARE_ZERO.replace("|9000", "|9900"));
    let options = Options { forms: vec![form].into(), ..Options::default() };
    let audit = audit::audit("a.xlsx", &bytes, &options);
    let mended = gouji::repair(&audit, &bytes, Lang::Zh).unwrap().unwrap();
    let again = audit::audit("a.xlsx", &mended, &options).outcome;
    assert_eq!(again.fields["t1.dong_bu.total"].value, Some(9000.into()));
    assert_eq!(again.fields["t1.xi_bu.yi"].value, None, "nothing was missing there");
    let root = tempfile::tempdir().unwrap();
    put(&root.path().join("报送/甲.xlsx"), &workbook(BLANKS_ARE_ZERO));
    run_batch(&audit::batch::Batch { options, ..batch(root.path()) });
    let sums = fs::read(root.path().join("结果/汇总.xlsx")).unwrap();
    let text = format!(
        "{:?}",
        gouji::read_workbook(&Source { name: "a.xlsx", bytes: &sums }, &gouji::Limits::default())
            .unwrap()
            .book
    );
    assert!(!text.contains("空白，未计入"), "{text}");
}

#[test]
fn percentages_are_not_summed() {
    let (_, form) = sound(DIVISIONS);
    let options = Options { forms: vec![form].into(), ..Options::default() };
    let root = tempfile::tempdir().unwrap();
    for name in ["甲", "乙"] {
        put(&root.path().join(format!("报送/{name}.xlsx")), &workbook(DIVISIONS));
    }
    run_batch(&audit::batch::Batch { options: options.clone(), ..batch(root.path()) });
    let sums = fs::read(root.path().join("结果/汇总.xlsx")).unwrap();
    let outcome = audit::audit("汇总.xlsx", &sums, &options).outcome;
    assert_eq!(outcome.fields["t1.aa.yes.no"].value, Some((37736 * 2).into()));
    assert_eq!(outcome.fields["t1.aa.c2"].raw.as_deref(), Some("不汇总"));
    assert!(outcome.findings.iter().all(|f| f.severity == gouji::Severity::Info), "{:#?}", outcome.findings);
}
