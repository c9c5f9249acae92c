//! What is said of a batch as a whole: an all-clear only where every office of the roster has a report that counts.

use super::*;
use gouji::audit::batch::Streamed;
use gouji::report::summary::Grade;

/// Three offices that report, each with nothing wrong.
fn offices(root: &Path) {
    let roster = "单位,上级\n区民政局,云溪区人民政府\n区财政局,云溪区人民政府\n柳河镇,云溪区人民政府\n";
    put(&root.join("名单.csv"), roster.as_bytes());
    for (n, file, office) in [
        (1, "区民政局", "云溪区民政局"),
        (2, "区财政局", "云溪区财政局"),
        (3, "柳河镇", "云溪区柳河镇人民政府"),
    ] {
        put(&root.join(format!("报送/{file}2023.xlsx")), &workbook(office, 2023, numbers(n)));
    }
}

fn state(report: &Report, office: &str) -> State {
    report.overview.offices.iter().find(|o| o.name == office).unwrap().state
}

/// The texts of everything that a clerk reads.
fn told(root: &Path, office: &str) -> [String; 3] {
    let sheet = rounds::rows(&root.join("结果/汇总.xlsx"), "报送情况");
    let row = sheet.iter().find(|r| r[0] == office).unwrap().join(" ");
    let page = fs::read_to_string(root.join("结果/report.html")).unwrap();
    [row, page, rounds::rows(&root.join("结果/汇总.xlsx"), "总览")[1][0].clone()]
}

#[test]
fn all_clear_is_said_where_all_have_reported() {
    let root = tempfile::tempdir().unwrap();
    offices(root.path());
    let all = audited(&batch(root.path())).overview;
    let (said, grade) = all.standing();
    assert_eq!(said.zh, "采用 3 家单位 2023 年的报表，都没有错误和警告；名单上的单位已报齐。");
    assert_eq!(grade, Grade::Clear);
}

#[test]
fn an_office_that_sent_last_years_file_has_not_reported() {
    let root = tempfile::tempdir().unwrap();
    offices(root.path());
    put(&root.path().join("报送/区财政局2023.xlsx"), &workbook("云溪区财政局", 2022, numbers(1)));
    let report = audited(&batch(root.path()));
    assert_eq!(state(&report, "区财政局"), State::Rejected);
    let (said, grade) = report.overview.standing();
    assert!(said.zh.contains("报了而未采用 1 家（年度不同 1）") && !said.zh.contains("报齐"), "{}", said.zh);
    assert_eq!(grade, Grade::Fail);
    let why = "未采用（是 2022 年的，不是 2023 年的）";
    let [row, page, first] = told(root.path(), "区财政局");
    assert!(row.contains(why) && page.contains(why), "{row}");
    assert_eq!(first, said.zh);
    assert!(page.contains(&format!("<p class=\"verdict fail\">{}</p>", said.zh)));
    let notice = rounds::notice(root.path(), "区财政局").expect("it is asked for this year's");
    assert!(notice.contains(why) && notice.contains("不能作为2023年"), "{notice}");
}

#[test]
fn an_office_whose_file_cannot_be_read_has_not_reported() {
    let root = tempfile::tempdir().unwrap();
    offices(root.path());
    put(&root.path().join("报送/区财政局2023.xlsx"), b"PK\x03\x04 torn");
    let report = audited(&batch(root.path()));
    assert_eq!(state(&report, "区财政局"), State::Rejected);
    let (said, grade) = report.overview.standing();
    assert!(said.zh.contains("报了而未采用 1 家（不能审核 1）") && !said.zh.contains("报齐"), "{}", said.zh);
    assert_eq!(grade, Grade::Fail);
    assert!(told(root.path(), "区财政局")[0].contains("未采用（无法读取）"));
}

#[test]
fn a_district_table_is_said_to_agree_or_not() {
    let root = tempfile::tempdir().unwrap();
    offices(root.path());
    let mut sum = numbers(6);
    put(&root.path().join("云溪区.xlsx"), &workbook("云溪区人民政府", 2023, sum.clone()));
    let named = || Batch { aggregate: Some(root.path().join("云溪区.xlsx")), ..batch(root.path()) };
    let (said, grade) = audited(&named()).overview.standing();
    assert!(said.zh.contains("汇总表“云溪区.xlsx”与各单位之和相符"), "{}", said.zh);
    assert_eq!(grade, Grade::Clear);
    let own = results(root.path()).into_iter().find(|r| r["file"] == "云溪区.xlsx").unwrap();
    assert!(own["agreed"][0].as_str().unwrap().contains("与 3 家单位之和逐格核对"), "{own}");
    set(&mut sum, "t2.penalty.decisions", 1);
    put(&root.path().join("云溪区.xlsx"), &workbook("云溪区人民政府", 2023, sum));
    let (said, grade) = audited(&named()).overview.standing();
    assert!(said.zh.contains("汇总表“云溪区.xlsx”有 1 处错误"), "{}", said.zh);
    assert_eq!(grade, Grade::Fail);
}

#[test]
fn an_office_of_another_district_is_not_ours() {
    // Without a word of the roster the others say where we are, if most of them say the same.
    for (parent, strangers) in [("云溪区人民政府", 2), ("", 1)] {
        let root = tempfile::tempdir().unwrap();
        offices(root.path());
        let roster = format!("单位,上级\n区民政局,{parent}\n区财政局,{parent}\n柳河镇,{parent}\n");
        put(&root.path().join("名单.csv"), roster.as_bytes());
        fs::remove_file(root.path().join("报送/区民政局2023.xlsx")).unwrap();
        let foreign = ["江北区民政局", "江北区柳河镇"];
        for office in &foreign[..strangers] {
            put(&root.path().join(format!("报送/{office}2023.xlsx")), &workbook(office, 2023, numbers(7)));
        }
        let report = audited(&batch(root.path()));
        assert_eq!(state(&report, "区民政局"), State::Missing, "{parent}");
        assert_eq!(state(&report, "柳河镇"), State::Reported, "{parent}");
        assert_eq!(state(&report, "江北区民政局"), State::Unlisted);
        let (said, grade) = report.overview.standing();
        let outside = format!("名单外 {strangers} 份没有计入汇总");
        assert!(said.zh.contains("采用 2 家") && said.zh.contains(&outside), "{}", said.zh);
        assert_eq!(grade, Grade::Fail);
        let mut all = batch(root.path());
        all.choice.unlisted = true;
        assert_eq!(
            audited(&all).overview.used().count(),
            2 + strangers,
            "they are summed where that is asked for"
        );
    }
}

#[test]
fn a_forgotten_heading_does_not_replace_another_offices_numbers() {
    let root = tempfile::tempdir().unwrap();
    offices(root.path());
    let roster = "单位,上级\n区民政局,\n区财政局,\n区科学技术局,\n柳河镇,\n";
    put(&root.path().join("名单.csv"), roster.as_bytes());
    put(&root.path().join("报送/区科学技术局2023.xlsx"), &workbook("云溪区民政局", 2023, numbers(5)));
    let report = audited(&batch(root.path()));
    let all = &report.overview;
    let used: Vec<&str> = all.used().map(|(_, e)| e.file.as_str()).collect();
    assert_eq!(used, ["区民政局2023.xlsx", "区财政局2023.xlsx", "柳河镇2023.xlsx"]);
    assert_eq!(state(&report, "区科学技术局"), State::Rejected);
    assert_eq!(state(&report, "区民政局"), State::Reported, "it has sent one, and that is right");
    let row = &told(root.path(), "区科学技术局")[0];
    assert!(row.contains("未采用（标题与文件名的单位不同）"), "{row}");
    assert!(row.contains("表中写的是“云溪区民政局”") && row.contains("改好表中的单位名称重新报送"), "{row}");
}

#[test]
fn a_file_named_after_an_office_that_it_is_not_of_is_told_at_both() {
    let root = tempfile::tempdir().unwrap();
    offices(root.path());
    fs::remove_file(root.path().join("报送/区财政局2023.xlsx")).unwrap();
    fs::rename(root.path().join("报送/区民政局2023.xlsx"), root.path().join("报送/区财政局2023.xlsx"))
        .unwrap();
    let report = audited(&batch(root.path()));
    assert_eq!(state(&report, "区民政局"), State::Reported, "what stands in it counts");
    assert_eq!(state(&report, "区财政局"), State::Missing);
    let [title, name] = ["区民政局", "区财政局"].map(|office| told(root.path(), office)[0].clone());
    assert!(title.contains("文件名写的是“区财政局”") && title.contains("请核实是哪一家的"), "{title}");
    assert!(name.contains("区财政局2023.xlsx") && name.contains("表中写的是“云溪区民政局”"), "{name}");
}

#[test]
fn offices_are_counted_once_by_the_worst_that_they_have() {
    let root = tempfile::tempdir().unwrap();
    offices(root.path());
    let (mut both, mut blank) = (numbers(1), numbers(2));
    both.remove(&form().field_ix("t2.licence.decisions").unwrap());
    set(&mut both, "t4.review.total", 90);
    blank.remove(&form().field_ix("t2.licence.decisions").unwrap());
    put(&root.path().join("报送/区民政局2023.xlsx"), &workbook("云溪区民政局", 2023, both));
    put(&root.path().join("报送/区财政局2023.xlsx"), &workbook("云溪区财政局", 2023, blank));
    let all = audited(&batch(root.path())).overview;
    let said = all.verdict().zh;
    let parts =
        "采用 3 家单位 2023 年的报表，其中 1 家有错误需退回更正、1 家只有警告需核实、1 家没有错误和警告；";
    assert!(said.contains(parts), "{said}");
    let page = fs::read_to_string(root.path().join("结果/report.html")).unwrap();
    assert!(page.contains("<b>1</b>有错误的单位") && page.contains("<b>1</b>只有警告的单位"));
}

#[test]
fn each_page_on_paper_is_headed_by_the_year_and_the_report() {
    let root = tempfile::tempdir().unwrap();
    offices(root.path());
    audited(&batch(root.path()));
    let bytes = fs::read(root.path().join("结果/汇总.xlsx")).unwrap();
    let mut book = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut sheet = String::new();
    std::io::Read::read_to_string(&mut book.by_name("xl/worksheets/sheet1.xml").unwrap(), &mut sheet)
        .unwrap();
    // digits right behind a size are digits of the size
    assert!(sheet.contains("<oddHeader>&amp;L&amp;10 2023年政府信息公开工作年度报告"), "{sheet}");
}

#[test]
fn rules_are_counted_alike_wherever_they_are() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    offices(root);
    let mut wrong = numbers(1);
    set(&mut wrong, "t4.review.total", 90);
    copies::sent(root, "区民政局2023.xlsx", &workbook("云溪区民政局", 2023, wrong.clone()), 20);
    // What has given way, and what its office has explained, is counted nowhere.
    copies::sent(root, "初报/区民政局2023.xlsx", &workbook("云溪区民政局", 2023, wrong), 10);
    let mut blank = numbers(2);
    blank.remove(&form().field_ix("t2.licence.decisions").unwrap());
    put(&root.join("报送/区财政局2023.xlsx"), &workbook("云溪区财政局", 2023, blank));
    audited(&batch(root));
    let marked = fs::read(root.join("结果/annotated/区财政局2023.审核.xlsx")).unwrap();
    let answer = "\"preserve\">没有这一项</t>";
    fs::write(root.join("报送/区财政局2023.审核.xlsx"), retyped(&marked, "\"preserve\"></t>", answer))
        .unwrap();
    let all = audited(&batch(root)).overview;
    let counted: Vec<_> = all.by_rule().iter().map(|r| (r.code, r.findings, r.offices)).collect();
    assert_eq!(counted, [("A401", 1, 1)]);
    let sheet = rounds::rows(&root.join("结果/汇总.xlsx"), "总览");
    let at = sheet.iter().position(|r| r[0] == "规则").unwrap();
    assert_eq!(sheet[at + 1][..3], ["A401", "1", "1"], "{sheet:?}");
    assert!(sheet.iter().all(|r| r[0] != "V001"), "{sheet:?}");
    let page = fs::read_to_string(root.join("结果/report.html")).unwrap();
    let (_, heat) = page.split_once("<div class=\"wide heat\">").unwrap();
    let (heat, _) = heat.split_once("<h2>").unwrap();
    assert!(heat.contains("（1 处）") && !heat.contains("V001"), "{heat}");
}

#[test]
fn a_short_name_of_the_roster_is_no_contradiction() {
    let root = tempfile::tempdir().unwrap();
    let roster = "单位,别名\n区发展和改革局,区发改局\n区商务局,\n区外事办公室,区港澳办公室\n";
    put(&root.path().join("名单.csv"), roster.as_bytes());
    for (file, office) in [
        ("区发改局", "云溪区发展和改革局"),
        ("区商务局", "云溪区商务局"),
        ("区港澳办公室", "云溪区外事办公室"),
    ] {
        put(&root.path().join(format!("报送/{file}2023.xlsx")), &workbook(office, 2023, numbers(1)));
    }
    let report = audited(&batch(root.path()));
    let broken: Vec<_> = report.overview.entries.iter().flat_map(|e| &e.broken).collect();
    assert!(broken.is_empty(), "{broken:?}");
}

/// The names of what was passed over as gouji's own.
fn own(report: &Report) -> Vec<&str> {
    report.own.iter().map(|own| own.file.as_str()).collect()
}

#[test]
fn a_correction_that_was_sent_back_is_a_report_once_its_office_has_said_that_it_agrees() {
    let root = tempfile::tempdir().unwrap();
    offices(root.path());
    let mut wrong = numbers(1);
    set(&mut wrong, "t3.new.natural", 900);
    let sent = root.path().join("报送/区民政局2023.xlsx");
    put(&sent, &workbook("云溪区民政局", 2023, wrong));
    audited(&batch(root.path()));
    let corrected = fs::read(root.path().join("结果/corrected/区民政局2023.更正.xlsx")).unwrap();
    put(&root.path().join("报送/区民政局2023.更正.xlsx"), &corrected);
    let report = audited(&batch(root.path()));
    assert_eq!(own(&report), ["区民政局2023.更正.xlsx"]);
    assert!(report.overview.doubts().is_empty(), "its original counts: {:?}", report.overview.doubts());
    fs::remove_file(root.path().join("报送/区民政局2023.更正.xlsx")).unwrap();
    fs::remove_file(&sent).unwrap();
    let back = root.path().join("报送/民政局重报.xlsx");
    put(&back, &corrected);
    let report = audited(&batch(root.path()));
    assert_eq!((own(&report), state(&report, "区民政局")), (vec!["民政局重报.xlsx"], State::Missing));
    let doubts: Vec<String> = report.overview.doubts().into_iter().map(|t| t.zh).collect();
    assert!(
        doubts.len() == 1 && doubts[0].contains("单位意见") && doubts[0].contains("区民政局2023.xlsx"),
        "{doubts:?}"
    );
    put(&back, &opinion(&corrected, "不同意，以原表为准"));
    let report = audited(&batch(root.path()));
    assert_eq!(state(&report, "区民政局"), State::Missing, "who refuses has sent no report");
    let doubts: Vec<String> = report.overview.doubts().into_iter().map(|t| t.zh).collect();
    assert!(doubts.len() == 1 && doubts[0].contains("写的是“不同意，以原表为准”"), "{doubts:?}");
    let row = &told(root.path(), "区民政局")[0];
    assert!(row.contains("缺报") && row.contains("更正没有采用：请单位交改好的报表"), "{row}");
    put(&back, &opinion(&corrected, "没有异议"));
    let report = audited(&batch(root.path()));
    assert_eq!(state(&report, "区民政局"), State::Reported);
    assert_eq!(report.overview.standing().1, Grade::Clear, "{}", report.overview.verdict().zh);
}

/// A corrected copy with its office's word on the sheet of corrections.
fn opinion(book: &[u8], words: &str) -> Vec<u8> {
    let label = |style| format!("单位意见</t></is></c><c r=\"B5\" s=\"{style}\"/>");
    let styles = 1..30;
    styles.fold(book.to_vec(), |book, n| {
        let empty = format!("{}<c r=\"C5\" s=\"{}\"/>", label(n), n + 1);
        let said = format!("{}<c r=\"C5\" t=\"inlineStr\"><is><t>{words}</t></is></c>", label(n));
        retyped(&book, &empty, &said)
    })
}

#[test]
fn results_of_an_earlier_run_below_the_folder_are_no_submissions() {
    let root = tempfile::tempdir().unwrap();
    offices(root.path());
    let within = |out: &str| Batch { out: Some(root.path().join(out)), ..batch(root.path()) };
    audited(&within("报送/结果一"));
    assert_eq!(audited(&within("报送/结果二")).overview.entries.len(), 3);
    audited(&within("报送"));
    assert_eq!(audited(&within("报送")).overview.entries.len(), 3, "and beside them as well");
}

#[test]
fn locks_and_programs_files_in_a_list_are_no_submissions() {
    let root = tempfile::tempdir().unwrap();
    let names = ["报送/~$区民政局2023.xlsx", "报送/Thumbs.db", "报送/.DS_Store", "报送/区民政局2023.xlsx"];
    let listed = names.map(|name| gouji::audit::batch::Listed { path: root.path().join(name), office: None });
    offices(root.path());
    for name in &names[..3] {
        put(&root.path().join(name), b"lock");
    }
    let list = Batch { inputs: Vec::new(), listed: listed.to_vec(), ..batch(root.path()) };
    let report = audited(&list);
    assert_eq!(report.overview.entries.len(), 1);
    let told: Vec<&str> = report.skipped.iter().map(|t| t.zh.as_str()).collect();
    assert!(told.len() == 3 && told.iter().all(|t| t.contains("没有审核")), "{told:?}");
}

#[test]
fn a_stream_passes_over_what_a_walk_would_and_says_so() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    offices(root);
    put(&root.join("报送/~$区民政局2023.xlsx"), b"lock");
    let mut wrong = numbers(1);
    set(&mut wrong, "t3.new.natural", 900);
    put(&root.join("报送/区民政局2023.xlsx"), &workbook("云溪区民政局", 2023, wrong));
    audited(&batch(root));
    let corrected = fs::read(root.join("结果/corrected/区民政局2023.更正.xlsx")).unwrap();
    put(&root.join("报送/区民政局重报.xlsx"), &corrected);
    let paths = files(root);
    let list = paths.iter().map(|path| gouji::audit::batch::Listed { path: path.clone(), office: None });
    let (mut audited, mut skipped) = (Vec::new(), Vec::new());
    let (options, stop) = (Options::default(), Stop::default());
    gouji::audit::batch::stream(list, (&options, Lang::Zh), (2, &stop), &mut |done| match done {
        Streamed::Result(_, outcome) => audited.push(outcome.file),
        Streamed::Skipped(why) => skipped.push(why.zh),
    });
    audited.sort();
    let names: Vec<&str> = audited.iter().filter_map(|f| f.rsplit('/').next()).collect();
    assert_eq!(names, ["名单.csv", "区民政局2023.xlsx", "区财政局2023.xlsx", "柳河镇2023.xlsx"]);
    assert_eq!(skipped.len() + names.len(), paths.len(), "what is passed over is said: {skipped:#?}");
    let said = |what: &str| skipped.iter().any(|s| s.contains(what));
    assert!(said("锁文件") && said("批量审核写出的结果") && said("区民政局重报.xlsx"), "{skipped:#?}");
}

#[test]
fn two_files_that_bear_each_others_names_are_told_together() {
    let root = tempfile::tempdir().unwrap();
    offices(root.path());
    put(&root.path().join("报送/区民政局2023.xlsx"), &workbook("云溪区财政局", 2023, numbers(1)));
    put(&root.path().join("报送/区财政局2023.xlsx"), &workbook("云溪区民政局", 2023, numbers(2)));
    let all = audited(&batch(root.path())).overview;
    let doubts: Vec<String> = all.doubts().into_iter().map(|t| t.zh).collect();
    assert_eq!(doubts.len(), 1, "{doubts:?}");
    assert!(doubts[0].contains("两家互换") && doubts[0].contains("区民政局2023.xlsx"), "{doubts:?}");
    assert_eq!(all.used().count(), 3, "what stands in them is followed");
    assert!(all.standing().1 >= Grade::Look);
}

#[test]
fn offices_of_which_nothing_counts_are_one_finding_of_the_districts_table() {
    let root = tempfile::tempdir().unwrap();
    offices(root.path());
    fs::remove_file(root.path().join("报送/柳河镇2023.xlsx")).unwrap();
    put(&root.path().join("报送/云溪区汇总.xlsx"), &workbook("云溪区人民政府", 2023, numbers(13)));
    audited(&batch(root.path()));
    let own = results(root.path()).into_iter().find(|r| r["file"] == "云溪区汇总.xlsx").unwrap();
    let gaps: Vec<&Value> =
        own["findings"].as_array().unwrap().iter().filter(|f| f["code"] == "X901").collect();
    assert_eq!(gaps.len(), 1, "{gaps:#?}");
    assert!(gaps[0]["message"].as_str().unwrap().contains("名单上有 1 家缺报或未采用"), "{}", gaps[0]);
}

#[test]
fn an_office_whose_return_is_not_there_is_one_finding_without_a_roster() {
    let root = tempfile::tempdir().unwrap();
    offices(root.path());
    fs::remove_file(root.path().join("名单.csv")).unwrap();
    for (name, n) in [("石碁镇", 20), ("沙湾镇", 40), ("南村镇", 80)] {
        put(&root.path().join(format!("报送/{name}.xlsx")), &workbook(name, 2023, numbers(n)));
    }
    // One more of 7, and without those of 1, 2, 20 and 40.
    for (own, said) in [(153, "可能有单位的报表没有放进来"), (83, "可能漏加了不止一家")]
    {
        let own = numbers(own);
        put(&root.path().join("报送/云溪区汇总.xlsx"), &workbook("云溪区人民政府", 2023, own));
        audited(&batch(root.path()));
        let table = results(root.path()).into_iter().find(|r| r["file"] == "云溪区汇总.xlsx").unwrap();
        let gaps: Vec<&Value> =
            table["findings"].as_array().unwrap().iter().filter(|f| f["code"] == "X901").collect();
        assert!(gaps[0]["message"].as_str().unwrap().contains(said), "{gaps:#?}");
        assert_eq!(gaps.len(), 1, "{gaps:#?}");
    }
}

#[test]
fn the_little_that_a_missing_office_has_is_one_finding_too() {
    let root = tempfile::tempdir().unwrap();
    offices(root.path());
    fs::remove_file(root.path().join("报送/柳河镇2023.xlsx")).unwrap();
    let mut own = numbers(3);
    for (id, more) in [("t2.penalty.decisions", 2), ("t2.licence.decisions", 5)] {
        *own.get_mut(&form().field_ix(id).unwrap()).unwrap() += Decimal::from(more);
    }
    put(&root.path().join("报送/云溪区汇总.xlsx"), &workbook("云溪区人民政府", 2023, own));
    audited(&batch(root.path()));
    let table = results(root.path()).into_iter().find(|r| r["file"] == "云溪区汇总.xlsx").unwrap();
    let gaps: Vec<&Value> =
        table["findings"].as_array().unwrap().iter().filter(|f| f["code"] == "X901").collect();
    assert!(gaps.len() == 1 && gaps[0]["cells"].as_array().unwrap().len() == 2, "{gaps:#?}");
}

#[test]
fn reports_of_the_year_before_do_not_make_the_year_by_their_number() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    offices(root);
    for (n, file, office) in [(4, "区民政局", "云溪区民政局"), (5, "区财政局", "云溪区财政局")]
    {
        put(&root.join(format!("报送/{file}2023.xlsx")), &workbook(office, 2022, numbers(n)));
    }
    let report = audited(&batch(root));
    assert_eq!(report.overview.year, Some(2023));
    let doubts: Vec<String> = report.overview.doubts().into_iter().map(|t| t.zh).collect();
    assert!(
        doubts.iter().any(|d| d.contains("另有 2 份是 2022 年的") && d.contains("--year 2022")),
        "{doubts:?}"
    );
    let mut asked = batch(root);
    asked.choice.year = Some(2022);
    let report = audited(&asked);
    assert_eq!((report.overview.year, report.overview.used().count()), (Some(2022), 2));
    assert_eq!(report.overview.doubts(), Vec::new(), "it was asked for");
}

#[test]
fn a_nil_return_is_whole_and_all_zeros() {
    let zeros = || -> Numbers { numbers(1).into_keys().map(|f| (f, Decimal::ZERO)).collect() };
    let table = |ids: &str| -> Numbers {
        let is_of = |f: &FieldIx| form().field(*f).unwrap().id.starts_with(ids);
        zeros().into_iter().filter(|(f, _)| is_of(f)).collect()
    };
    for (values, remark, is_not) in [
        (zeros(), "零报告（全部为 0）", "空表"),
        (table("t4."), "", "零报告"),
        (Numbers::new(), "空表：一个数也没有填", "全部为 0"),
    ] {
        let root = tempfile::tempdir().unwrap();
        offices(root.path());
        put(&root.path().join("报送/柳河镇2023.xlsx"), &workbook("云溪区柳河镇人民政府", 2023, values));
        audited(&batch(root.path()));
        let [row, ..] = told(root.path(), "柳河镇");
        assert!(row.contains(remark) && !row.contains(is_not), "{row}");
    }
}

#[test]
fn a_zip_of_which_the_end_is_lost_is_told_and_not_taken_for_one_in_it() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    let inner = |n| zip(&[(b"a.xlsx", workbook(["石碁镇", "沙湾镇"][n as usize - 1], 2023, numbers(n)))]);
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for n in [1, 2] {
        writer.start_file(format!("{n}.zip"), stored).unwrap();
        writer.write_all(&inner(n)).unwrap();
    }
    let whole = writer.finish().unwrap().into_inner();
    put(&root.join("报送/各片区.zip"), &whole[..whole.len() - 60]);
    let torn = audited(&batch(root)).overview;
    let told = torn.entries.iter().map(|e| e.error.clone().unwrap_or_default()).collect::<Vec<_>>();
    assert!(
        matches!(&told[..], [only] if only.contains("压缩包损坏") && only.contains("重新发送")),
        "{told:?}"
    );
    put(&root.join("报送/各片区.zip"), &whole);
    assert_eq!(audited(&batch(root)).overview.used().count(), 2);
}

#[test]
fn tables_that_an_office_sends_one_by_one_are_to_be_put_together() {
    let root = tempfile::tempdir().unwrap();
    offices(root.path());
    for table in ["t2", "t4"] {
        let title = form().tables.iter().find(|t| t.id == table).unwrap();
        let head = format!("云溪区柳河镇人民政府2023年政府信息公开工作年度报告\n{}\n", title.name);
        let csv = head + &sheet_of(&workbook("云溪区柳河镇人民政府", 2023, numbers(3)), table);
        put(&root.path().join(format!("报送/柳河镇{}.csv", title.name)), csv.as_bytes());
    }
    fs::remove_file(root.path().join("报送/柳河镇2023.xlsx")).unwrap();
    let doubts = audited(&batch(root.path())).overview.doubts();
    let told: Vec<&str> = doubts.iter().map(|t| t.zh.as_str()).collect();
    assert!(told.iter().any(|d| d.contains("请单位把几张表放在一份文件里")), "{told:?}");
}

/// One table of a blank form that was filled, as lines of a CSV.
fn sheet_of(bytes: &[u8], table: &str) -> String {
    use calamine::Reader;
    let outcome = gouji::audit::audit("x.xlsx", bytes, &Options::default()).outcome;
    let of = |id: &&String| id.starts_with(&format!("{table}."));
    let sheet = outcome.fields.iter().find(|(id, _)| of(id)).unwrap().1.cell.sheet.clone();
    let mut book = calamine::open_workbook_auto_from_rs(std::io::Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range(&sheet).unwrap();
    let line = |row: &[calamine::Data]| {
        row.iter().map(|c| c.to_string().replace([',', '\n'], "")).collect::<Vec<_>>().join(",")
    };
    range.rows().map(line).collect::<Vec<_>>().join("\n")
}
