//! The definition language described once: every section with its keys, what each may hold, and what it means.
//!
//! `source` checks definitions against it, `schema` writes it as a JSON Schema for editors, and the page for owners
//! of forms (.github/FORMS.md) lists it.

use crate::finding::Text;

/// A part of a definition and its keys.
#[derive(Debug)]
pub(super) struct Section {
    /// Its name in English and Chinese.
    pub(super) name: (&'static str, &'static str),
    pub(super) keys: &'static [Key],
}

/// A key of a section.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) holds: Holds,
    pub(super) needed: bool,
    /// What it means, in Chinese and English.
    pub(super) means: (&'static str, &'static str),
}

/// What a key may hold.
#[derive(Debug, Clone, Copy)]
pub(super) enum Holds {
    Words,
    Word,
    /// One of these words.
    OneOf(&'static [&'static str]),
    Year,
    Number,
    Flag,
    /// A list of words out of these.
    SomeOf(&'static [&'static str]),
    /// A table of this section.
    One(&'static Section),
    /// A list of tables of this section.
    Each(&'static Section),
    /// Labels, each with a list of words.
    Lists,
}

impl Holds {
    /// What is expected, in Chinese and English.
    pub(super) fn expected(self) -> (&'static str, &'static str) {
        match self {
            Self::Word | Self::OneOf(_) => ("文字", "a string"),
            Self::Words | Self::SomeOf(_) => ("文字列表", "a list of strings"),
            Self::Year => ("年份", "a year"),
            Self::Number => ("数", "a number"),
            Self::Flag => ("true 或 false", "true or false"),
            Self::One(_) | Self::Lists => ("表格 { … }", "a table { … }"),
            Self::Each(_) => ("表格的列表", "a list of tables"),
        }
    }
}

impl Section {
    pub(super) fn text(&self) -> Text {
        Text::new(self.name.1, self.name.0)
    }
}

const fn must(name: &'static str, holds: Holds, zh: &'static str, en: &'static str) -> Key {
    Key { name, holds, needed: true, means: (zh, en) }
}

const fn may(name: &'static str, holds: Holds, zh: &'static str, en: &'static str) -> Key {
    Key { name, holds, needed: false, means: (zh, en) }
}

pub(super) const STATUSES: &[&str] = &["draft", "beta", "active", "withdrawn"];
pub(super) const SEVERITIES: &[&str] = &["error", "warning", "info"];
pub(super) const KINDS: &[&str] = &["count", "signed", "amount", "signed amount"];
pub(super) const TERMS: &[&str] = &["act", "money", "ask"];
pub(super) const BLANKS: &[&str] = &["fault", "zero", "unknown"];
pub(super) const ROLL_UPS: &[&str] = &["sum", "none"];
pub(super) const LEVELS: &[&str] = &["state", "province", "prefecture", "county", "township", "department"];

use Holds::{Each, Flag, Lists, Number, One, OneOf, SomeOf, Word, Words, Year};

const KIND: Key = may(
    "kind",
    OneOf(KINDS),
    "数字类别：count 件数（默认）、signed 可为负的件数、amount 可带小数、signed amount 可为负、可带小数",
    "what is counted: count (default), signed, amount (decimals), signed amount",
);
const UNIT: Key = may("unit", Word, "计量单位", "the unit");
const BLANK: Key = may(
    "blank",
    OneOf(BLANKS),
    "空白的含义：fault 应填而未填（默认）、zero 就是 0、unknown 没有数（有关的关系不判断）",
    "what a blank means: fault (default: 0 should be entered), zero, unknown (relations with it are not judged)",
);
const MARKS: Key = may(
    "marks",
    One(&MARKS_OF),
    "哪些符号是填报的内容，不是错：zero 就是 0，unknown 没有数（有关的关系不判断）",
    "marks that are in order where a number belongs: zero is 0, unknown is no number (relations are not judged)",
);
const ROUNDED: Key = may(
    "rounded",
    Number,
    "数字四舍五入到多少，如 0.1、1000；关系按舍入区间判断",
    "what the numbers are rounded to, such as 0.1 or 1000; relations allow for it",
);
const ROLL_UP: Key = may(
    "roll_up",
    OneOf(ROLL_UPS),
    "汇总各单位时：sum 相加、none 不汇总（百分比、平均数）；不写时，比率关系里的比率和单位是 % 的不汇总",
    "over many offices: sum, or none (percentages, means); by default rates of a relation and the unit % are none",
);
const SINCE: Key = may("since", Year, "从哪一年的报表起", "first year of reports");
const UNTIL: Key = may("until", Year, "到哪一年的报表止", "last year of reports");
const STATUS: Key = may(
    "status",
    OneOf(STATUSES),
    "draft 起草中、beta 试行（只提示）、active 使用（默认）、withdrawn 停用（须写 reason）",
    "draft, beta (told as info only), active (default), withdrawn (with a reason)",
);
const REASON: Key = may("reason", Word, "停用的原因", "why it is withdrawn");
const CODE: Key = must("code", Word, "规则代号，如 R001", "the rule's code, such as R001");
const FOR: Key = may(
    "for",
    Word,
    "写给谁：each row of 表、each column of 表、each column group of 表；不写则用完整的字段代号",
    "each row of T, each column of T, each column group of T; without it whole field ids are used",
);
const PLACE: Key =
    may("place", Word, "没有 for 时，JSON 中的 where", "`where` in JSON, if there is no `for`");
const TITLE: Key = must("title", One(&TEXT), "规则说什么", "what the rule says");
const BASIS: Key = may("basis", Word, "依据", "where it is laid down");
const EXEMPT: Key = may("exempt", One(&EXEMPTION), "不适用的单位", "offices that it does not concern");

pub(super) static FORM: Section = Section {
    name: ("definition", "定义"),
    keys: &[
        must("id", Word, "代号，如 library-2024", "its id, such as library-2024"),
        STATUS,
        REASON,
        must("title", One(&TEXT), "报表名称", "its name"),
        must("authority", Word, "依据的通知或制度", "the notice that prescribes it"),
        SINCE,
        UNTIL,
        may(
            "heading",
            Word,
            "表前的标题；{office}、{year} 留待填写",
            "what is printed above; {office}, {year} are filled in",
        ),
        may("words", Words, "报表标题中的词", "words in the titles of its submissions"),
        MARKS,
        may("aliases", Lists, "标签的其他写法", "other words for a label"),
        must("table", Each(&TABLE), "各张表", "its tables"),
        may("relation", Each(&RELATION), "勾稽关系", "relations that must hold"),
        may(
            "check",
            Each(&CHECK),
            "其他核查：条件成立即提示",
            "other checks: a finding where the condition holds",
        ),
        may("narrative", One(&NARRATIVE), "报告正文的词汇", "the words of the report's text"),
        may(
            "comparable",
            Each(&COMPARABLE),
            "另一格式中含义相同的格",
            "what another form counts under another name",
        ),
    ],
};

static COMPARABLE: Section = Section {
    name: ("comparable", "可比项目"),
    keys: &[
        must("field", Word, "本格式的字段", "a field of this form"),
        must("form", Word, "另一格式的代号", "the other form's id"),
        must("was", Word, "另一格式的字段", "the field there"),
    ],
};

static TABLE: Section = Section {
    name: ("table", "表"),
    keys: &[
        must("id", Word, "代号，如 t1", "its id, such as t1"),
        must("name", Word, "工作表名", "name of its sheet"),
        must("title", Word, "表名", "its title"),
        may("heading", Word, "印在表上方的一行", "what is printed above it"),
        KIND,
        UNIT,
        BLANK,
        MARKS,
        ROUNDED,
        ROLL_UP,
        must("block", Each(&BLOCK), "各个区块：一个表头下的一块数字", "its blocks: numbers under one header"),
    ],
};

static BLOCK: Section = Section {
    name: ("block", "区块"),
    keys: &[
        may(
            "beside",
            Flag,
            "true：并排在前一个区块的右边，行是自己的",
            "true: it stands to the right of the block before, with rows of its own",
        ),
        may("band", Word, "表头上方通栏的一行", "the line printed above the header"),
        may("corner", Word, "表头左上角的字", "the label in the header's corner"),
        may(
            "cells",
            Each(&CELLS),
            "与同一行、同一列的其他数不同的格",
            "cells unlike the others of their row or column",
        ),
        may("unfilled", Words, "不用填的格（写全代号），空白不查", "ids of fields that nobody fills in"),
        must("fields", Word, "字段代号的写法，如 t1.{row}.{col}", "how field ids are made: t1.{row}.{col}"),
        KIND,
        UNIT,
        BLANK,
        MARKS,
        ROUNDED,
        ROLL_UP,
        must("rows", Each(&LINE), "各行", "its rows"),
        must("cols", Each(&COLUMN), "各列", "its columns"),
    ],
};

static CELLS: Section = Section {
    name: ("cells", "一些格"),
    keys: &[
        may("rows", Words, "哪些行的（不写是各行）", "of which rows, by id (default: of all)"),
        may("cols", Words, "哪些列的（不写是各列）", "of which columns, by id (default: of all)"),
        KIND,
        UNIT,
        BLANK,
        MARKS,
        ROUNDED,
        ROLL_UP,
    ],
};

const LINE_KEYS: &[Key] = &[
    must("id", Word, "代号", "its id"),
    must("path", Words, "标签，外层在前", "its labels, outermost first"),
    KIND,
    UNIT,
    BLANK,
    MARKS,
    ROUNDED,
    ROLL_UP,
    may("replaces", Words, "混用格式时代替哪几行", "in a mixed form, the lines that it stands for"),
];
static LINE: Section = Section { name: ("row", "行"), keys: LINE_KEYS };
static COLUMN: Section = Section { name: ("column", "列"), keys: LINE_KEYS };

static RELATION: Section = Section {
    name: ("relation", "勾稽关系"),
    keys: &[
        CODE,
        may("severity", OneOf(SEVERITIES), "等级（默认 error）", "how bad it is (default error)"),
        STATUS,
        REASON,
        SINCE,
        UNTIL,
        FOR,
        PLACE,
        may("if", Word, "只在这个条件确定成立时适用", "it holds only where this condition is certainly met"),
        must("holds", Word, "应当成立的等式或不等式", "the equation or inequality that must hold"),
        may("tolerance", Number, "允许相差多少（舍入之外）", "how far off it may be, besides rounding"),
        TITLE,
        may("text", One(&TEXT), "发现问题时怎么说；{字段}、{where} 会换成数和标签", "the finding's words"),
        BASIS,
        EXEMPT,
    ],
};

static CHECK: Section = Section {
    name: ("check", "核查"),
    keys: &[
        CODE,
        must("severity", OneOf(SEVERITIES), "等级", "how bad it is"),
        STATUS,
        REASON,
        SINCE,
        UNTIL,
        FOR,
        PLACE,
        must("when", Word, "条件：确定成立即提示", "a finding where this is certainly met"),
        may("unless", Word, "但这个条件成立时不提示", "but none where this is met"),
        may(
            "fields",
            Words,
            "看哪些格（默认条件中的全部）",
            "the fields to look at (default: all of the condition)",
        ),
        TITLE,
        must("text", One(&TEXT), "发现问题时怎么说；{字段}、{where} 会换成数和标签", "the finding's words"),
        BASIS,
        EXEMPT,
    ],
};

static EXEMPTION: Section = Section {
    name: ("exemption", "例外"),
    keys: &[
        may("levels", SomeOf(LEVELS), "哪些层级的单位", "levels of office"),
        may("offices", Words, "哪些单位（地名）", "offices and places by name"),
        may("unsure", OneOf(SEVERITIES), "层级不明时的等级", "the severity where the level is not certain"),
    ],
};

static MARKS_OF: Section = Section {
    name: ("marks", "符号"),
    keys: &[
        may("zero", Words, "就是 0 的符号，如 \"-\"", "marks that are 0, such as \"-\""),
        may("unknown", Words, "没有数的符号，如 \"N/A\"、\"…\"、\"x\"", "marks for no number: N/A, …, x"),
    ],
};

static TEXT: Section = Section {
    name: ("text", "文字"),
    keys: &[must("zh", Word, "中文", "Chinese"), must("en", Word, "英文", "English")],
};

static NARRATIVE: Section = Section {
    name: ("narrative", "正文词汇"),
    keys: &[
        may("sections", Words, "各部分标题中的词", "a word of each section's heading"),
        may("problems", Word, "写问题的部分", "the section on problems"),
        may("others", Word, "写其他事项的部分", "the section on other matters"),
        may("term", Each(&TERM), "词条", "what sentences count"),
        may("whole", Each(&WHOLE), "哪些词条合成一个", "terms that add up to others"),
        may("fees", Words, "信息处理费有关的字段", "fields that speak of a processing fee"),
    ],
};

static TERM: Section = Section {
    name: ("term", "词条"),
    keys: &[
        must("id", Word, "代号", "its id"),
        must("title", One(&TEXT), "名称", "its name"),
        may("words", Words, "说法", "words that name it"),
        may("near", Words, "附近须有的词", "words of which one must stand near it"),
        may("beside", Words, "同一句中须有的词", "words of which one must stand in the same sentence"),
        may(
            "alone",
            Flag,
            "只在没有别的词条的分句里算",
            "it counts only in a clause that names no other term",
        ),
        may("kind", OneOf(TERMS), "单位做的事、金额、或不同时只问", "what is counted"),
        may("is", Words, "数的是哪些字段", "the fields that it counts"),
    ],
};

static WHOLE: Section = Section {
    name: ("whole", "合计"),
    keys: &[
        must("whole", Word, "合成的词条", "the whole"),
        may("parts", Words, "各部分", "its parts"),
        may("apart", Flag, "各部分要在同一句", "its parts must stand in its own sentence"),
    ],
};
