//! Kinds of file that gouji reads.

/// What kind of file it is, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Office Open XML workbook.
    Xlsx,
    /// The same with macros.
    Xlsm,
    /// A template of it.
    Xltx,
    /// A template with macros.
    Xltm,
    /// Its binary form.
    Xlsb,
    /// Excel 97–2003.
    Xls,
    /// WPS spreadsheet, in the bytes of xls.
    Et,
    /// OpenDocument spreadsheet.
    Ods,
    /// An HTML page, or an HTML table named .xls.
    Html,
    /// SpreadsheetML 2003.
    Xml,
    /// Values with commas or semicolons between them.
    Csv,
    /// Values with tabs between them.
    Tsv,
    /// Word document.
    Docx,
    /// Plain text.
    Text,
}

impl Format {
    /// Its name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Xlsm => "xlsm",
            Self::Xltx => "xltx",
            Self::Xltm => "xltm",
            Self::Xlsb => "xlsb",
            Self::Xls => "xls",
            Self::Et => "et",
            Self::Ods => "ods",
            Self::Html => "html",
            Self::Xml => "xml",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Docx => "docx",
            Self::Text => "text",
        }
    }

    /// Whether marks can be written into the office's own file.
    pub const fn can_patch(self) -> bool {
        matches!(self, Self::Xlsx | Self::Xlsm | Self::Xltx | Self::Xltm)
    }
}
