//! All submissions of a batch together, as data: whose they are, which of them count, and their sum.

use super::entry::{Entry, Held};
use crate::finding::Severity;
use crate::form::{FieldIx, Form};
use rust_decimal::Decimal;

/// All submissions of a batch.
#[derive(Debug, Clone, Default)]
pub struct Overview {
    /// Submissions in the order of their paths.
    pub entries: Vec<Entry>,
    /// What each of them counts for.
    pub roles: Vec<Role>,
    /// Id of the form that most submissions are of; the roll-up is of this form.
    pub form: Option<String>,
    /// The year that most submissions report on.
    pub year: Option<i32>,
    /// Offices: those of the roster in its order, then others.
    pub offices: Vec<Office>,
    /// The number of each submission's office.
    pub owners: Vec<usize>,
    /// Whether there is a roster.
    pub has_roster: bool,
    /// The roll-up: one sum a field of the form, in its order.
    pub sums: Vec<Sum>,
    /// Fields of the roll-up that were added up as one line, since some offices report only that line.
    pub coarse: Vec<FieldIx>,
}

/// What a submission counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Its numbers are its office's.
    Used,
    /// Its office has sent another one that counts.
    Older,
    /// It is of another year than most.
    OtherYear,
    /// It is of another form than most.
    OtherForm,
    /// It is the sum of others.
    Aggregate,
    /// It holds no numbers.
    NoForm,
}

/// An office and what it has sent.
#[derive(Debug, Clone, Default)]
pub struct Office {
    /// Its name, as on the roster if it stands there.
    pub name: String,
    /// Its level, from the roster.
    pub level: String,
    /// The office above it, from the roster.
    pub parent: String,
    /// Whether it stands on the roster; `true` for all where there is none.
    pub listed: bool,
    /// Its submissions by number, the one that counts first.
    pub files: Vec<usize>,
    /// How its submissions differ from one another.
    pub differences: Vec<String>,
}

/// How an office stands against the roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// One submission.
    Reported,
    /// None.
    Missing,
    /// More than one.
    Twice,
    /// Not on the roster.
    Unlisted,
}

/// The sum of one field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// The sum; `None` where no office has a number.
    pub value: Option<Decimal>,
    /// Offices with a number.
    pub numbers: usize,
    /// Offices that left it blank.
    pub blanks: usize,
    /// Offices in whose submission it was not located.
    pub absent: usize,
    /// Offices whose entry is no number.
    pub unreadable: usize,
}

impl Office {
    /// How it stands against the roster.
    pub fn state(&self) -> State {
        match self.files.len() {
            _ if !self.listed => State::Unlisted,
            0 => State::Missing,
            1 => State::Reported,
            _ => State::Twice,
        }
    }
}

impl State {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reported => "已报",
            Self::Missing => "缺报",
            Self::Twice => "重复报送",
            Self::Unlisted => "名单外",
        }
    }
}

impl Role {
    /// Whether its numbers are summed, and if not why.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Used => "采用",
            Self::Older => "未采用（有较新的）",
            Self::OtherYear => "未采用（年度不同）",
            Self::OtherForm => "未采用（格式不同）",
            Self::Aggregate => "汇总单位的表，与各单位之和核对",
            Self::NoForm => "未采用（没有报表）",
        }
    }
}

impl Overview {
    /// The submissions that count, with their numbers.
    pub fn used(&self) -> impl Iterator<Item = (usize, &Entry)> {
        let with_role = self.entries.iter().zip(&self.roles).enumerate();
        with_role.filter(|(_, (_, role))| **role == Role::Used).map(|(i, (entry, _))| (i, entry))
    }

    /// The office that a submission is of.
    pub fn office_of(&self, entry: usize) -> Option<&Office> {
        self.offices.get(*self.owners.get(entry)?)
    }

    /// The name of a submission's office.
    pub fn name_of(&self, entry: usize) -> &str {
        let own = || self.entries.get(entry).map_or("", Entry::name);
        self.office_of(entry).map_or_else(own, |o| o.name.as_str())
    }

    /// One sentence for who reads nothing else.
    pub fn verdict(&self) -> String {
        let errors = self.used().filter(|(_, e)| e.count(Severity::Error) > 0).count();
        let (used, missing) = (self.used().count(), self.count(State::Missing));
        let mut said = vec![format!("采用 {used} 家单位的报表")];
        if self.has_roster {
            said.push(if missing == 0 {
                "名单上的单位已报齐".to_owned()
            } else {
                format!("缺报 {missing} 家")
            });
        }
        said.push(if errors == 0 {
            "没有错误".to_owned()
        } else {
            format!("{errors} 家有错误，需退回更正")
        });
        format!("{}。", said.join("，"))
    }

    /// How many offices stand so against the roster.
    pub fn count(&self, state: State) -> usize {
        self.offices.iter().filter(|o| o.state() == state).count()
    }

    /// Adds up the submissions that count.
    ///
    /// Where some offices report one line in place of several, the sum has that line: several cannot be had from
    /// one.
    pub fn add_up(&mut self, form: &Form) {
        let mut sums = vec![Sum::default(); form.fields.len()];
        for (_, entry) in self.used() {
            for (sum, held) in sums.iter_mut().zip(&entry.values) {
                sum.add(*held);
            }
        }
        self.sums = sums;
        self.coarsen(form);
    }

    fn coarsen(&mut self, form: &Form) {
        let variants: Vec<FieldIx> =
            (0..form.fields.len() as u32).map(FieldIx).filter(|f| form.is_variant(*f)).collect();
        let reported = |f: &FieldIx| self.sum(*f).is_some_and(|s| s.numbers > 0);
        let in_use: Vec<FieldIx> = variants.iter().filter(|f| reported(f)).copied().collect();
        let lines: std::collections::BTreeSet<String> =
            in_use.iter().filter_map(|f| variant_line(form, *f)).collect();
        for variant in variants {
            if !variant_line(form, variant).is_some_and(|l| lines.contains(&l)) {
                if let Some(sum) = self.sums.get_mut(variant.0 as usize) {
                    *sum = Sum::default();
                }
                continue;
            }
            let parts = replaced(form, variant);
            let mut total = Sum::default();
            for (_, entry) in self.used() {
                total.add(whole_or_parts(entry, variant, &parts));
            }
            if let Some(sum) = self.sums.get_mut(variant.0 as usize) {
                *sum = total;
            }
            for part in parts {
                if let Some(sum) = self.sums.get_mut(part.0 as usize) {
                    *sum = Sum::default();
                }
            }
            self.coarse.push(variant);
        }
    }

    /// The sum of a field.
    pub fn sum(&self, field: FieldIx) -> Option<&Sum> {
        self.sums.get(field.0 as usize)
    }
}

impl Sum {
    fn add(&mut self, held: Held) {
        match held {
            Held::Number(n) => {
                self.numbers += 1;
                self.value = self.value.unwrap_or_default().checked_add(n);
            }
            Held::Blank => self.blanks += 1,
            Held::Unreadable => self.unreadable += 1,
            Held::Absent => self.absent += 1,
        }
    }

    /// Offices whose number is not in the sum.
    pub fn lacking(&self) -> usize {
        self.blanks + self.absent + self.unreadable
    }
}

/// The line that a variant field stands on, by block and id.
fn variant_line(form: &Form, ix: FieldIx) -> Option<String> {
    let field = form.field(ix)?;
    let block = form.block_of(field)?;
    let lines = [block.rows.get(field.row)?, block.cols.get(field.col)?];
    let line = lines.into_iter().find(|l| !l.replaces.is_empty())?;
    Some(format!("{}.{}.{}", field.table, field.block, line.id))
}

/// The fields that a variant field stands for.
fn replaced(form: &Form, ix: FieldIx) -> Vec<FieldIx> {
    let Some(field) = form.field(ix) else { return Vec::new() };
    let Some(block) = form.block_of(field) else { return Vec::new() };
    let (row, col) = (block.rows.get(field.row), block.cols.get(field.col));
    let is_part = |f: &&FieldIx| {
        let Some(other) = form.field(**f) else { return false };
        let by_row =
            row.is_some_and(|r| block.rows.get(other.row).is_some_and(|o| r.replaces.contains(&o.id)));
        let by_col =
            col.is_some_and(|c| block.cols.get(other.col).is_some_and(|o| c.replaces.contains(&o.id)));
        (by_row && other.col == field.col) || (by_col && other.row == field.row)
    };
    block.fields.iter().filter(is_part).copied().collect()
}

/// What an office reports under a line: its own number, else the sum of the lines that it replaces.
fn whole_or_parts(entry: &Entry, whole: FieldIx, parts: &[FieldIx]) -> Held {
    let held = |f: FieldIx| entry.values.get(f.0 as usize).copied().unwrap_or_default();
    let own = held(whole);
    if own != Held::Absent {
        return own;
    }
    let numbers: Vec<Decimal> = parts.iter().filter_map(|p| held(*p).number()).collect();
    match (numbers.len(), parts.first()) {
        (0, Some(first)) => held(*first),
        (0, None) => Held::Absent,
        _ => numbers
            .iter()
            .try_fold(Decimal::ZERO, |a, b| a.checked_add(*b))
            .map_or(Held::Unreadable, Held::Number),
    }
}
