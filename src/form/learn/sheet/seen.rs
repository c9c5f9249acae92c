//! What stands on a sheet in which no table was found, for whoever has to mend it.

use super::{Labels, RowKind};
use crate::finding::Text;
use crate::grid::{CellRef, Sheet};

/// Texts of a row that are named.
const FEW: usize = 4;

/// What was seen on a sheet, and why it is no table.
pub(in crate::form::learn) fn seen(sheet: &Sheet) -> Text {
    let labels = Labels::new(sheet);
    let name = &sheet.name;
    let Some((first, last)) = extent(sheet) else {
        return Text::new(format!("工作表“{name}”是空的"), format!("sheet \"{name}\" is empty"));
    };
    let why = labels.no_header(sheet);
    Text::new(
        format!("工作表“{name}”（{first}:{last}）{}", why.zh),
        format!("sheet \"{name}\" ({first}:{last}) {}", why.en),
    )
}

/// The first and the last cell of the area that holds something.
fn extent(sheet: &Sheet) -> Option<(CellRef, CellRef)> {
    let rows = || sheet.cells.iter().map(|(at, _)| at.row);
    let cols = || sheet.cells.iter().map(|(at, _)| at.col);
    let first = CellRef::new(rows().min()?, cols().min()?);
    Some((first, CellRef::new(rows().max()?, cols().max()?)))
}

impl Labels {
    fn no_header(&self, sheet: &Sheet) -> Text {
        let Some((row, _)) = self.figures.first().copied() else {
            return Text::new(
                "只有文字，没有一行文字从左到右到最右一栏、下面又有各行标题",
                "holds texts only, and no row of them reaches the last column above labelled rows",
            );
        };
        let above = (0..row).rev().find(|r| self.kind(*r, false) != RowKind::Empty);
        let said = |row: u32| {
            let texts = sheet.row(row).iter().filter_map(|(_, c)| c.entry.raw());
            texts
                .map(|t| t.trim().to_owned())
                .filter(|t| !t.is_empty())
                .take(FEW)
                .collect::<Vec<_>>()
                .join(" | ")
        };
        let (zh, en) = match above {
            Some(r) => (
                format!("上面的第 {} 行“{}”到不了最右一栏", r + 1, said(r)),
                format!("row {} above, \"{}\", does not reach the last column", r + 1, said(r)),
            ),
            None => ("上面没有文字".to_owned(), "nothing stands above".to_owned()),
        };
        Text::new(
            format!(
                "第 {} 行“{}”就有数（不是年份），不能当表头；{zh}。列标题要是数，请在样表里写成文字（如“1月”）",
                row + 1,
                said(row)
            ),
            format!(
                "has numbers (not years) in row {} already, \"{}\", which is no header then; {en}. Where numbers head \
                 the columns, write them as texts in the sample (\"month 1\")",
                row + 1,
                said(row)
            ),
        )
    }
}
