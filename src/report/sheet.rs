//! A sheet that gouji adds to a workbook, as plain data: rows of text, numbers and links with a style each.
//!
//! It knows nothing of a file format; `patch` turns it into bytes. Its styles are kinds,
//! not fonts and colours, so that every place where a sheet is shown agrees.

use crate::finding::Severity;
use crate::grid::{CellRef, Range};

/// A sheet to add, before the office's own.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NewSheet {
    /// Name on the tab; changed by a number where the office has a sheet of that name.
    pub name: String,
    /// Column widths in characters of the default font, from column A.
    pub widths: Vec<f64>,
    /// Rows from the first, blank ones included.
    pub rows: Vec<Row>,
    /// Merged ranges.
    pub merges: Vec<Range>,
    /// Range with filter buttons; its first row is the header.
    pub autofilter: Option<Range>,
    /// How many rows stay in view when scrolling.
    pub freeze_rows: u32,
    /// Whether it prints across the long side of A4; always fitted to the page's width.
    pub landscape: bool,
    /// First and last row (from 0) printed at the top of each page.
    pub repeat_rows: Option<(u32, u32)>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// Height in points; the program's default if absent.
    pub height: Option<f64>,
    /// Its cells, by ascending column.
    pub cells: Vec<NewCell>,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCell {
    /// Column, from 0.
    pub col: u32,
    /// What stands in it.
    pub content: Content,
    /// How it looks.
    pub style: StyleKind,
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Nothing; for borders and fills.
    Blank,
    /// Text, line breaks allowed.
    Text(String),
    /// A number, as its exact decimal text.
    Number(String),
    /// Text that leads to a cell of the workbook.
    Link {
        /// Sheet that is linked to.
        sheet: String,
        /// Cell on it.
        cell: CellRef,
        /// What the reader sees.
        text: String,
    },
}

/// Looks of a cell, by what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StyleKind {
    /// The sheet's title.
    Title,
    /// A line of plain prose, no border.
    Note,
    /// The verdict where there are errors.
    Fail,
    /// The verdict where there are only warnings.
    Doubt,
    /// The verdict where all is well.
    Pass,
    /// Head of a table.
    Heading,
    /// Cell of a table, wrapped.
    Body,
    /// Cell of a table, centred.
    Centre,
    /// Cell of a table that says error.
    Error,
    /// Cell of a table that says warning.
    Warning,
    /// Cell of a table that is information.
    Info,
    /// Cell of a table that is as it should be, or was corrected.
    Good,
    /// Cell of a table that leads elsewhere.
    Link,
    /// Cell of a table that the reader may write in.
    Input,
}

impl StyleKind {
    /// Every kind, in the order in which styles are written.
    pub const ALL: [Self; 14] = [
        Self::Title,
        Self::Note,
        Self::Fail,
        Self::Doubt,
        Self::Pass,
        Self::Heading,
        Self::Body,
        Self::Centre,
        Self::Error,
        Self::Warning,
        Self::Info,
        Self::Good,
        Self::Link,
        Self::Input,
    ];
}

/// What a coloured cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fill {
    /// Worth knowing.
    Info,
    /// Changed by gouji.
    Corrected,
    /// Probably wrong.
    Warning,
    /// Wrong.
    Error,
}

impl Fill {
    /// Its colour as RRGGBB.
    pub const fn rgb(self) -> &'static str {
        match self {
            Self::Info => "DDEBF7",
            Self::Corrected => "C6EFCE",
            Self::Warning => "FFEB9C",
            Self::Error => "FFC7CE",
        }
    }
}

impl From<Severity> for Fill {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Info => Self::Info,
            Severity::Warning => Self::Warning,
            Severity::Error => Self::Error,
        }
    }
}

/// Font, fill and alignment of a [`StyleKind`], as a writer needs them.
#[allow(
    clippy::struct_excessive_bools,
    reason = "properties of a cell that are there or not, as in the format"
)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// Font size in points.
    pub size: f64,
    /// Bold face.
    pub bold: bool,
    /// Font colour as RRGGBB.
    pub colour: &'static str,
    /// Underlined, as links are.
    pub underline: bool,
    /// Fill colour as RRGGBB.
    pub fill: Option<&'static str>,
    /// Thin grey border on all sides.
    pub border: bool,
    /// Centred across.
    pub centre: bool,
    /// Wrapped at the cell's width.
    pub wrap: bool,
}

/// The font of gouji's own sheets.
pub const FONT: &str = "宋体";
/// Colour of the thin borders, as RRGGBB.
pub const BORDER: &str = "BFBFBF";

impl StyleKind {
    /// How cells of this kind look.
    pub const fn look(self) -> Look {
        let cell = Look {
            size: 11.0,
            bold: false,
            colour: "000000",
            underline: false,
            fill: None,
            border: true,
            centre: false,
            wrap: true,
        };
        match self {
            Self::Title => Look { size: 16.0, bold: true, border: false, wrap: false, ..cell },
            Self::Note => Look { border: false, wrap: false, ..cell },
            Self::Fail => verdict("9C0006", Fill::Error),
            Self::Doubt => verdict("7F6000", Fill::Warning),
            Self::Pass => verdict("006100", Fill::Corrected),
            Self::Heading => {
                Look { bold: true, colour: "FFFFFF", fill: Some("305496"), centre: true, ..cell }
            }
            Self::Body => cell,
            Self::Centre => Look { centre: true, ..cell },
            Self::Error => Look { colour: "9C0006", fill: Some(Fill::Error.rgb()), centre: true, ..cell },
            Self::Warning => Look { colour: "7F6000", fill: Some(Fill::Warning.rgb()), centre: true, ..cell },
            Self::Info => Look { colour: "1F4E78", fill: Some(Fill::Info.rgb()), centre: true, ..cell },
            Self::Good => Look { colour: "006100", fill: Some(Fill::Corrected.rgb()), centre: true, ..cell },
            Self::Link => Look { colour: "0563C1", underline: true, ..cell },
            Self::Input => Look { fill: Some("FFFFF2"), ..cell },
        }
    }
}

const fn verdict(colour: &'static str, fill: Fill) -> Look {
    Look {
        size: 14.0,
        bold: true,
        colour,
        underline: false,
        fill: Some(fill.rgb()),
        border: false,
        centre: false,
        wrap: false,
    }
}
