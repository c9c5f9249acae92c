//! Bytes of any kind of file that offices send -> [`grid::Workbook`](crate::grid::Workbook).
//!
//! The format is recognised by content; every bound on time and memory is in [`Limits`]. Documents and text
//! become sheets, so that everything after this layer is one path. Cells keep what was entered; what it means
//! is for `mapping` and `check`. Nothing is ever fetched or followed out of the file.

mod blocks;
mod bytes;
mod cfb;
mod collect;
mod csv;
mod decode;
mod docx;
mod failure;
mod format;
mod formats;
mod html;
mod limits;
mod lock;
mod markup;
mod ods;
mod package;
pub(crate) mod part;
mod r1c1;
mod room;
mod settle;
mod sniff;
mod text;
mod trace;
mod xls;
mod xlsb;
mod xlsx;
mod xml;
mod xml2003;

pub use failure::is_locked;
pub use format::Format;
pub use formats::builtin_format;
pub use limits::{Limits, PART_BYTES};
pub use lock::{Password, Unlocked, unlock};
pub use trace::{Origin, Stretch, origins};

use crate::finding::Failure;
use crate::grid::Workbook;
use sniff::{Container, Foreign, Inside};

/// A file to read.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its name; tells .et from .xls and csv from text, and nothing else.
    pub name: &'a str,
    /// Its content.
    pub bytes: &'a [u8],
}

/// A file, read.
#[derive(Debug, Clone)]
pub struct Read {
    /// What it holds.
    pub book: Workbook,
    /// What kind of file it is by its content.
    pub format: Format,
}

/// Reads a file of any known kind.
///
/// # Errors
///
/// Says why the file cannot be read and what to do about it; never panics on any bytes.
pub fn read(source: &Source<'_>, limits: &Limits) -> Result<Read, Failure> {
    let len = source.bytes.len() as u64;
    if len > limits.file_bytes {
        return Err(too_large(len, limits));
    }
    if source.bytes.is_empty() {
        return Err(failure::empty());
    }
    match sniff::container(source.bytes) {
        Container::Zip => read_package(source, limits),
        Container::Text => read_text(source, limits),
        Container::Ole => Ok(Read { book: xls::read(source.bytes, limits)?, format: workbook_97(source) }),
        Container::Biff => {
            Ok(Read { book: xls::workbook(source.bytes, limits)?, format: workbook_97(source) })
        }
        Container::BareBiff => {
            Err(save_as("Excel 4.0 及更早的工作簿", "a workbook of Excel 4.0 or earlier", ".xlsx"))
        }
        Container::Foreign(kind) => Err(foreign(kind)),
        Container::Unknown => Err(failure::not_a_workbook()),
    }
}

/// WPS writes the same bytes under another name.
fn workbook_97(source: &Source<'_>) -> Format {
    let et = source.name.rsplit_once('.').is_some_and(|(_, e)| e.eq_ignore_ascii_case("et"));
    if et { Format::Et } else { Format::Xls }
}

/// Why a file of so many bytes is not even opened.
pub fn too_large(len: u64, limits: &Limits) -> Failure {
    let (len, most) = (len >> 20, limits.file_bytes >> 20);
    failure::too_large(&format!("{len} MB，上限 {most} MB"), &format!("{len} MB, the limit is {most} MB"))
}

fn read_package(source: &Source<'_>, limits: &Limits) -> Result<Read, Failure> {
    let mut package = package::Package::open(source.bytes, limits)?;
    match sniff::inside(&mut package)? {
        Inside::Xlsx(main) => {
            let (book, format) = xlsx::read(&mut package, &main, limits)?;
            Ok(Read { book, format })
        }
        Inside::Docx(main) => {
            Ok(Read { book: docx::read(&mut package, &main, limits)?, format: Format::Docx })
        }
        Inside::Xlsb(main) => {
            Ok(Read { book: xlsb::read(&mut package, &main, limits)?, format: Format::Xlsb })
        }
        Inside::Ods => Ok(Read { book: ods::read(&mut package, limits)?, format: Format::Ods }),
        Inside::Foreign(kind) => Err(foreign(kind)),
        Inside::Files => Err(failure::zip_of_files()),
    }
}

/// Markup is told by its first element, values by what parts them; a .txt is what it says.
fn read_text(source: &Source<'_>, limits: &Limits) -> Result<Read, Failure> {
    if sniff::is_html(source.bytes) {
        return Ok(Read { book: html::read(source.bytes, limits)?, format: Format::Html });
    }
    if xml2003::is_workbook(source.bytes) {
        return Ok(Read { book: xml2003::read(source.bytes, limits)?, format: Format::Xml });
    }
    let text = decode::decode(source.bytes, None);
    let extension = source.name.rsplit_once('.').map(|(_, e)| e.to_lowercase()).unwrap_or_default();
    let format = match (extension.as_str(), csv::delimiter(&text)) {
        ("txt" | "md", _) => Format::Text,
        (_, Some('\t')) => Format::Tsv,
        (_, Some(_)) | ("csv", None) => Format::Csv,
        _ => Format::Text,
    };
    let book = if format == Format::Text { text::read(&text, limits) } else { csv::read(&text, limits) };
    Ok(Read { book: book?, format })
}

/// What to say of a kind of file that is not for gouji.
fn foreign(kind: Foreign) -> Failure {
    match kind {
        Foreign::Pdf => failure::unsupported(
            "PDF、OFD 版式文件",
            "a PDF or OFD file",
            "请打开原来的表格或文档，另存为 .xlsx 或 .docx 后报送",
            "open the workbook or document that it was made from, and save that as .xlsx or .docx",
        ),
        Foreign::Picture => failure::unsupported(
            "图片（照片、扫描件）",
            "a picture",
            "请把数字填入电子表格，另存为 .xlsx 后报送",
            "fill the numbers into a workbook and save it as .xlsx",
        ),
        Foreign::Archive => failure::unsupported(
            "rar、7z 等压缩包",
            "this kind of archive",
            "请解压后报送其中的表格，或改用 .zip 压缩后批量审核",
            "unpack it, or pack it as .zip for a batch",
        ),
        Foreign::Rtf => save_as("RTF 文档", "an RTF document", ".docx"),
        Foreign::Word => save_as(
            "Word 97–2003 或 WPS 文字文档（.doc、.wps）",
            "a Word 97–2003 or WPS document (.doc, .wps)",
            ".docx",
        ),
        Foreign::Slides => save_as("演示文稿", "a presentation", ".xlsx"),
        Foreign::WebArchive => save_as("单个文件网页（.mht）", "a single-file web page (.mht)", ".xlsx"),
    }
}

fn save_as(zh: &str, en: &str, extension: &str) -> Failure {
    let (told, told_en) = (format!("请另存为 {extension} 后重新报送"), format!("save it as {extension}"));
    failure::unsupported(zh, en, &told, &told_en)
}
