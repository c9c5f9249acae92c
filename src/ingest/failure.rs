//! Why a file could not be read, in words that tell what to do.

use crate::finding::{Failure, FailureKind, Text};

fn failure(kind: FailureKind, zh: impl Into<String>, en: impl Into<String>) -> Failure {
    Failure { kind, message: Text::new(zh, en) }
}

/// Broken; `what` names the part or the fault.
pub(super) fn damaged(what: &str) -> Failure {
    failure(
        FailureKind::Damaged,
        format!("文件已损坏（{what}），请用 Excel 或 WPS 打开修复并另存为 .xlsx 后重新报送"),
        format!("the file is damaged ({what}); open it in Excel or WPS, repair it and save it as .xlsx"),
    )
}

/// Beyond a bound; `what` in both languages.
pub(super) fn too_large(zh: &str, en: &str) -> Failure {
    failure(
        FailureKind::TooLarge,
        format!("文件过大（{zh}），请只保留报表所在的工作表后重新报送"),
        format!("the file is too large ({en}); keep only the sheets that hold the form"),
    )
}

/// Protected by a password.
pub(super) fn encrypted() -> Failure {
    failure(
        FailureKind::Encrypted,
        "文件已加密，请去掉打开密码后重新报送",
        "the file is encrypted; remove the password to open and send it again",
    )
}

/// A kind of file that gouji does not read, and what to save it as.
pub(super) fn unsupported(zh: &str, en: &str, save_as: &str) -> Failure {
    failure(
        FailureKind::Unsupported,
        format!("不支持{zh}，请另存为 {save_as} 后重新报送"),
        format!("{en} is not supported; save it as {save_as}"),
    )
}

/// No workbook, document or text at all.
pub(super) fn not_a_workbook() -> Failure {
    failure(
        FailureKind::NotAWorkbook,
        "不是电子表格或文档，请用 Excel 或 WPS 另存为 .xlsx 后重新报送",
        "the file is neither a workbook nor a document; save the form as .xlsx",
    )
}

/// A package without the part that everything else hangs on, or an XML fault in a part.
pub(super) fn xml(part: &str, error: &quick_xml::Error) -> Failure {
    match error {
        quick_xml::Error::Io(e) if e.kind() == std::io::ErrorKind::FileTooLarge => unpacked_too_large(),
        _ => damaged(part),
    }
}

/// What unpacks to more than the bound.
pub(super) fn unpacked_too_large() -> Failure {
    too_large("解压后的内容超出上限", "its unpacked content is beyond the limit")
}

/// More cells than the bound.
pub(super) fn too_many_cells() -> Failure {
    too_large("单元格过多", "too many cells")
}
