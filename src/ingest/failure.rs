//! Why a file could not be read, in words that tell what to do.

use crate::finding::{Failure, FailureKind, Text};

fn failure(kind: FailureKind, zh: impl Into<String>, en: impl Into<String>) -> Failure {
    Failure { kind, message: Text::new(zh, en) }
}

/// Broken; `what` names the part.
pub(super) fn damaged(what: &str) -> Failure {
    broken(what, what)
}

/// Broken; the fault in both languages.
pub(super) fn broken(zh: &str, en: &str) -> Failure {
    failure(
        FailureKind::Damaged,
        format!("文件已损坏（{zh}），请用 Excel 或 WPS 打开修复并另存为 .xlsx 后重新报送"),
        format!("the file is damaged ({en}); open it in Excel or WPS, repair it and save it as .xlsx"),
    )
}

/// Nothing is in it.
pub(super) fn empty() -> Failure {
    failure(
        FailureKind::NotAWorkbook,
        "文件是空的（0 字节），可能没有保存好或没有传完。请打开原来的表重新保存，再报送一次",
        "the file is empty (0 bytes): it was not saved or not sent whole; save the form again and send it once more",
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
        "文件有打开密码，请去掉密码后重新报送；用命令行审核时可以用 --password 给出密码",
        "the file is encrypted; remove the password and send it again, or give it with --password",
    )
}

/// Protected by another password.
pub(super) fn wrong_password() -> Failure {
    failure(
        FailureKind::Encrypted,
        "密码不对，打不开这个文件。请核对密码（注意大小写和全角半角），或去掉密码后重新报送",
        "the password is wrong; check it, or remove the password and send the file again",
    )
}

/// Whether a password would open the file: it has one, and none or another was given.
pub fn is_locked(why: &Failure) -> bool {
    [encrypted(), wrong_password()].contains(why)
}

/// Protected in a way that is not known here; `what` in both languages.
pub(super) fn unknown_lock(zh: &str, en: &str) -> Failure {
    failure(
        FailureKind::Encrypted,
        format!("文件已加密，加密方式（{zh}）不支持。请用 Excel 或 WPS 打开，去掉密码后另存为 .xlsx 再报送"),
        format!(
            "the file is encrypted in a way that is not supported ({en}); save it without a password as .xlsx"
        ),
    )
}

/// Protected by so many turns of a digest that trying a password would take too long.
pub(super) fn too_slow_lock(turns: &str, most: u32) -> Failure {
    failure(
        FailureKind::TooLarge,
        format!(
            "文件的加密参数超出上限（迭代 {turns} 次，上限 {most} 次），没有尝试打开。请去掉密码后另存为 .xlsx 再报送"
        ),
        format!(
            "its encryption asks for {turns} turns, the limit is {most}; save it without a password as .xlsx"
        ),
    )
}

/// A kind of file that gouji does not read, and what to do instead.
pub(super) fn unsupported(zh: &str, en: &str, instead_zh: &str, instead_en: &str) -> Failure {
    failure(
        FailureKind::Unsupported,
        format!("不支持{zh}，{instead_zh}"),
        format!("{en} is not supported; {instead_en}"),
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

/// A zip that is no workbook itself; it may hold some.
pub(super) fn zip_of_files() -> Failure {
    failure(
        FailureKind::NotAWorkbook,
        "这是压缩包，不是工作簿。请用 gouji batch 审核压缩包（或把它拖到程序图标上），或解压后审核其中的表格",
        "this is a zip and no workbook; audit it by gouji batch, or unpack it",
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

/// One text beyond the bound.
pub(super) fn text_too_long() -> Failure {
    too_large("一个单元格的文字过长", "the text of one cell is too long")
}

/// More shared strings than the bound.
pub(super) fn too_many_strings() -> Failure {
    too_large("文字过多", "too many shared strings")
}

/// More sheets than the bound.
pub(super) fn too_many_sheets() -> Failure {
    too_large("工作表过多", "too many sheets")
}

/// More merged ranges than the bound.
pub(super) fn too_many_merges() -> Failure {
    too_large("合并单元格过多", "too many merged ranges")
}

/// More cells than the bound.
pub(super) fn too_many_cells() -> Failure {
    too_large("单元格过多", "too many cells")
}
