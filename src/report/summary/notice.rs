//! 问题告知单: what an office has to mend, on a page of its own.

use super::docx::{Document, Look};
use super::entry::{Archive, Entry, Item};
use super::overview::{Office, Overview};
use crate::finding::{Severity, Text};

/// Relations of one error that are written out.
const SUMS: usize = 6;

/// The notice for an office, as a Word document; none where it has no errors.
///
/// # Errors
/// When the document cannot be made, which only memory can cause.
pub fn notice(all: &Overview, office: usize, archive: &dyn Archive) -> Option<std::io::Result<Vec<u8>>> {
    let (_, entry) = all.current(office)?;
    let why = all.rejected(office, all.lang);
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
    let report = if all.report.is_empty() { all.word("报表") } else { &all.report };
    let (zh, en) = (format!("{report}问题告知单"), format!("To be corrected: {report}"));
    page.paragraph(Look::Title, all.lang.pick(&zh, &en));
    page.table(&[14, 42, 14, 30], &head(all, office, entry), false);
    let useless = useless(all, entry, why);
    let wrong = useless.is_none().then_some(errors.len());
    page.paragraph(Look::Body, request(all, entry, wrong, &office.due).get(all.lang));
    if let Some(useless) = &useless {
        page.paragraph(Look::Head, all.word("一、报送的文件没有采用"));
        page.paragraph(Look::Body, useless);
    } else {
        page.paragraph(Look::Head, all.word("一、必须更正的错误"));
        page.table(&[7, 17, 44, 32], &list(all, &errors), true);
    }
    if useless.is_none() && !warnings.is_empty() {
        page.paragraph(Look::Head, all.word("二、请核实的问题（确实无误的，请写明原因）"));
        page.table(&[7, 17, 44, 32], &list(all, &warnings), true);
    }
    if let Some(copy) = entry.annotated.as_ref().filter(|_| useless.is_none()) {
        let name = copy.rsplit('/').next().unwrap_or(copy);
        let text = Text::new(
            format!("另附已标注的表格“{name}”：有问题的格子已标红，批注中写明原因和建议。"),
            format!(
                "The marked workbook {name} is enclosed: its comments say why each marked cell is wrong."
            ),
        );
        page.paragraph(Look::Body, text.get(all.lang));
    }
    page.paragraph(Look::Signature, all.word("（盖章）　　　　　"));
    page.paragraph(Look::Signature, all.word("　　　　年　　月　　日"));
    Some(page.finish())
}

/// Why nothing that the office has sent can be used.
fn useless(all: &Overview, entry: &Entry, why: Option<String>) -> Option<String> {
    let told = |why| Text::new(format!("“{}”{why}。", entry.file), format!("{}: {why}.", entry.file));
    match &entry.error {
        Some(_) if entry.locked => {
            Some(all.word("文件设有打开密码，无法审核。请取消密码后重新报送。").to_owned())
        }
        Some(error) => Some(error.clone()),
        None => why.map(|why| told(why).get(all.lang).to_owned()),
    }
}

/// The year of a submission, else that of the batch.
fn year(all: &Overview, entry: &Entry) -> Option<i32> {
    entry.year.or(all.year)
}

fn head(all: &Overview, office: &Office, entry: &Entry) -> Vec<Vec<String>> {
    let or_blank = |text: &str| if text.is_empty() { "　".to_owned() } else { text.to_owned() };
    let file = entry.file.rsplit('/').next().unwrap_or(&entry.file);
    let year = all.year.or(entry.year).map_or(String::new(), |y| format!("{y}{}", all.lang.pick("年", "")));
    let word = |zh: &str| all.word(zh).to_owned();
    vec![
        vec![word("单位"), office.name.clone(), word("年度"), year],
        vec![word("报送文件"), file.to_owned(), word("更正期限"), or_blank(&office.due)],
        vec![word("联系人"), or_blank(&office.contact), word("上级单位"), or_blank(&office.parent)],
    ]
}

/// What the office is asked to do about so many errors; or, where nothing that it has sent can be used, to send again.
fn request(all: &Overview, entry: &Entry, errors: Option<usize>, due: &str) -> Text {
    let by = match due {
        "" => Text::new("请尽快", "as soon as you can"),
        due => Text::new(format!("请于 {due} 前"), format!("by {due}")),
    };
    let (report, Text { zh, en }) = (all.report_of(year(all, entry)), by);
    match errors {
        None => {
            let report = all.reports();
            Text::new(
                format!("你单位报送的文件不能作为{report}采用，{zh}重新报送。"),
                format!("{report}: what you have sent cannot be used. Please send it again {en}."),
            )
        }
        Some(errors) => Text::new(
            format!("你单位报送的{report}表格经审核有 {errors} 处错误，{zh}更正后重新报送。"),
            format!("{report}: what you have sent has errors: {errors}. Please send it corrected {en}."),
        ),
    }
}

fn list(all: &Overview, items: &[&Item]) -> Vec<Vec<String>> {
    let heads = ["序号", "位置", "问题", "处理办法"].map(|h| all.word(h).to_owned()).to_vec();
    let rows = items.iter().zip(1..).map(|(item, n)| {
        let advice = if item.advice.is_empty() {
            all.word("请对照台账核实后更正").to_owned()
        } else {
            item.advice.clone()
        };
        let said = item.said().map(|said| format!("{}{said}", all.word("你单位说明：")));
        let told =
            std::iter::once(item.message.clone()).chain(item.sums.iter().take(SUMS).cloned()).chain(said);
        vec![
            format!("{n}"),
            item.at(all.lang),
            told.collect::<Vec<_>>().join(all.lang.pick("；", "; ")),
            advice,
        ]
    });
    std::iter::once(heads).chain(rows).collect()
}
