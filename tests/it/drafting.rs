//! A newcomer's workbooks: what is drafted from them, audited by the draft, and told to look at.

use crate::forms::workbook;
use gouji::audit::{self, Options, Source, draft};
use gouji::finding::{Outcome, Status};
use gouji::form::{Form, load};

/// The draft from some workbooks.
fn drafted(books: &[Vec<u8>]) -> String {
    let sources: Vec<Source> = books.iter().map(|bytes| Source { name: "form.xlsx", bytes }).collect();
    draft(&sources, "learnt", &Options::default()).unwrap()
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
    assert!(remarks.contains("268 more of R002"), "{remarks}");
    assert!(remarks.contains("  24 more of R001"), "{remarks}");
    // it took minutes once; a slow machine without optimisation takes seconds
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
    // an audit says nothing of what is no mistake, and does not look for it
    assert_eq!(gouji::report::explain::in_short(&form).map(|t| t.en.lines().count()), None);
}
