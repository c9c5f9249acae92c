//! The report's words against its tables: sentences in the phrases of published reports, true and false, with what
//! must be found in each; precision and recall by kind are printed (`--nocapture`).

mod documents; // a text in Word
mod measured;

use std::collections::BTreeMap;

use gouji::check::narrative::{Heard, Prior, Report, narrative};
use gouji::check::{LastYear, Submission};
use gouji::finding::Severity;
use gouji::form::{self, Form};
use gouji::ingest::{self, Limits, Source};
use gouji::mapping::{self, Identity, identity::Evidence};
use gouji::report::{blank, patch};

/// A form filled in by field id; every other field holds 0.
pub(crate) struct Office {
    pub(crate) form: Form,
    book: gouji::grid::Workbook,
    mapping: mapping::Mapping,
    filled: mapping::Filled,
    identity: Identity,
}

impl Office {
    pub(crate) fn new(form: &str, office: Option<&str>, year: i32, values: &[(&str, &str)]) -> Self {
        let form = form::by_id(form).unwrap().clone();
        let bytes = blank::blank(&form).unwrap();
        let source = Source { name: "a.xlsx", bytes: &bytes };
        let book = ingest::read(&source, &Limits::default()).unwrap().book;
        let mapping = mapping::map(&book, &form);
        let mut filled = mapping::fill(&book, &form, &mapping);
        for (field, reading) in form.fields.iter().zip(&mut filled.readings) {
            let given = values.iter().find(|(id, _)| *id == field.id);
            reading.value = match given {
                Some((_, "")) => None,
                Some((_, v)) => Some(v.parse().unwrap()),
                None => reading.place.map(|_| 0.into()),
            };
        }
        for (id, _) in values {
            assert!(form.field_ix(id).is_some(), "no field {id}");
        }
        let evidence = |value: String| Evidence { value, source: String::new() };
        let identity = Identity {
            office: office.map(|o| evidence(o.to_owned())),
            year: Some(Evidence { value: year, source: String::new() }),
            ..Identity::default()
        };
        Self { form, book, mapping, filled, identity }
    }

    pub(crate) fn submission(&self) -> Submission<'_> {
        Submission {
            book: &self.book,
            form: &self.form,
            mapping: &self.mapping,
            filled: &self.filled,
            identity: &self.identity,
            before: None,
        }
    }

    pub(crate) fn hear(&self, text: &str) -> Heard {
        narrative(self.submission(), &self.report(text), Prior::default())
    }

    /// The office's workbook with these numbers and 0 in all other fields.
    pub(crate) fn workbook(&self, values: &[(&str, i64)]) -> Vec<u8> {
        let bytes = blank::blank(&self.form).unwrap();
        let edits = self.form.fields.iter().zip(&self.filled.readings).filter_map(|(field, reading)| {
            let place = reading.place?;
            let value = values.iter().find(|(id, _)| *id == field.id).map_or(0, |(_, v)| *v);
            Some(patch::Edit {
                sheet: self.book.sheets[place.sheet].name.clone(),
                cell: place.at,
                value: patch::NewValue::Number(value.to_string()),
            })
        });
        let patch = patch::Patch { edits: edits.collect(), ..patch::Patch::default() };
        patch::apply(&bytes, &patch).unwrap().bytes
    }

    fn last_year(&self) -> LastYear {
        let fields = self.form.fields.iter().zip(&self.filled.readings);
        fields.filter(|(_, r)| r.place.is_some()).map(|(f, r)| (f.id.clone(), r.value)).collect()
    }

    fn report(&self, text: &str) -> Report {
        Report::of_text(text, &self.form)
    }
}

/// A real report: its tables and its text as printed.
#[derive(serde::Deserialize)]
struct Real {
    form: String,
    office: String,
    year: i32,
    text: String,
    values: BTreeMap<String, String>,
}

impl Real {
    fn read(name: &str) -> Self {
        let path = format!("{}/tests/fixtures/reports/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    fn office(&self) -> Office {
        let values: Vec<(&str, &str)> = self.values.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        Office::new(&self.form, Some(&self.office), self.year, &values)
    }
}

/// Findings as code and the words that it marks.
fn marked(heard: &Heard) -> Vec<String> {
    let marks = |text: &str| -> String {
        let parts = text.split('【').skip(1).filter_map(|t| t.split('】').next());
        parts.collect::<Vec<_>>().join(" ")
    };
    let mut out: Vec<String> =
        heard.findings.iter().map(|f| format!("{} {}", f.code, marks(&f.message.zh))).collect();
    out.sort();
    out
}

#[test]
fn real_reports_give_their_contradictions_and_no_others() {
    let cases: &[(&str, Option<&str>, &[&str], usize)] = &[
        (
            "shanghai-office-2019",
            None,
            &[
                "N301 258件",
                "N301 265件",
                "N301 均获维持",
                "N303 33.9%",
                "N303 4.34%",
                "N303 258件 35件 265件 158件 0件",
            ],
            9,
        ),
        ("suqian-2024", Some("suqian-2023"), &["N301 134件", "N301 57件", "N303 1.05%"], 8),
        ("suqian-2023", None, &[], 10),
        ("changchun-tyjr-2023", None, &["N301 2件"], 0),
        ("shuyang-fgj-2023", None, &["N401 2023"], 1),
        ("shiqi-2022", None, &[], 3),
        ("guanzhou-2023", None, &[], 0),
        ("jiaxian-2022", None, &[], 0),
    ];
    let mut failures = Vec::new();
    for (name, prior, expected, agreed) in cases {
        let (real, before) = (Real::read(name), prior.map(Real::read));
        let office = real.office();
        let tables = before.as_ref().map(|b| b.office().last_year());
        let text = before.as_ref().map(|b| office.report(&b.text));
        let prior = Prior { tables: tables.as_ref(), text: text.as_ref() };
        let heard = narrative(office.submission(), &office.report(&real.text), prior);
        let (got, mut wanted) = (marked(&heard), expected.to_vec());
        wanted.sort_unstable();
        if got != wanted || heard.agreed.len() != *agreed {
            let said: Vec<&str> = heard.findings.iter().map(|f| f.message.zh.as_str()).collect();
            failures.push(format!(
                "{name}: {got:#?}\n{said:#?}\n{} agreed {:#?}",
                heard.agreed.len(),
                heard.agreed.iter().map(|a| &a.zh).collect::<Vec<_>>()
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// A township with 12 applications, 2 reviews and a suit.
fn township() -> Office {
    let values = [
        ("t2.normative.made", "3"),
        ("t2.normative.repealed", "1"),
        ("t2.normative.in_force", "20"),
        ("t2.licence.decisions", "358"),
        ("t2.penalty.decisions", "451"),
        ("t2.coercion.decisions", "76"),
        ("t2.fees.amount", "2.5"),
        ("t3.new.natural", "10"),
        ("t3.new.enterprise", "2"),
        ("t3.new.total", "12"),
        ("t3.carried_over.natural", "1"),
        ("t3.carried_over.total", "1"),
        ("t3.granted.total", "6"),
        ("t3.partial.total", "2"),
        ("t3.denied.third_party.total", "1"),
        ("t3.unavailable.not_held.total", "1"),
        ("t3.rejected.petition.total", "1"),
        ("t3.other.no_correction.total", "1"),
        ("t3.total.natural", "10"),
        ("t3.total.enterprise", "2"),
        ("t3.total.total", "12"),
        ("t3.carried_forward.natural", "1"),
        ("t3.carried_forward.total", "1"),
        ("t4.review.upheld", "1"),
        ("t4.review.pending", "1"),
        ("t4.review.total", "2"),
        ("t4.direct_suit.upheld", "1"),
        ("t4.direct_suit.total", "1"),
    ];
    Office::new("xxgk-2021", Some("广州市番禺区石碁镇人民政府"), 2022, &values)
}

/// The same office in a year without any application.
fn quiet() -> Office {
    Office::new("xxgk-2021", Some("广州市番禺区石碁镇人民政府"), 2022, &[])
}

/// What was found: the codes, an info with `?`, and how many comparisons agreed.
fn found(heard: &Heard) -> String {
    let code = |f: &gouji::finding::Finding| {
        format!("{}{}", f.code, if f.severity == Severity::Info { "?" } else { "" })
    };
    let mut codes: Vec<String> = heard.findings.iter().map(code).collect();
    codes.sort();
    if !heard.agreed.is_empty() {
        codes.insert(0, format!("={}", heard.agreed.len()));
    }
    codes.join(" ")
}

/// Sentences with what they must give beside the township's tables.
const SENTENCES: &[(&str, &str)] = &[
    // 收到、受理 · received
    ("全年共收到政府信息公开申请12件。", "=1"),
    ("2022年，石碁镇共收到政府信息公开申请１２件，均按时答复。", "=1"),
    ("全年共受理群众信息公开申请 12 件，全部按时回复。", "=1"),
    ("本年度共收到依申请公开十二件。", "=1"),
    ("2022年共受理13件政府信息公开申请（含上年结转1件）。", "=2"),
    ("我镇收办政府信息公开申请13件。", "=1"),
    ("全镇共新收政府信息公开申请12宗，办结12宗。", "=2"),
    ("全年共受理政府信息公开申请11件，全部按时答复。", "N301"),
    ("本年度，共受理政府信息公开申请2件，都在法定期限内予以答复。", "N301"),
    ("2022年度我镇共收到依申请信息公开26件，及时回复申请人。", "N301"),
    ("今年共接到政府信息公开申请二十一件。", "N301"),
    ("全年未收到政府信息公开申请。", "N302"),
    ("2022年我镇没有收到公民、法人或其他组织提出的政府信息公开申请。", "N302"),
    ("本年度收到政府信息公开申请0件。", "N302"),
    ("本年度无政府信息公开申请。", "N302"),
    // 结果 · results
    ("其中予以公开6件，部分公开2件，不予公开1件，无法提供1件，不予处理1件，其他处理1件。", "=6"),
    ("予以公开的5件、部分公开的2件。", "=1 N301"),
    ("12件申请中，6件予以公开，2件部分公开，1件不予公开。", "=3"),
    ("全年办结12件，其中同意公开6件，不予公开2件。", "=1 N301"),
    ("因本机关不掌握等原因无法提供1件，占8.3%。", "=1"),
    ("因本机关不掌握等原因无法提供4件。", "N301"),
    ("作其他处理（含申请人主动撤回申请）1件、转下年度办理1件。", "=2"),
    ("上年结转1件，结转下年度继续办理1件。", "=2"),
    ("上年度结转政府信息公开申请2件。", "N301"),
    ("无结转下年度继续办理的申请。", "N302"),
    ("予以公开及部分公开8件。", "=1"),
    ("予以公开及部分公开6件。", "N301"),
    ("其中自然人申请10件，法人或其他组织申请2件。", "=2"),
    ("其中，自然人提出的申请9件，法人或其他组织提出的申请2件。", "=1 N301"),
    // 复议、诉讼 · reviews and suits
    ("全年发生因政府信息公开引发的行政复议2件，行政诉讼1件。", "=2"),
    ("信息公开类行政复议2件，诉讼1件。", "=2"),
    ("因政府信息公开被申请行政复议2起，被提起行政诉讼1起。", "=2"),
    ("没有发生涉信息公开的行政复议和行政诉讼案件。", "N302"),
    ("全年未发生因政府信息公开引发的行政复议、行政诉讼。", "N302"),
    ("涉及政府信息公开的行政复议、行政诉讼均为0件。", "N302"),
    ("政府信息公开行政复议和行政诉讼案件共3件。", "=1"),
    ("政府信息公开行政复议和行政诉讼案件共5件。", "N301"),
    ("政府信息公开行政复议案件4件，其中结果维持1件，尚未审结1件。", "=2 N301"),
    ("信息公开类行政复议2件，诉讼1件，均获维持。", "=2 N301"),
    ("无因信息公开被提起行政诉讼的案件。", "N302"),
    // 表二 · table 2
    ("全年制发行政规范性文件3件。", "=1"),
    ("全年共制定规范性文件5件，废止规范性文件1件。", "=1 N301"),
    ("全年作出行政处罚决定451件，行政许可决定360件。", "=1 N301"),
    ("全年行政事业性收费2.5万元。", "=1"),
    ("全年行政事业性收费25000元。", "=1"),
    ("全年行政事业性收费3万元。", "N301"),
    // 说的是别的事 · about something else
    ("石碁镇网上办事大厅政务服务事项共 358 个。", ""),
    ("2022 年自助终端机共受理业务约2200宗。", ""),
    ("全年共挂网公开各类政府信息600条。", ""),
    ("微信公众号发布信息1325条，收到留言28条。", ""),
    ("全年受理12345热线工单356件，办结率100%。", ""),
    ("办理人大代表建议15件、政协提案9件。", ""),
    ("接受群众咨询36件次，答复网民留言20条。", ""),
    ("主动公开政府信息63条，其中组织机构类信息16条，动态类信息36条，其他信息11条。", ""),
    ("公开行政处罚信息 300 条、行政许可信息 120 条。", ""),
    ("全年办理行政审批事项1200件。", ""),
    ("收到信访件35件，全部按期办结。", ""),
    ("全年举办政府信息公开培训3次，参加120人次。", ""),
    // 范围、期间、约数 · scope, period, about
    ("区政府办代表区政府受理政府信息公开申请17件。", "N301?"),
    ("区自然资源局受理政府信息公开申请30件。", "N301?"),
    ("通过网络渠道收到政府信息公开申请8件，信函4件。", ""),
    ("上半年共收到政府信息公开申请5件。", ""),
    ("全年共收到政府信息公开申请10余件。", ""),
    ("收到政府信息公开申请较上年增加3件。", ""),
    ("自条例实施以来，共收到政府信息公开申请135件。", ""),
    ("去年收到政府信息公开申请8件。", ""),
    ("未发生因政府信息公开被行政复议纠正的案件。", ""),
    ("没有发生逾期答复政府信息公开申请的情况。", ""),
    ("无一件申请超期答复。", ""),
    ("对收到的政府信息公开申请，一件一件研究，依法答复。", ""),
    ("下一步，我镇将进一步规范政府信息公开申请的受理、答复程序。", ""),
    ("根据《中华人民共和国政府信息公开条例》第三十三条，20个工作日内答复申请人。", ""),
];

/// Sentences beside tables of zeros.
const NOTHING: &[(&str, &str)] = &[
    ("全年未收到政府信息公开申请，未发生行政复议、行政诉讼。", "=3"),
    ("2022年，我镇没有收到依申请公开件；没有发生涉信息公开的行政复议和行政诉讼案件。", "=3"),
    ("本年度收到政府信息公开申请0件，因政府信息公开引发的行政复议、行政诉讼均为零。", "=3"),
    ("全年共收到政府信息公开申请3件。", "N302"),
    ("全年发生政府信息公开行政复议1件，无行政诉讼。", "=1 N302"),
    ("无上年结转申请，无结转下年度申请。", "=2"),
];

/// Sums, percentages, years, offices and sections, beside the township's tables.
const BY_THEMSELVES: &[(&str, &str)] = &[
    ("主动公开信息8778条，其中政府网站5434条，政务新媒体1919条，其他1425条。", ""),
    ("主动公开信息8778条，其中政府网站5434条，政务新媒体1929条，其他1425条。", "N303"),
    ("主动公开信息8778条，其中政府网站5434条，政务新媒体4000条。", "N303"),
    ("主动公开信息8778条，其中政府网站5434条，政务新媒体1919条。", ""),
    ("共答复10件，其中公开6件、不予公开3件。", "N301"),
    ("共公开信息60条（机构类20条、动态类30条、公告类10条）。", ""),
    ("共公开信息60条（机构类20条、动态类30条、公告类20条）。", "N303"),
    ("全年共收到政府信息公开申请12件，办结12件，其中予以公开6件，占50%。", "=3"),
    ("全年共收到政府信息公开申请12件，办结12件，其中予以公开6件，占60%。", "=3 N303"),
    ("全年共收到政府信息公开申请12件，其中自然人申请10件，占83.3%，法人或其他组织申请2件，占16.7%。", "=3"),
    (
        "全年共收到政府信息公开申请12件，其中自然人申请10件，占83.3%，法人或其他组织申请2件，占17.6%。",
        "=3 N303",
    ),
    ("全年共收到政府信息公开申请12件，较上年增长20%。", "=1"),
    ("全年公开信息600条，占全市的5%。", ""),
    ("2021年，我镇共收到政府信息公开申请12件。", "N401"),
    ("2021年收到政府信息公开申请8件，2022年收到政府信息公开申请12件。", "=1"),
    ("2022年共收到政府信息公开申请12件，比2021年的8件增长50%。", "=1"),
    ("2022年，我镇对2019年印发的政府文件开展公开属性评估。", ""),
    ("本报告所列数据的统计期限自2021年1月1日起至2021年12月31日止。", "N401"),
    ("本报告所列数据的统计期限自2022年1月1日起至2022年12月31日止。", ""),
    ("石碁镇人民政府2021年政府信息公开工作年度报告", "N401"),
    ("石碁镇人民政府2022年政府信息公开工作年度报告", ""),
    ("2022年，大石街道高度重视政府信息公开工作。", "N401"),
    ("2022年，大石镇政府认真落实公开要求。", "N401"),
    ("2022年，镇政府认真落实公开要求。", ""),
    ("2022年，石碁镇政府认真落实公开要求。", ""),
    ("加强督查，督促镇政府认真落实公开要求。", ""),
    ("2022年，石碁镇高度重视政府信息公开工作，各镇街积极配合。", ""),
    ("五、存在的主要问题及改进情况\n无。", "N501"),
    ("五、存在的主要问题及改进情况\n六、其他需要报告的事项\n无。", "N501"),
    ("五、存在的主要问题及改进情况\n一是公开不够及时，二是培训不足。2023年，我镇将加强培训。", ""),
    ("五、存在的主要问题及改进情况\n一是公开不够及时，二是培训不足。2022年，我镇将加强培训。", "N401"),
    ("五、存在的主要问题及改进情况\n2022年我镇工作仍存在公开不及时等问题，将继续改进。", ""),
    ("一、总体情况\n对2件申请收取信息处理费230元。\n六、其他需要报告的事项\n无。", "N601"),
    ("一、总体情况\n工作扎实。\n六、其他需要报告的事项\n对2件申请收取信息处理费230元。", ""),
    ("六、其他需要报告的事项\n本年度未收取信息处理费，无其他需要报告的事项。", ""),
];

/// Sentences beside 石碁镇's tables of 2022, written after the vocabulary and measured before it was mended by
/// them: of 20 faults one was not seen, and two sentences were accused wrongly, one of them as a question (both
/// a reviewing body's cases).
const LATER: &[(&str, &str)] = &[
    ("2022年，我镇共收到公众提交的政府信息公开申请3件，上年结转0件。", ""),
    ("本年度共办理依申请公开事项3件，均在法定期限内答复。", ""),
    ("我镇本年度收到自然人提交的政府信息公开申请4件。", "N301"),
    ("全年收到政府信息公开申请三件，其中无法提供一件，不予处理两件。", ""),
    ("全年收到政府信息公开申请四件，其中无法提供一件，不予处理三件。", "N301 N301"),
    ("2022年度，我镇受理依申请公开4宗。", "N301"),
    ("2022年，我镇新收依申请公开3件，办结3件，结转下年0件。", ""),
    ("今年以来，我镇共收到信息公开申请5件，均已答复。", "N301"),
    ("2022年我镇收到信息公开申请2件，已全部按时办结。", "N301"),
    ("2022年我镇未接到政府信息公开申请。", "N302"),
    ("2022年未收到公民申请政府信息公开的情况。", "N302"),
    ("2022年没有因政府信息公开引起的行政复议和行政诉讼。", ""),
    ("2022年，因政府信息公开引发行政复议案件1件，行政诉讼0件。", "N302"),
    ("2022年，我镇被提起政府信息公开行政诉讼2起。", "N302"),
    ("本年度我镇政府信息公开工作行政复议、行政诉讼案件数均为0。", ""),
    ("全年未产生因政府信息公开申请行政复议、提起行政诉讼的情况。", ""),
    ("我镇无因政府信息公开引发的行政复议、行政诉讼案件。", ""),
    ("涉及政府信息公开的行政复议0件、行政诉讼3件。", "N302"),
    ("3件申请中，予以公开1件，无法提供1件，不予处理1件。", "N301 N302"),
    ("答复结果为：予以公开0件，部分公开0件，不予公开0件，无法提供1件，不予处理2件，其他处理0件。", ""),
    ("其中属于信访举报投诉类申请1件，重复申请1件。", ""),
    ("其中属于信访举报投诉类申请2件，重复申请1件。", "N301"),
    ("本机关不掌握相关政府信息1件。", ""),
    ("全年作出行政处罚决定415件。", "N301"),
    ("全年共作出行政处罚决定451宗，行政强制决定76宗。", ""),
    ("我镇综合行政执法办全年作出行政处罚决定300件。", "N301"),
    ("2022年通过镇政务公众号发布信息312条。", ""),
    ("网站发布信息256条，其中动态类100条、通知公告类156条。", ""),
    ("网站发布信息256条，其中动态类100条、通知公告类166条。", "N303"),
    ("收到政府信息公开申请3件，其中无法提供1件，占33.3%，不予处理2件，占66.7%。", ""),
    ("收到政府信息公开申请3件，其中无法提供1件，占33.3%，不予处理2件，占76.7%。", "N303"),
    ("2021年，石碁镇共收到政府信息公开申请3件。", "N401"),
    ("自2021年1月1日至2021年12月31日，统计数据如下。", "N401"),
    ("2022年我镇处理12345政府服务热线工单2356件。", ""),
    ("全年收到人民来信12件，办理信访事项35件。", ""),
    ("全年召开政府信息公开工作会议2次，开展培训1次。", ""),
    ("我镇共有政府信息公开申请受理点3个。", ""),
    ("配合区司法局办理行政复议案件5件。", ""),
    ("协助区政府办公室办理依申请公开6件。", ""),
    ("本年度未发生政府信息公开申请超期答复的情况。", ""),
    ("对申请人补正3次。", ""),
    ("收到政府信息公开申请约5件。", ""),
    ("与去年相比，政府信息公开申请减少2件。", ""),
    ("2022年比2021年收到的政府信息公开申请多5件。", ""),
    ("规范性文件公开5件。", ""),
    ("制定规范性文件2件。", "N302"),
    ("行政复议维持0件，纠正0件。", ""),
    ("共受理行政复议申请12件。", ""),
];

/// In the report of a department.
const DEPARTMENT: &[(&str, &str)] = &[
    ("2022年，县水利局高度重视政府信息公开工作，加强组织领导。", "N401"),
    ("县教育局严格按照《条例》要求，做好政府信息公开工作。", "N401"),
    ("2022年，市生态环境局认真贯彻落实《条例》。", "N401"),
    ("2022年，县农业农村局高度重视政府信息公开工作。", ""),
    ("2022年，县农业局高度重视政府信息公开工作。", ""),
    ("2022年，我局高度重视政府信息公开工作。", ""),
    ("2022年，全局高度重视政府信息公开工作。", ""),
    ("县财政局配合公开了惠农补贴资金信息。", ""),
    ("按照市水利局要求，认真落实河湖长制信息公开。", ""),
    ("县政府办公室高度重视，多次组织培训。", ""),
];

#[derive(Default)]
struct Score {
    right: usize,
    wrong: usize,
    missed: usize,
}

fn compare(score: &mut BTreeMap<String, Score>, expected: &str, got: &str) {
    let mut expected: Vec<&str> = expected.split_whitespace().filter(|c| !c.starts_with('=')).collect();
    for code in got.split_whitespace().filter(|c| !c.starts_with('=')) {
        let one = score.entry(code.trim_end_matches('?').to_owned()).or_default();
        match expected.iter().position(|e| *e == code) {
            Some(i) => {
                expected.remove(i);
                one.right += 1;
            }
            None => one.wrong += 1,
        }
    }
    for code in expected {
        score.entry(code.trim_end_matches('?').to_owned()).or_default().missed += 1;
    }
}

/// The findings of an expectation; how many comparisons agree is not held where it does not say.
fn same(expected: &str, got: &str) -> bool {
    let codes =
        |t: &str| t.split_whitespace().filter(|c| !c.starts_with('=')).map(str::to_owned).collect::<Vec<_>>();
    expected == got || !expected.contains('=') && codes(expected) == codes(got)
}

fn run(cases: &[(&Office, &[(&str, &str)])]) {
    let (mut score, mut failures) = (BTreeMap::new(), Vec::new());
    for (office, sentences) in cases {
        for (text, expected) in *sentences {
            let heard = office.hear(text);
            let got = found(&heard);
            compare(&mut score, expected, &got);
            if !same(expected, &got) {
                let said: Vec<&str> = heard.findings.iter().map(|f| f.message.zh.as_str()).collect();
                failures.push(format!(
                    "{text}\n  expected {expected:?}, got {got:?} {said:?} {:?}",
                    heard.agreed
                ));
            }
        }
    }
    for (code, s) in &score {
        let share = |n: usize, of: usize| (100 * n).checked_div(of).unwrap_or(100);
        let (precision, recall) = (share(s.right, s.right + s.wrong), share(s.right, s.right + s.missed));
        println!("{code}: precision {precision} %, recall {recall} % of {}", s.right + s.missed);
    }
    assert!(failures.is_empty(), "{} of the sentences:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn sentences_are_compared_with_the_tables() {
    let (township, quiet) = (township(), quiet());
    let later = Real::read("shiqi-2022").office();
    let department = Office::new("xxgk-2021", Some("高平县农业农村局"), 2022, &[]);
    run(&[
        (&township, SENTENCES),
        (&quiet, NOTHING),
        (&township, BY_THEMSELVES),
        (&later, LATER),
        (&department, DEPARTMENT),
    ]);
}
