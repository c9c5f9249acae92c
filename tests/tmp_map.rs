use calamine::{Reader, Xlsx, open_workbook, Data, open_workbook_auto};
use gouji::grid::*;
use gouji::mapping::*;
fn read(path: &str) -> Workbook {
    let mut book = Workbook { formats: vec!["General".into()], ..Default::default() };
    let mut wb = open_workbook_auto(path).unwrap();
    let names = wb.sheet_names();
    for n in names {
        let mut s = Sheet { name: n.clone(), ..Default::default() };
        let r = wb.worksheet_range(&n).unwrap();
        let (r0, c0) = r.start().unwrap_or((0,0));
        for (i, j, d) in r.used_cells() {
            let entry = match d { Data::Int(i) => Entry::Number((*i).into()), Data::Float(f) => Entry::Number(amount::from_f64(*f).unwrap()), Data::String(s) => Entry::Text(s.as_str().into()), _ => continue };
            s.cells.push((CellRef::new(r0 + i as u32, c0 + j as u32), Cell { entry, formula: None, format: 0 }));
        }
        if let calamine::Sheets::Xlsx(x) = &mut wb {
            for d in x.worksheet_merge_cells(&n).unwrap().unwrap_or_default() { s.merges.push(Range::new(CellRef::new(d.start.0, d.start.1), CellRef::new(d.end.0, d.end.1))); }
        }
        s.sort();
        book.sheets.push(s);
    }
    book
}
#[test]
fn run() {
    let dir = std::env::var("D").unwrap();
    let form = gouji::form::load_tmp(&std::fs::read_to_string("/tmp/xxgk-2021.toml").unwrap()).unwrap();
    let (mut files, mut whole, mut wrong, mut absent) = (0, 0, 0, 0);
    let mut by: std::collections::BTreeMap<String, (u32,u32)> = Default::default();
    for line in std::fs::read_to_string(format!("{dir}/truth.jsonl")).unwrap().lines() {
        let t: serde_json::Value = serde_json::from_str(line).unwrap();
        let file = t["file"].as_str().unwrap();
        let book = read(&format!("{dir}/{file}"));
        let m = map(&book, &form);
        files += 1;
        let (mut w, mut a) = (0, 0);
        let mut ex = String::new();
        for (f, p) in form.fields.iter().zip(&m.places) {
            let truth = t["cells"][&f.id].as_str();
            let got = p.map(|p| format!("{}!{}", book.sheets[p.sheet].name, p.at));
            match (truth, got) { (Some(t), Some(g)) if t != g => { w += 1; if ex.len() < 200 { ex += &format!("{} {t} {g};", f.id); } }, (Some(_), None) => { a += 1; if ex.len() < 100 { ex += &format!("-{}", f.id); } }, (None, Some(g)) => { w += 1; ex += &format!("+{} {g}", f.id); }, _ => {} }
        }
        if w + a > 0 { println!("{file} {} wrong {w} absent {a} {ex}\n   {:?}", t["layouts"], m.issues); }
        wrong += w; absent += a; if w + a == 0 { whole += 1; }
        for l in t["layouts"].as_array().unwrap() { let e = by.entry(l.as_str().unwrap().into()).or_default(); e.0 += 1; if w + a == 0 { e.1 += 1; } }
    }
    println!("files {files} whole {whole} wrong {wrong} absent {absent} {by:?}");
}
#[test]
fn dbg() {
    let n = gouji::grid::label::normalise("3.其他");
    println!("{n:?} {:?}", gouji::grid::label::normalise("其他结果"));
    let book = read("/tmp/g1/0287-plain.xls");
    for (at, c) in &book.sheets[0].cells { if let Entry::Text(t) = &c.entry { println!("{at} {t} {} {:?}", gouji::grid::number::is_placeholder(t), gouji::grid::number::read(t)); } }
}
#[test]
fn dbg2() {
    let form = gouji::form::load_tmp(&std::fs::read_to_string("/tmp/xxgk-2021.toml").unwrap()).unwrap();
    let book = read("/tmp/g1/0287-plain.xls");
    let m = map(&book, &form); println!("{:?}", m.issues);
}
