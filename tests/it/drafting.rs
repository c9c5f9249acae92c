//! A newcomer's workbooks: what is drafted from them, audited by the draft, and told to look at.

use crate::forms::workbook;
use gouji::audit::{self, Options, Source, draft};
use gouji::finding::{Outcome, Status};
use gouji::form::{Form, load};

/// The draft from some workbooks.
fn drafted(books: &[Vec<u8>]) -> String {
    let sources: Vec<Source> = books.iter().map(|bytes| Source { name: "form.xlsx", bytes }).collect();
    draft(&sources, "learnt", &Options::default()).unwrap().text
}

fn loaded(text: &str) -> Form {
    load(text, "learnt.toml").unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// Scope and formula of each rule of a draft.
fn rules(text: &str) -> Vec<String> {
    loaded(text).rules.iter().map(|r| format!("{}: {}", r.scope, r.formula)).collect()
}

fn audited(text: &str, book: &str) -> Outcome {
    let options = Options { forms: vec![loaded(text)].into(), ..Options::default() };
    audit::audit("a.xlsx", &workbook(book), &options).outcome
}

#[test]
fn a_doctorate_an_administration_and_operations_are_no_rates() {
    let form = "Field|Doctorate recipients|Visa holders|Total\n\
                Arts\nPublic administration\nOperations\nLaw\nTotal";
    let text = drafted(&[workbook(form)]);
    assert!(!text.contains("amount"), "{text}");
    assert_eq!(
        rules(&text),
        [
            "each row of t1: doctorate_recipients + visa_holders = total",
            "each column of t1: sum of arts to law = total"
        ]
    );
    let honest = "Field|Doctorate recipients|Visa holders|Total\n\
                  Arts|1|2|3\nPublic administration|4|5|9\nOperations|6|7|13\nLaw|8|9|17\nTotal|19|23|42";
    assert_eq!(audited(&text, honest).status, Status::Clean);
}

#[test]
fn what_a_total_leaves_out_is_said_beside_it() {
    let form = "Kind|Schools|Pupils|Pupil-teacher ratio|Total\nState\nof which: rural\nPrivate\nTotal";
    let text = drafted(&[workbook(form)]);
    assert!(
        text.contains("# 没有计入合计，名称像比率：pupil_teacher_ratio（Pupil-teacher ratio）"),
        "{text}"
    );
    assert!(text.contains("# 没有计入合计，是其中项：of_which_rural（of which: rural）"), "{text}");
    assert!(text.contains("# 不适用，名称像比率：pupil_teacher_ratio"), "{text}");
}

#[test]
fn a_row_with_a_long_label_is_found_again() {
    let long = "Demography, gerontology, population studies, statistics, urban affairs and other social \
                sciences that are not elsewhere classified";
    assert!(long.chars().count() > 120);
    let filled = format!("Field|Men|Women|Total\nArts|1|2|3\n{long}|4|5|9\nTotal|5|7|12");
    let text = drafted(&[workbook(&filled)]);
    assert_eq!(audited(&text, &filled).status, Status::Clean);
    // and where somebody retyped its end
    let outcome = audited(&text, &filled.replace("elsewhere classified", "classed elsewhere"));
    assert!(outcome.findings.iter().all(|f| f.code == "S004"), "{:#?}", outcome.findings);
    assert_eq!(outcome.fields.len(), 9);
}

/// A form of 271 rows in groups of ten with subtotals, eleven columns, and an inequality for each row.
fn large_form() -> String {
    let rows: String =
        (0..271).map(|r| format!("{{ id = \"r{r}\", path = [\"Field number {r}\"] }},")).collect();
    let cols: String = (0..11).map(|c| format!("{{ id = \"c{c}\", path = [\"Column {c}\"] }},")).collect();
    let sums: String = (1..28)
        .map(|g| {
            format!(
                "[[relation]]\ncode = \"R{:03}\"\nfor = \"each column of t1\"\nholds = \"sum of r{} to r{} = r{}\"\n\
                 title = {{ zh = \"a\", en = \"a\" }}\n",
                g + 10,
                g * 10 - 9,
                (g * 10 - 1).min(270),
                if g == 1 { 0 } else { g * 10 - 10 }
            )
        })
        .collect();
    format!(
        "id = \"large\"\ntitle = {{ zh = \"大表\", en = \"a large form\" }}\nauthority = \"none\"\n\
         [[table]]\nid = \"t1\"\nname = \"T\"\ntitle = \"T\"\n[[table.block]]\nfields = \"t1.{{row}}.{{col}}\"\n\
         rows = [{rows}]\ncols = [{cols}]\n{sums}\
         [[relation]]\ncode = \"R001\"\nfor = \"each row of t1\"\nholds = \"sum of c0 to c9 = c10\"\n\
         title = {{ zh = \"a\", en = \"a\" }}\n\
         [[relation]]\ncode = \"R002\"\nfor = \"each row of t1\"\nholds = \"c0 + c1 <= c10\"\n\
         title = {{ zh = \"a\", en = \"a\" }}\n"
    )
}

#[test]
fn the_self_check_of_a_form_of_three_thousand_cells_is_soon_over() {
    let form = loaded(&large_form());
    assert_eq!(form.fields.len(), 2981);
    let began = std::time::Instant::now();
    let remarks = gouji::report::explain::remarks(&form, gouji::finding::Lang::En).concat();
    // of an inequality that follows in each of 271 rows, a few are named
    assert_eq!(remarks.matches("R002").count(), 4, "{remarks}");
    assert!(remarks.contains("R002 and 268 more alike"), "{remarks}");
    assert!(remarks.contains("  and 24 more alike"), "{remarks}");
    // it took minutes once; a slow machine without optimisation takes seconds
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
    // an audit says nothing of what is no mistake, and does not look for it
    assert_eq!(gouji::report::explain::in_short(&form).map(|t| t.en.lines().count()), None);
}

#[test]
fn what_an_office_fills_in_above_the_header_is_no_header() {
    let form = "贷款表|<|<|<|<\n填报机构：||报表日期：2020年3月||货币单位：万元\n\
                项目|国有|私人|其他|合计\n贷款余额\n新发放贷款\n有余额的户数\n合计\n填表人：|张三|复核人：|李四";
    let text = drafted(&[workbook(form)]);
    let learnt = loaded(&text);
    let block = &learnt.tables[0].blocks[0];
    assert_eq!((block.rows.len(), block.cols.len()), (4, 4), "{text}");
    assert!(block.cols.iter().all(|c| c.path.len() == 1), "{text}");
    assert!(text.contains("kind = \"amount\"\nunit = \"万元\""), "{text}");
    assert!(text.contains("path = [\"有余额的户数\"], kind = \"count\", unit = \"户\""), "{text}");
    assert_eq!(learnt.tables[0].title, "贷款表");
    let filled = form.replace("填报机构：|", "填报机构：|昆山所").replace("贷款余额", "贷款余额|1.5|2|3|6.5");
    let outcome = audited(&text, &filled);
    assert_eq!(outcome.office.as_deref(), Some("昆山所"), "{outcome:#?}");
    assert_eq!(outcome.year, Some(2020));
}

#[test]
fn letters_that_number_the_columns_are_no_labels() {
    let form = "序号|项目|A|B|B1|C\n^|^|国有|私人|其中：小微|合计\n1|甲类\n2|乙类\n3|合计";
    let text = drafted(&[workbook(form)]);
    let paths: Vec<String> = loaded(&text).tables[0].blocks[0]
        .cols
        .iter()
        .map(|c| c.path.iter().map(|l| l.text.clone()).collect::<Vec<_>>().join("/"))
        .collect();
    assert_eq!(paths, ["国有", "私人", "其中：小微", "合计"], "{text}");
    // letters that are the labels stay
    let bands = drafted(&[workbook("Dwellings|A|B|C|Total\nHouses\nFlats\nTotal")]);
    assert_eq!(loaded(&bands).tables[0].blocks[0].cols.len(), 4, "{bands}");
    assert!(bands.contains("path = [\"A\"]"), "{bands}");
}

#[test]
fn a_text_in_a_number_cell_takes_no_column_away_and_is_told() {
    let form = "项目|国有|私人|其他|合计\n甲类\n乙类|见附件|见附件|见附件\n丙类\n合计";
    let bytes = workbook(form);
    let drafted =
        draft(&[Source { name: "form.xlsx", bytes: &bytes }], "learnt", &Options::default()).unwrap();
    let learnt = loaded(&drafted.text);
    let block = &learnt.tables[0].blocks[0];
    assert_eq!((block.rows.len(), block.cols.len()), (4, 4), "{}", drafted.text);
    let doubts: Vec<&str> = drafted.doubts.iter().map(|d| d.zh.as_str()).collect();
    assert_eq!(doubts, ["数字格里有文字：Sheet1!B3、C3、D3；不是要填的内容就从样表里删去"]);
}

/// A table whose total leaves a column out in its lower rows, and a cell that holds another formula.
fn computed() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    for (c, text) in (0..).zip(["项目", "甲", "乙", "个人", "合计"]) {
        page.write_string(0, c, text).unwrap();
    }
    for row in 1..8 {
        page.write_string(row, 0, format!("第{row}类")).unwrap();
        let last = if row < 5 { 'D' } else { 'C' };
        page.write_formula(row, 4, format!("=SUM(B{n}:{last}{n})", n = row + 1).as_str()).unwrap();
    }
    page.write_formula(7, 4, "=MAX(B8:D8)").unwrap();
    page.write_number(3, 6, 12).unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn a_formula_of_some_rows_is_a_relation_of_these_rows() {
    let bytes = computed();
    let drafted =
        draft(&[Source { name: "form.xlsx", bytes: &bytes }], "learnt", &Options::default()).unwrap();
    assert_eq!(
        rules(&drafted.text),
        [
            "each row of t1 only di_5_lei, di_6_lei: jia + yi = total",
            "each row of t1 except di_5_lei to di_7_lei: sum of jia to ge_ren = total"
        ]
    );
    let doubts: Vec<&str> = drafted.doubts.iter().map(|d| d.zh.as_str()).collect();
    assert_eq!(
        doubts,
        [
            "G 列有数或公式，但没有读成表的一栏或一行：Sheet1!G4",
            "有公式没有用上，关系请自己写：Sheet1!E8 =MAX(B8:D8)"
        ]
    );
}

#[test]
fn relations_that_contradict_each_other_are_named() {
    let form = loaded(&drafted(&[workbook("项目|甲|乙|合计\n东部\n西部\n合计")]).replace(
        "holds = \"jia + yi = total\"",
        "holds = \"jia + yi = total\"\ntitle = { zh = \"a\", en = \"a\" }\n[[relation]]\ncode = \"R009\"\n\
             for = \"each row of t1 only dong_bu\"\nholds = \"jia = total\"",
    ));
    let remarks = gouji::report::explain::remarks(&form, gouji::finding::Lang::Zh).concat();
    assert!(
        remarks
            .contains("关系互相矛盾：R001 dong_bu, R009 dong_bu 合在一起，下列字段只能为 0：t1.dong_bu.yi"),
        "{remarks}"
    );
}

#[test]
fn a_rule_may_name_lines_by_their_range() {
    let text = |scope: &str| {
        drafted(&[workbook("项目|甲|乙|合计\n东部\n西部\n南部\n北部")])
            .replace("for = \"each row of t1\"", &format!("for = \"each row of t1 {scope}\""))
    };
    let places = |scope: &str| -> Vec<String> {
        loaded(&text(scope)).relations.iter().map(|r| r.place.clone()).collect()
    };
    assert_eq!(places("except xi_bu to nan_bu"), ["dong_bu", "bei_bu"]);
    assert_eq!(places("only dong_bu, nan_bu to bei_bu"), ["dong_bu", "nan_bu", "bei_bu"]);
    let mistake =
        |scope: &str| load(&text(scope), "a.toml").expect_err("a mistake").render(gouji::finding::Lang::Zh);
    let turned = mistake("except nan_bu to xi_bu");
    assert!(turned.contains("“nan_bu to xi_bu”的先后反了"), "{turned}");
    assert!(mistake("only xi_bu to").contains("连续的写 A to B"), "{}", mistake("only xi_bu to"));
    assert!(mistake("only r22").contains("没有行或列“r22”"), "{}", mistake("only r22"));
}

#[test]
fn a_cell_that_no_sample_fills_in_leaves_its_row_checked() {
    let sample = |k: i32| {
        format!(
            "项目|甲|乙|合计\n东部|{}|{}|{}\n西部|{}||\n南部|{}|{}|{}",
            k,
            2 * k,
            3 * k,
            5 + k,
            k * k,
            7,
            k * k + 7
        )
    };
    let text = drafted(&[workbook(&sample(1)), workbook(&sample(2)), workbook(&sample(4))]);
    assert!(text.contains("unfilled = [\"t1.xi_bu.yi\", \"t1.xi_bu.total\"]"), "{text}");
    assert!(!text.contains("blank = \"unknown\""), "{text}");
    assert_eq!(audited(&text, &sample(3)).findings.len(), 0, "{text}");
    // what should be filled in on the same row is missed
    let without = sample(3).replace("西部|8||", "西部|||");
    assert!(audited(&text, &without).findings.iter().any(|f| f.code == "V001"), "{text}");
}

#[test]
fn parts_indented_under_a_line_add_up_to_it() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    page.write_string(0, 0, "Field").unwrap();
    page.write_string(0, 1, "Doctorates").unwrap();
    let rows = [("All fields", 0), ("Science", 1), ("Physics", 2), ("Chemistry", 2), ("Arts", 1)];
    for (r, (label, indent)) in (1..).zip(rows) {
        let format = rust_xlsxwriter::Format::new().set_indent(indent);
        page.write_string_with_format(r, 0, label, &format).unwrap();
    }
    let text = drafted(&[book.save_to_buffer().unwrap()]);
    assert_eq!(
        rules(&text),
        [
            "each column of t1: science + arts = all_fields",
            "each column of t1: physics + chemistry = science"
        ]
    );
    // spaces in front of a label do the same; what overlaps is a guess
    let form = "项目|余额\n1.保函\n  1.1融资性\n  1.2非融资性\n  1.a其中：外币\n2.逾期\n  逾期60天以上\n  逾期90天以上";
    let text = drafted(&[workbook(form)]);
    let learnt = loaded(&text);
    assert!(
        text.contains("holds = \"rong_zi_xing + fei_rong_zi_xing = bao_han\"")
            && text.contains("holds = \"wai_bi <= fei_rong_zi_xing\""),
        "{text}"
    );
    assert_eq!(
        learnt.rules.iter().filter(|r| r.life.status == gouji::form::Status::Draft).count(),
        1,
        "{text}"
    );
}

#[test]
fn groups_below_a_total_are_guesses_until_samples_confirm_them() {
    let form = "分类|<|甲|乙\n1.贷款余额合计|<\n按五级分类|1.1.1正常\n^|1.1.2关注\n按逾期情况|1.2.1逾期30天\n^|1.2.2逾期60天";
    let draft_rules = |text: &str| {
        let rules = loaded(text).rules;
        rules.into_iter().filter(|r| r.life.status == gouji::form::Status::Draft).count()
    };
    let text = drafted(&[workbook(form)]);
    assert_eq!(draft_rules(&text), 2, "{text}");
    let filled = |k: i32| {
        let row = |n: i32| format!("{}|{}", n * k, n + k);
        format!(
            "分类|<|甲|乙\n1.贷款余额合计|<|{}|{}\n按五级分类|1.1.1正常|{}\n^|1.1.2关注|{}\n按逾期情况|1.2.1逾期30天|{}\n^|1.2.2逾期60天|{}",
            9 * k,
            9 + 2 * k,
            row(7),
            row(2),
            row(1),
            row(3)
        )
    };
    let text = drafted(&[workbook(&filled(2)), workbook(&filled(3)), workbook(&filled(5))]);
    assert_eq!(draft_rules(&text), 0, "what samples contradict is left out: {text}");
    assert!(text.contains("holds = \"zheng_chang + guan_zhu = dai_kuan_yu_e_he_ji\""), "{text}");
}

#[test]
fn a_part_of_a_column_beside_it_is_known_as_such() {
    let form = "项目|按控股|<|<|合计\n^|国有|私人||^\n^|^|^|其中：小微|^\n甲类\n乙类";
    let text = drafted(&[workbook(form)]);
    assert!(text.contains("path = [\"按控股\", \"私人\", \"其中：小微\"]"), "{text}");
    assert!(text.contains("holds = \"xiao_wei <= si_ren\""), "{text}");
    assert!(rules(&text).contains(&"each row of t1: guo_you + si_ren = total".to_owned()), "{text}");
    let filled = form.replace("甲类", "甲类|1|2|1|3").replace("乙类", "乙类|4|5|3|9");
    assert_eq!(audited(&text, &filled).status, Status::Clean);
}

#[test]
fn a_title_that_ends_with_its_year_is_a_title_and_a_note_of_the_unit_is_none() {
    let form = "Table 22|<|<\nDoctorate recipients, by subfield of study: 2017|<|<\n(Number)|<|<\n\
                Field|Men|Women\nArts\nLaw";
    let learnt = loaded(&drafted(&[workbook(form)]));
    assert_eq!(learnt.tables[0].title, "Doctorate recipients, by subfield of study: 2017");
    assert_eq!(learnt.title.en, "Table 22");
}
