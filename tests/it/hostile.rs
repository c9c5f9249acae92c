//! Files that lie, and texts that would act: read rightly or told, never in silence; what is written cannot act.
//!
//! The long list of hostile files is tests/hostile/; here are those that once were read wrongly.

use std::io::{Cursor, Read, Write};

use gouji::audit::{Audit, Options, audit};
use gouji::finding::{FailureKind, Lang, Status};
use gouji::form;
use gouji::report::blank::{Contents, fill};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

const FIELD: &str = "t2.normative.made";
const CELL: &str = "B6";

/// The official workbook filled with honest numbers, part by part.
fn parts() -> Vec<(String, Vec<u8>)> {
    let form = form::by_id("xxgk-2021").expect("the form");
    let contents = Contents {
        office: Some("某镇人民政府".to_owned()),
        year: Some(2023),
        values: form.honest(),
        ..Contents::default()
    };
    let bytes = fill(form, &contents).expect("a workbook");
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a package");
    (0..zip.len())
        .map(|i| {
            let mut entry = zip.by_index(i).expect("an entry");
            let mut content = Vec::new();
            entry.read_to_end(&mut content).expect("its content");
            (entry.name().expect("a name").into_owned(), content)
        })
        .collect()
}

fn package(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in parts {
        out.start_file(name.as_str(), stored).expect("an entry");
        out.write_all(content).expect("its content");
    }
    out.finish().expect("a package").into_inner()
}

/// The workbook with the cell's element in place of what stands there.
fn with_cell(xml: &str) -> Vec<u8> {
    let mut parts = parts();
    let (_, sheet) = parts.iter_mut().find(|(n, _)| n == "xl/worksheets/sheet1.xml").expect("a sheet");
    let text = String::from_utf8(sheet.clone()).expect("text");
    let start = text.find(&format!("<c r=\"{CELL}\"")).expect("the cell");
    let end = start + text[start..].find("</c>").expect("its end") + 4;
    *sheet = format!("{}{xml}{}", &text[..start], &text[end..]).into_bytes();
    package(&parts)
}

fn audited(bytes: &[u8]) -> Audit<'static> {
    let options: &'static Options = Box::leak(Box::default());
    audit("2023.xlsx", bytes, options)
}

/// The field's number and the codes of the findings that name it.
fn read(bytes: &[u8]) -> (Option<String>, Vec<String>) {
    let outcome = audited(bytes).outcome;
    assert!(outcome.failure.is_none(), "{:?}", outcome.failure);
    let value = outcome.fields[FIELD].value.map(|v| v.to_string());
    let named = outcome.findings.iter().filter(|f| f.fields.iter().any(|id| id == FIELD));
    (value, named.map(|f| f.code.clone()).filter(|c| !c.starts_with('A')).collect())
}

#[test]
fn what_other_readers_get_wrong_in_silence_is_read_or_told() {
    let cell = |content: &str| format!("<c r=\"{CELL}\">{content}</c>");
    for (content, value, code) in [
        ("<v><![CDATA[45]]></v>", Some("45"), None),
        ("<v>4<!-- -->5</v>", Some("45"), None),
        ("<f>1+2</f>", Some("3"), Some("V007")),
        ("<f>VLOOKUP(A1,B1:C9,2)</f>", None, Some("V007")),
        ("<v>1e309</v>", None, Some("V003")),
        ("<v>4</v><v>5</v>", None, Some("V003")),
    ] {
        let (found, codes) = read(&with_cell(&cell(content)));
        assert_eq!(found.as_deref(), value, "{content}");
        assert!(code.is_none_or(|code| codes.iter().any(|c| c == code)), "{content}: {codes:?}");
    }
    let (value, codes) = read(&with_cell(&format!("<c r=\"{CELL}\" t=\"s\"><v>-1</v></c>")));
    assert!(value.is_none() && codes.contains(&"V003".to_owned()), "{value:?} {codes:?}");
    let twice = format!("<c r=\"{CELL}\"><v>4</v></c><c r=\"{CELL}\"><v>5</v></c>");
    assert!(read(&with_cell(&twice)).1.contains(&"S011".to_owned()));
}

#[test]
fn parts_that_stand_twice_or_do_not_match_their_checksum_are_refused() {
    let kind = |bytes: &[u8]| audited(bytes).outcome.failure.map(|f| f.kind);
    let mut twice = parts();
    let sheet = twice.iter().position(|(n, _)| n == "xl/worksheets/sheet1.xml").expect("a sheet");
    let other =
        String::from_utf8(twice[sheet].1.clone()).unwrap().replace("</sheetData>", "<!-- --></sheetData>");
    // The writer refuses a name that stands twice: another name of the same length is renamed afterwards.
    twice.push(("xl/worksheets/shee_1.xml".to_owned(), other.into_bytes()));
    let mut bytes = package(&twice);
    for at in 0..bytes.len() - 24 {
        if bytes[at..].starts_with(b"xl/worksheets/shee_1.xml") {
            bytes[at + 18] = b't';
        }
    }
    assert_eq!(kind(&bytes), Some(FailureKind::Damaged));
    let mut bytes = package(&parts());
    let at = (0..bytes.len()).find(|at| bytes[*at..].starts_with(b"<sheetData>")).expect("a sheet");
    let digit = at + bytes[at..].iter().position(u8::is_ascii_digit).expect("a digit");
    bytes[digit] ^= 1;
    assert_eq!(kind(&bytes), Some(FailureKind::Damaged));
}

#[test]
fn a_form_of_50_megabytes_passes_and_a_bound_can_be_set() {
    let mut large = parts();
    let mut noise = vec![0u8; 50 << 20];
    let mut state = 9u32;
    for byte in &mut noise {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = (state >> 24) as u8;
    }
    large.push(("xl/media/image1.png".to_owned(), noise));
    let bytes = package(&large);
    assert!(bytes.len() > 50 << 20);
    assert!(audited(&bytes).outcome.failure.is_none());
    let mut options = Options::default();
    options.raise("file-bytes=1000").expect("a bound");
    let failure = audit("a.xlsx", &bytes, &options).outcome.failure.expect("too large");
    assert_eq!(failure.kind, FailureKind::TooLarge);
    for wrong in ["cells", "cells=many", "rooms=3", "=3"] {
        let error = options.raise(wrong).expect_err("no such bound");
        assert!(error.get(Lang::Zh).contains("cells=4000000"), "{wrong}");
    }
}

#[test]
fn text_that_would_act_is_written_as_text() {
    let hostile =
        ["=HYPERLINK(\"http://x\")", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\u{202e}12", "<b>&"];
    for text in hostile {
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
        let cell = format!("<c r=\"{CELL}\" t=\"inlineStr\"><is><t>{escaped}</t></is></c>");
        let done = audited(&with_cell(&cell));
        assert_eq!(done.outcome.status, Status::Findings, "{text}");
        let content = done.content.as_ref().expect("content");
        let explanations = std::collections::BTreeMap::new();
        let context = gouji::report::annotate::Context {
            submission: content.submission(),
            lang: Lang::Zh,
            explanations: &explanations,
        };
        // As a copy, which writes every text anew.
        let written =
            gouji::report::annotate::annotate(b"", false, &done.outcome, &context).expect("a copy").bytes;
        let all = crate::package::parts(&written);
        for (name, part) in all.iter().filter(|(n, _)| n.starts_with("xl/worksheets/")) {
            let xml = String::from_utf8(part.clone()).expect("text");
            assert!(!xml.contains("<f>"), "{name} has a formula for {text}");
            assert!(!xml.contains("http://x\"") || !xml.contains("<hyperlink r:id"), "{name} links outside");
        }
        let links = all.iter().filter(|(n, _)| n.ends_with(".rels"));
        for (name, part) in links {
            assert!(!String::from_utf8_lossy(part).contains("External"), "{name} leads out of the workbook");
        }
        // Told to people, marks of direction are seen.
        let style = gouji::report::text::Style { lang: Lang::Zh, colour: false };
        assert!(!gouji::report::text::outcome(&done.outcome, style).contains('\u{202e}'));
    }
}
