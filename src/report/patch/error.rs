//! Why a workbook could not be patched, and what could not be done in one that was.

use std::fmt;

use crate::finding::Text;
use crate::grid::CellRef;

/// Why no patched workbook came out; the input is untouched.
#[derive(Debug, thiserror::Error)]
pub enum PatchError {
    /// The bytes are no zip package, or one that is damaged.
    #[error("expected a zip package, but found a damaged one or none")]
    Zip(#[from] zip::result::ZipError),
    /// An entry could not be read or written.
    #[error("cannot read or write the package")]
    Io(#[from] std::io::Error),
    /// A part that every workbook has is not there.
    #[error("expected the part {part}, but the package has none")]
    MissingPart {
        /// Name of the part, or what kind of part.
        part: String,
    },
    /// A part is written in an encoding that cannot be spliced.
    #[error("expected {part} in utf-8, but found {found}")]
    Encoding {
        /// Name of the part.
        part: String,
        /// The encoding found.
        found: &'static str,
    },
    /// A part unfolds beyond any workbook's size.
    #[error("expected {part} below {limit} bytes unpacked, but found more")]
    TooLarge {
        /// Name of the part.
        part: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// A part that must change is no well-formed XML.
    #[error("expected well-formed xml in {part}, but found a fault at byte {offset}")]
    Malformed {
        /// Name of the part.
        part: String,
        /// Where reading stopped.
        offset: usize,
    },
    /// An element that must be there is not.
    #[error("expected an element {element} in {part}, but found none")]
    MissingElement {
        /// Name of the part.
        part: String,
        /// Local name of the element.
        element: &'static str,
    },
    /// A mark or an edit names a sheet that the workbook does not have.
    #[error("expected a worksheet named {sheet:?}, but the workbook has none")]
    NoSuchSheet {
        /// The name asked for.
        sheet: String,
    },
    /// A splice fell outside the part or on top of another; a fault of gouji, not of the file.
    #[error("expected splices of {part} apart from each other, but found two at byte {offset}")]
    Overlap {
        /// Name of the part.
        part: String,
        /// Where they meet.
        offset: usize,
    },
    /// A part came out of splicing broken; nothing was written.
    #[error("expected the patched {part} to parse, but found a fault at byte {offset}")]
    Broken {
        /// Name of the part.
        part: String,
        /// Where reading stopped.
        offset: usize,
    },
}

/// Something that could not be kept or done, while the rest was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatchWarning {
    /// The package was digitally signed; any change breaks a signature, so it was dropped.
    SignatureDropped,
    /// The cell holds a discussion thread, so it got a fill but no comment.
    Threaded {
        /// Sheet of the cell.
        sheet: String,
        /// The cell.
        cell: CellRef,
    },
    /// The cell is the head of a shared, array or table formula on which others rest: it was not changed.
    NotEdited {
        /// Sheet of the cell.
        sheet: String,
        /// The cell.
        cell: CellRef,
    },
    /// The drawing of the sheet's comments is not well-formed, so the cells got fills but no comments.
    NoComments {
        /// The sheet.
        sheet: String,
    },
}

impl fmt::Display for PatchWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignatureDropped => {
                write!(f, "the digital signature was dropped, since any change breaks it")
            }
            Self::Threaded { sheet, cell } => {
                write!(f, "{sheet}!{cell} holds a thread, so it got no comment")
            }
            Self::NotEdited { sheet, cell } => {
                write!(f, "{sheet}!{cell} heads a formula of several cells, so it was not changed")
            }
            Self::NoComments { sheet } => write!(f, "comments of {sheet} cannot be read, so none was added"),
        }
    }
}

impl PatchWarning {
    /// The warning for people.
    pub fn text(&self) -> Text {
        let zh = match self {
            Self::SignatureDropped => "文件原有数字签名，任何改动都会使签名失效，已去掉签名".to_owned(),
            Self::Threaded { sheet, cell } => {
                format!("{sheet}!{cell} 已有会话批注，不能再加批注，只标了颜色，详见审核结果")
            }
            Self::NotEdited { sheet, cell } => format!("{sheet}!{cell} 是一组公式的首格，没有改动"),
            Self::NoComments { sheet } => format!("{sheet} 原有的批注无法读取，没有加批注，只标了颜色"),
        };
        Text::new(zh, self.to_string())
    }
}
