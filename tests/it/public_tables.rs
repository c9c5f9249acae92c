//! Public tables that newcomers tried: years as headings, rows named like their heading, tables carried on below,
//! marks for no number, chains of inequalities; and what is said where no table is found.

use crate::forms::workbook;
use crate::statistics::{audited, learnt, rules, sound};
use gouji::audit::{Options, Source, draft};
use gouji::finding::Status;
use gouji::form::load;

/// The ids of a draft's columns.
fn columns(form: &gouji::form::Form) -> Vec<&str> {
    form.tables[0].blocks[0].cols.iter().map(|l| l.id.as_str()).collect()
}

#[test]
fn years_head_columns_as_numbers_as_texts_and_with_a_footnote() {
    for header in [
        "Item|2017|2016|2015",
        "Item|2017|2016| 2015 *",
        "Item|2017年|2016年|2015年",
        "项目|2017|2016年度|2015",
    ] {
        let grid = format!(
            "Ridership\n\n{header}\nTokens|76106|102073|110945\nCash|36045|41536|48873\nTotal|112151|143609|159818"
        );
        let (drafted, form) = sound(&grid);
        assert_eq!(columns(&form), ["y2017", "y2016", "y2015"], "{}", drafted.text);
        assert_eq!(rules(&form), ["tokens + cash = total"]);
        let wrong = audited(&form, &workbook(&grid.replace("|143609|", "|143690|")));
        assert_eq!(wrong.findings.len(), 1, "{:#?}", wrong.findings);
        assert!(
            wrong.findings[0].cells.iter().any(|c| c.to_string().contains("C6")),
            "{:#?}",
            wrong.findings
        );
    }
}

#[test]
fn the_next_years_return_is_not_read_under_this_years_columns() {
    let grid =
        "Item|2017|2016|2015\nTokens|76106|102073|110945\nCash|36045|41536|48873\nTotal|112151|143609|159818";
    let (_, form) = sound(grid);
    let next = audited(&form, &workbook(&grid.replace("|2017|2016|2015", "|2018|2017|2016")));
    let cells: Vec<&String> = next.fields.keys().filter(|id| id.ends_with("y2017")).collect();
    assert_eq!(cells.len(), 3);
    assert_eq!(next.fields["t1.cash.y2017"].cell.to_string(), "Sheet1!C3");
    assert!(!next.fields.contains_key("t1.cash.y2015"), "nothing stands under 2015");
}

#[test]
fn years_name_rows_below_merged_areas_and_ages_name_rows_alone() {
    let by_area = "Crime by area\nArea|Year|Robbery|Burglary|Total\nNorth|2015|5473|13950|19423\n^|2016|5475|13960|19435\n\
                   South|2015|5475|13964|19439\n^|2016|5477|13974|19451";
    let (drafted, form) = sound(by_area);
    assert!(drafted.text.contains("path = [\"South\", \"2016\"]"), "{}", drafted.text);
    assert_eq!((form.fields.len(), rules(&form)), (12, vec!["robbery + burglary = total"]));
    let (drafted, form) = sound("Age|Men|Women|Total\n0|510|498|1008\n1|505|487|992\n2|522|509|1031");
    assert_eq!((form.fields.len(), rules(&form)), (9, vec!["men + women = total"]), "{}", drafted.text);
}

#[test]
fn numbers_that_look_like_years_are_numbers_in_a_row_of_their_own() {
    let grid =
        "Library|Founded|Moved|Books\nNorth|1950|1987|2013\nSouth|1961|2004|51300\nEast|1973|1999|48200";
    let (_, form) = learnt(&[workbook(grid)]);
    assert_eq!(form.fields.len(), 9);
}

#[test]
fn a_row_named_like_its_heading_is_read_and_a_group_of_one_has_its_total() {
    let grid = "Vehicle|North|South|West\nBUS\n     BUS|261113|252899|238943\n  SUB-TOTAL|261113|252899|238943\nRAIL\n\
                     SUBWAY|213012|221622|228129\n     STREETCAR|57177|49001|50123\n  SUB-TOTAL|270189|270623|278252\n  \
                SYSTEM TOTAL|531302|523522|517195";
    let (drafted, form) = sound(grid);
    let outcome = audited(&form, &workbook(grid));
    assert_eq!(outcome.fields["t1.bus.north"].cell.to_string(), "Sheet1!B3", "{}", drafted.text);
}

#[test]
fn a_blank_below_a_merged_header_is_the_headers_own_column() {
    let grid = "Area|Population|Violent crime|<|Robbery|<\n^|^| |Rate per 1,000| |Rate per 1,000\n\
                Aa|320896|1234|3.8|328|1\nBb|56184|1804|32.1|562|10\nCc|147102|4212|28.6|961|6.5";
    let (drafted, form) = sound(grid);
    assert_eq!(form.fields.len(), 15, "{}", drafted.text);
    assert!(drafted.text.contains("path = [\"Violent crime\"]"), "{}", drafted.text);
    assert!(drafted.text.contains("path = [\"Violent crime\", \"Rate per 1,000\"]"), "{}", drafted.text);
}

#[test]
fn a_table_carried_on_below_is_one_with_a_total_over_both_parts() {
    let grid = "1-6 各市人口\n单位：人\n地区|合计|男|女\n总计|2515|1258|1257\n甲市|251|120|131\n乙市|425|217|208\n丙市|674|333|341\n\
                \n1-6 续表\n单位：人\n地区|合计|男|女\n丁市|1007|510|497\n戊市|158|78|80";
    let (drafted, form) = sound(grid);
    assert_eq!(form.tables[0].blocks.len(), 1, "{}", drafted.text);
    assert_eq!(rules(&form), ["male + female = total", "sum of jia_shi to wu_shi = total"]);
    assert!(drafted.text.contains("unit = \"人\""), "{}", drafted.text);
}

#[test]
fn marks_for_no_number_are_0_where_the_sums_say_so_and_else_unknown() {
    let grid = "Item|North|South|West|East\nTokens|76106|102073|110945|111157\nTickets|13298|11807|N/A|N/A\nCash|36045|41536|N/A|49120\n\
                Total|125449|155416|110945|160277";
    let (drafted, form) = sound(grid);
    assert!(drafted.text.contains("marks = { zero = [\"N/A\"] }"), "{}", drafted.text);
    let wrong = audited(&form, &workbook(&grid.replace("|160277", "|160727")));
    assert_eq!(wrong.findings.len(), 1, "a mark is 0 in its sum: {:#?}", wrong.findings);

    let hidden = "Item|North|South|Total\nAa|11|23|34\nBb|42|x|97\nCc|53|61|114\nDd|…|17|x";
    let (drafted, form) = sound(hidden);
    assert!(drafted.text.contains("marks = { unknown = [\"x\", \"…\"] }"), "{}", drafted.text);
    let outcome = audited(&form, &workbook(hidden));
    assert_eq!(outcome.fields["t1.bb.south"].value, None);
    let wrong = audited(&form, &workbook(&hidden.replace("|34", "|43")));
    assert_eq!(wrong.findings.len(), 1, "{:#?}", wrong.findings);
}

#[test]
fn an_owner_says_for_a_form_a_table_or_a_line_what_a_mark_means() {
    let text = |form: &str, line: &str| {
        format!(
            "id = \"m\"\ntitle = {{ zh = \"表\", en = \"table\" }}\nauthority = \"x\"\n{form}\n\
             [[table]]\nid = \"t1\"\nname = \"Sheet1\"\ntitle = \"Return\"\n[[table.block]]\nfields = \"t1.{{row}}.{{col}}\"\n\
             rows = [{{ id = \"a\", path = [\"Aa\"] }}, {{ id = \"b\", path = [\"Bb\"]{line} }}, {{ id = \"t\", path = [\"Total\"] }}]\n\
             cols = [{{ id = \"n\", path = [\"North\"] }}, {{ id = \"s\", path = [\"South\"] }}]\n\
             [[relation]]\ncode = \"R001\"\nfor = \"each column of t1\"\nholds = \"a + b = t\"\n\
             title = {{ zh = \"合计\", en = \"total\" }}\n"
        )
    };
    let book = workbook("Return\n|North|South\nAa|12|13\nBb|n. a.|21\nTotal|15|34");
    let codes = |form: &str, line: &str| -> Vec<String> {
        let form = load(&text(form, line), "m.toml").unwrap_or_else(|e| panic!("{e}"));
        audited(&form, &book).findings.iter().map(|f| f.code.clone()).collect()
    };
    assert_eq!(codes("", ""), ["V003"], "nobody said what it means");
    assert_eq!(codes("marks = { unknown = [\"n.a.\"] }", ""), [""; 0]);
    assert_eq!(codes("marks = { zero = [\"n.a.\"] }", ""), ["R001"]);
    assert_eq!(codes("marks = { zero = [\"n.a.\"] }", ", marks = { unknown = [\"N.A.\"] }"), [""; 0]);
}

#[test]
fn a_chain_of_inequalities_is_a_relation_between_each_two() {
    let grid = "项目|代码|甲馆|乙馆|合计\n总数|01|500|700|1200\n成人|02|300|400|700\n外国|03|30|40|70\n\n审核关系：01≥02≥03";
    let (drafted, form) = sound(grid);
    assert_eq!(
        rules(&form),
        ["jia_guan + yi_guan = total", "r02 <= total", "r03 <= r02"],
        "{}",
        drafted.text
    );
}

#[test]
fn where_no_table_is_found_it_is_said_what_was_looked_for_and_seen() {
    let grid = "Attendance\n\nSchool|1|2|3\nNorth|40|41|42\nSouth|50|51|52";
    let book = workbook(grid);
    let failure =
        draft(&[Source { name: "a.xlsx", bytes: &book }], "a", &Options::default()).unwrap_err().message;
    for said in ["一行表头", "“Sheet1”（A1:D5）", "第 3 行“School | 1 | 2 | 3”就有数", "写成文字"]
    {
        assert!(failure.zh.contains(said), "{said} is not in {}", failure.zh);
    }
    assert!(
        failure.en.contains("Looked for: a header row") && failure.en.contains("row 3"),
        "{}",
        failure.en
    );
    assert_eq!(
        audited(&sound(&grid.replace("|1|2|3", "|month 1|month 2|month 3")).1, &book).status,
        Status::Unmapped
    );
}

#[test]
fn cells_of_another_kind_than_their_row_and_column_are_said_to_be() {
    let text = "id = \"m\"\ntitle = { zh = \"表\", en = \"table\" }\nauthority = \"x\"\n\
                [[table]]\nid = \"t1\"\nname = \"Sheet1\"\ntitle = \"Return\"\n[[table.block]]\nfields = \"t1.{row}.{col}\"\n\
                cells = [{ rows = [\"b\"], cols = [\"n\"], kind = \"amount\", roll_up = \"none\" }]\n\
                rows = [{ id = \"a\", path = [\"Aa\"] }, { id = \"b\", path = [\"Bb\"] }, { id = \"c\", path = [\"Cc\"] }]\n\
                cols = [{ id = \"n\", path = [\"North\"] }, { id = \"s\", path = [\"South\"] }]\n";
    let form = load(text, "m.toml").unwrap_or_else(|e| panic!("{e}"));
    let outcome = audited(&form, &workbook("Return\n|North|South\nAa|12|13\nBb|0.5|0.5\nCc|7|8"));
    let told: Vec<(&str, String)> =
        outcome.findings.iter().map(|f| (f.code.as_str(), f.cells[0].to_string())).collect();
    assert_eq!(told, [("V005", "Sheet1!C4".to_owned())], "a fraction is a fault in South alone");
    let errors = load(&text.replace("rows = [\"b\"], cols", "rows = [\"bb\"], cols"), "m.toml").unwrap_err();
    assert!(errors.to_string().contains("bb"), "{errors}");
}

#[test]
fn a_finding_names_a_cell_by_labels_that_no_other_has() {
    let grid = "各地区人口\n地区|汉族|<|<|回族|<|<\n^|小计|男|女|小计|男|女\n\
                甲区|300|160|140|55|30|25\n乙区|417|200|217|77|41|36\n丙区|511|250|261|99|50|49\n合计|1228|610|618|231|121|110";
    let (_, form) = sound(grid);
    let outcome = audited(&form, &workbook(&grid.replace("|77|41|36", "|77|14|36")));
    let [finding] = outcome.findings.as_slice() else { panic!("{:#?}", outcome.findings) };
    assert!(finding.message.zh.contains("“乙区”行“回族 / 男”列"), "{}", finding.message.zh);
    assert!(finding.message.en.contains("row “乙区”, column “回族 / 男”"), "{}", finding.message.en);
}

#[test]
fn of_many_ways_that_are_nearly_as_likely_none_is_called_likely() {
    let grid = "Item|North|South\nTokens|102073|111945\nSingle|27397|31323\nCash ride|1157|1582\nMonthly|195820|184509\n\
                Student|51861|48396\nWeekly|7547|8843\nCash|41536|48873\nTotal|427391|435471";
    let (_, form) = sound(grid);
    let outcome = audited(&form, &workbook(&grid.replace("|427391|", "|426391|")));
    let [finding] = outcome.findings.as_slice() else { panic!("{:#?}", outcome.findings) };
    assert!(!finding.message.zh.contains("很可能"), "{}", finding.message.zh);
    assert!(outcome.repair.changes.is_empty());
}
