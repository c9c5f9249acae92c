//! HTML: tables that a system saved under the name of a workbook, and published pages.
//!
//! html5gum tokenizes by the WHATWG rules; tables need no tree, for their tags close each other in a known way.
//! Scripts, styles and what is hidden are not read. Everything is laid on one sheet, in the page's order.

use super::blocks::{Builder, TableCell, Typed};
use super::decode::decode;
use super::limits::Limits;
use crate::finding::Failure;
use crate::grid::Workbook;
use html5gum::emitters::default::{DefaultEmitter, StartTag};
use html5gum::{Token, Tokenizer};
use std::convert::Infallible;

/// Columns and rows that one cell may span (HTML, 4.9.11).
const MAX_COLSPAN: u32 = 1_000;
const MAX_ROWSPAN: u32 = 65_534;
/// Bytes in which a page has to name its encoding; browsers look at 1024, saved workbooks need more.
const HEAD: usize = 8_192;
/// Characters of a sheet's name in a workbook.
const NAME: usize = 31;

/// Reads a page.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Workbook, Failure> {
    let text = decode(bytes, declared(bytes).as_deref());
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut page = Page::new(limits);
    for token in Tokenizer::new_with_emitter(text.as_str(), emitter) {
        let token: Result<Token, Infallible> = token;
        match token {
            Ok(Token::StartTag(tag)) => page.open(&tag),
            Ok(Token::EndTag(tag)) => page.close(&tag.name),
            Ok(Token::String(text)) => page.text(&String::from_utf8_lossy(&text)),
            Ok(_) => {}
            Err(never) => match never {},
        }
        if page.builder.is_full() {
            break;
        }
    }
    page.end_paragraph();
    let name = sheet_name(&page.title);
    page.builder.finish(&name, limits)
}

/// The encoding that a page names itself.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..bytes.len().min(HEAD)).unwrap_or_default();
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let (_, rest) = head.split_once("charset")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start_matches([' ', '"', '\'']);
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c))).unwrap_or(rest.len());
    rest.get(..end).map(str::to_owned)
}

/// A page's title as the name of a sheet.
fn sheet_name(title: &str) -> String {
    let words = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let name: String = words.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(NAME).collect();
    if name.is_empty() { "网页".to_owned() } else { name }
}

/// An element that is passed over, and how many of its name are open within it.
struct Skipped {
    name: Vec<u8>,
    depth: usize,
}

struct Page {
    builder: Builder,
    title: String,
    in_title: bool,
    skipped: Option<Skipped>,
}

impl Page {
    fn new(limits: &Limits) -> Self {
        Self { builder: Builder::new(limits), title: String::new(), in_title: false, skipped: None }
    }

    fn open(&mut self, tag: &StartTag<()>) {
        let name = tag.name.as_slice();
        if let Some(skipped) = &mut self.skipped {
            skipped.depth += usize::from(skipped.name == name);
            return;
        }
        if is_passed_over(tag) && !tag.self_closing {
            self.skipped = Some(Skipped { name: name.to_vec(), depth: 1 });
            return;
        }
        match name {
            b"title" => self.in_title = self.title.is_empty(),
            b"br" => {
                self.trim();
                self.builder.paragraph().push('\n');
            }
            b"table" => {
                self.trim();
                self.builder.open_table();
            }
            b"tr" => {
                self.trim();
                self.builder.open_row(is_hidden(tag));
            }
            b"td" | b"th" => {
                self.trim();
                self.builder.open_cell(cell(tag));
            }
            name if is_block(name) => self.end_paragraph(),
            _ => {}
        }
    }

    fn close(&mut self, name: &[u8]) {
        if let Some(skipped) = &mut self.skipped {
            skipped.depth -= usize::from(skipped.name == name);
            if skipped.depth == 0 {
                self.skipped = None;
            }
            return;
        }
        self.in_title &= name != b"title";
        match name {
            b"td" | b"th" => {
                self.trim();
                self.builder.close_cell();
            }
            b"tr" | b"thead" | b"tbody" | b"tfoot" => {
                self.trim();
                self.builder.close_row();
            }
            b"table" => {
                self.trim();
                self.builder.close_table();
            }
            name if is_block(name) => self.end_paragraph(),
            _ => {}
        }
    }

    /// Text, in which any run of white space of the source is one space.
    fn text(&mut self, text: &str) {
        if self.skipped.is_some() {
            return;
        }
        if self.in_title {
            self.title.push_str(text);
            return;
        }
        let paragraph = self.builder.paragraph();
        for c in text.chars() {
            if !matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}') {
                paragraph.push(c);
            } else if !(paragraph.is_empty() || paragraph.ends_with([' ', '\n'])) {
                paragraph.push(' ');
            }
        }
    }

    fn end_paragraph(&mut self) {
        self.trim();
        self.builder.end_paragraph();
    }

    /// Takes the space off a line's end.
    fn trim(&mut self) {
        let paragraph = self.builder.paragraph();
        paragraph.truncate(paragraph.trim_end_matches([' ', '\n']).len());
    }
}

/// A cell from its tag; Excel and LibreOffice put the exact number beside what is shown.
fn cell(tag: &StartTag<()>) -> TableCell {
    let span = |name, most| match attribute(tag, name).map(|v| v.trim().parse::<u32>()) {
        Some(Ok(0)) if name == "rowspan" => most,
        Some(Ok(n)) => n.clamp(1, most),
        _ => 1,
    };
    let number = attribute(tag, "x:num").or_else(|| attribute(tag, "sdval")).filter(|v| !v.is_empty());
    let typed = match number {
        Some(number) => Typed::Number(number),
        None if attribute(tag, "x:str").is_some() => Typed::Text,
        None => Typed::Unknown,
    };
    let mut cell = TableCell::default();
    (cell.cols, cell.rows) = (span("colspan", MAX_COLSPAN), span("rowspan", MAX_ROWSPAN));
    cell.typed = typed;
    cell
}

fn attribute(tag: &StartTag<()>, name: &str) -> Option<String> {
    tag.attributes.get(name.as_bytes()).map(|v| String::from_utf8_lossy(v).into_owned())
}

fn is_hidden(tag: &StartTag<()>) -> bool {
    let style = attribute(tag, "style").unwrap_or_default().to_ascii_lowercase();
    let mut rules = style.rsplit(';').filter_map(|rule| rule.split_once(':'));
    let none = rules.find(|(property, _)| property.trim() == "display");
    none.is_some_and(|(_, value)| value.trim().starts_with("none")) || attribute(tag, "hidden").is_some()
}

/// Elements whose text is no part of the page; a hidden row is kept as a hidden row.
fn is_passed_over(tag: &StartTag<()>) -> bool {
    match tag.name.as_slice() {
        b"script" | b"style" | b"noscript" | b"iframe" | b"template" | b"textarea" | b"select" | b"svg" => {
            true
        }
        b"div" | b"span" | b"td" | b"th" | b"table" => is_hidden(tag),
        _ => false,
    }
}

/// Elements that begin a new line.
fn is_block(name: &[u8]) -> bool {
    const NAMES: [&[u8]; 36] = [
        b"address",
        b"article",
        b"aside",
        b"blockquote",
        b"body",
        b"caption",
        b"center",
        b"dd",
        b"details",
        b"dir",
        b"div",
        b"dl",
        b"dt",
        b"fieldset",
        b"figcaption",
        b"figure",
        b"footer",
        b"form",
        b"h1",
        b"h2",
        b"h3",
        b"h4",
        b"h5",
        b"h6",
        b"head",
        b"header",
        b"hr",
        b"li",
        b"main",
        b"nav",
        b"ol",
        b"p",
        b"pre",
        b"section",
        b"summary",
        b"ul",
    ];
    NAMES.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::collect::tests::shown;
    use super::*;

    fn book(page: &[u8]) -> (String, String) {
        let book = read(page, &Limits::default()).unwrap();
        (book.sheets[0].name.clone(), shown(&book.sheets[0]))
    }

    fn sheet(page: &str) -> String {
        book(page.as_bytes()).1
    }

    #[test]
    fn a_page_is_read_in_its_order_with_spans() {
        let page = "<!DOCTYPE html><html><head><title> 2023年\n年报 </title><style>td{}</style></head><body>\
            <script>var t='<table>';</script><h1>一、<b>主动</b>公开</h1>\n<p>如下：\n  共 3&nbsp;件</p>\
            <table><tbody><tr><th rowspan=2>项目<th colspan='2'>数量<tr><td>甲<td>乙</tr>\
            <tr><td><p>规章</p><p>文件</p><td> 1 <td>2<br>件</table><div>无。</div>";
        let (name, cells) = book(page.as_bytes());
        assert_eq!(name, "2023年 年报");
        assert_eq!(
            cells,
            "A1=一、主动公开\nA2=如下： 共 3\u{a0}件\nA3=项目\nB3=数量\nB4=甲\nC4=乙\n\
             A5=规章\n文件\nB5#1\nC5=2\n件\nA6=无。\nA3:A4\nB3:C3"
        );
    }

    #[test]
    fn a_gbk_page_is_read_whether_it_says_so_or_not() {
        for meta in
            ["<meta charset=gb2312>", "<meta http-equiv=Content-Type content='text/html; charset=GBK'>", ""]
        {
            let page = format!("{meta}<table><tr><td>规章制度</table>");
            assert_eq!(book(&encoding_rs::GBK.encode(&page).0).1, "A1=规章制度", "{meta}");
        }
    }

    #[test]
    fn exact_numbers_beside_what_is_shown_are_taken() {
        let page = "<table><tr><td x:num='8.4000000000000004'>8.40</td><td sdval=1234>1,234</td>\
            <td x:str>007</td><td x:str>12</td><td x:num>5</td></table>";
        assert_eq!(sheet(page), "A1#8.4\nB1#1234\nC1=007\nD1=12\nE1#5");
    }

    #[test]
    fn layout_tables_and_hidden_parts_do_not_disturb() {
        let page = "<table><tr><td>菜单</td></tr><tr><td><p>标题</p><table><tr><td>a</td><td style='display:none'>\
            x</td><td>b</td></tr><tr style='DISPLAY: none'><td>c</td></tr></table>注</td></tr></table>\
            <div style=\"display: none\"><div>分享</div>到</div>尾";
        let book = read(page.as_bytes(), &Limits::default()).unwrap();
        let sheet = &book.sheets[0];
        assert_eq!(shown(sheet), "A1=菜单\nA2=标题\nA3=a\nB3=b\nA4=c\nA5=注\nA6=尾");
        assert_eq!(sheet.hidden_rows, [(3, 3)]);
    }

    #[test]
    fn endless_spans_and_nesting_end_with_the_page() {
        let page = "<table><tr><td rowspan=0 colspan=99999>a<td>b</table>".to_owned();
        assert_eq!(sheet(&page), "A1=a\nALM1=b\nA1:ALL1");
        let deep = "<table><tr><td>".repeat(100_000) + "深";
        assert_eq!(sheet(&deep), "A1=深");
    }
}
