//! 问题告知单: what an office has to mend, on a page of its own.

use super::docx::{Document, Look};
use super::entry::{Archive, Entry, Item};
use super::overview::{Office, Overview};
use crate::finding::{Lang, Severity};

/// Relations of one error that are written out.
const SUMS: usize = 6;

/// The notice for an office, as a Word document; none where it has no errors.
///
/// # Errors
/// When the document cannot be made, which only memory can cause.
pub fn notice(all: &Overview, office: usize, archive: &dyn Archive) -> Option<std::io::Result<Vec<u8>>> {
    let (_, entry) = all.current(office)?;
    let why = all.rejected(office, Lang::Zh);
    let office = all.offices.get(office)?;
    let is_right = entry.error.is_none() && why.is_none() && entry.count(Severity::Error) == 0;
    if office.nobody && !entry.is_submission() || is_right {
        return None;
    }
    let findings = archive.details(&entry.file).findings;
    let of = |severity: Severity| -> Vec<&Item> {
        findings.iter().filter(|f| f.severity == severity && f.confirmed.is_none()).collect()
    };
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    let mut page = Document::default();
    let report = if all.report.is_empty() { "报表" } else { &all.report };
    page.paragraph(Look::Title, &format!("{report}问题告知单"));
    page.table(&[14, 42, 14, 30], &head(all, office, entry), false);
    let useless = useless(entry, why);
    let wrong = useless.is_none().then_some(errors.len());
    page.paragraph(Look::Body, &request(all, entry, wrong, &office.due));
    if let Some(useless) = &useless {
        page.paragraph(Look::Head, "一、报送的文件没有采用");
        page.paragraph(Look::Body, useless);
    } else {
        page.paragraph(Look::Head, "一、必须更正的错误");
        page.table(&[6, 18, 44, 32], &list(&errors), true);
    }
    if useless.is_none() && !warnings.is_empty() {
        page.paragraph(Look::Head, "二、请核实的问题（确实无误的，请写明原因）");
        page.table(&[6, 18, 44, 32], &list(&warnings), true);
    }
    if let Some(copy) = entry.annotated.as_ref().filter(|_| useless.is_none()) {
        let name = copy.rsplit('/').next().unwrap_or(copy);
        page.paragraph(
            Look::Body,
            &format!("另附已标注的表格“{name}”：有问题的格子已标红，批注中写明原因和建议。"),
        );
    }
    page.paragraph(Look::Signature, "（盖章）　　　　　");
    page.paragraph(Look::Signature, "　　　　年　　月　　日");
    Some(page.finish())
}

/// Why nothing that the office has sent can be used.
fn useless(entry: &Entry, why: Option<String>) -> Option<String> {
    match (&entry.error, why) {
        (Some(_), _) if entry.locked => Some("文件设有打开密码，无法审核。请取消密码后重新报送。".to_owned()),
        (Some(error), _) => Some(error.clone()),
        (None, why) => why.map(|why| format!("“{}”{why}。", entry.file)),
    }
}

/// The year of a submission, else that of the batch.
fn year(all: &Overview, entry: &Entry) -> Option<i32> {
    entry.year.or(all.year)
}

fn head(all: &Overview, office: &Office, entry: &Entry) -> Vec<Vec<String>> {
    let or_blank = |text: &str| if text.is_empty() { "　".to_owned() } else { text.to_owned() };
    let file = entry.file.rsplit('/').next().unwrap_or(&entry.file);
    let year = all.year.or(entry.year).map_or(String::new(), |y| format!("{y}年"));
    vec![
        vec!["单位".to_owned(), office.name.clone(), "年度".to_owned(), year],
        vec!["报送文件".to_owned(), file.to_owned(), "更正期限".to_owned(), or_blank(&office.due)],
        vec!["联系人".to_owned(), or_blank(&office.contact), "上级单位".to_owned(), or_blank(&office.parent)],
    ]
}

/// What the office is asked to do about so many errors; or, where nothing that it has sent can be used, to send again.
fn request(all: &Overview, entry: &Entry, errors: Option<usize>, due: &str) -> String {
    let by = if due.is_empty() { "请尽快".to_owned() } else { format!("请于 {due} 前") };
    match errors {
        None => format!("你单位报送的文件不能作为{}采用，{by}重新报送。", all.reports()),
        Some(errors) => {
            let report = all.report_of(year(all, entry));
            format!("你单位报送的{report}表格经审核有 {errors} 处错误，{by}更正后重新报送。")
        }
    }
}

fn list(items: &[&Item]) -> Vec<Vec<String>> {
    let heads = ["序号", "位置", "问题", "处理办法"].map(str::to_owned).to_vec();
    let rows = items.iter().zip(1..).map(|(item, n)| {
        let advice = if item.advice.is_empty() {
            "请对照台账核实后更正".to_owned()
        } else {
            item.advice.clone()
        };
        let said = item.said().map(|said| format!("你单位说明：{said}"));
        let told =
            std::iter::once(item.message.clone()).chain(item.sums.iter().take(SUMS).cloned()).chain(said);
        vec![format!("{n}"), item.at(), told.collect::<Vec<_>>().join("；"), advice]
    });
    std::iter::once(heads).chain(rows).collect()
}
