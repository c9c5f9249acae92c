//! Numbers with the terms that they count, and the doubt that what stands around them leaves.

use super::claims::{Found, Reader};
use super::mentions::Mention;
use super::numerals::Number;
use super::scope::{self, Doubt};
use super::understood::unexplained;
use super::words::{any, residue};
use crate::form::narrative::Counts;
use rust_decimal::Decimal;
use std::ops::Range;

/// A number of a clause, with the terms that share it.
struct Count<'m> {
    clause: Range<usize>,
    /// From the number in front, or the clause's beginning, to the terms or the number.
    lead: Range<usize>,
    group: Vec<&'m Mention>,
    /// From the terms to the number, or from the number to a term behind it.
    gap: Range<usize>,
    number: &'m Number,
    /// What stands behind, up to the next number.
    behind: Range<usize>,
}

impl Reader<'_> {
    /// Numbers with the term in front of them, or else behind.
    pub(super) fn counted(
        &self,
        clause: &Range<usize>,
        mentions: &[Mention],
        numbers: &[&Number],
        out: &mut Vec<Found>,
    ) {
        if let Some(found) = self.respectively(clause, mentions, numbers) {
            out.extend(found);
            return;
        }
        if self.of_each(clause, mentions, numbers) {
            return;
        }
        let mut from = clause.start;
        for (i, number) in numbers.iter().enumerate() {
            let stop = numbers.get(i + 1).map_or(clause.end, |n| n.range.start);
            let in_front: Vec<&Mention> = mentions
                .iter()
                .filter(|m| m.range.start >= from && m.range.end <= number.range.start)
                .filter(|m| number.unit != "元" || self.is_money(m))
                .collect();
            let begins = std::mem::replace(&mut from, number.range.end);
            if let Some(last) = in_front.last() {
                let gap = last.range.end..number.range.start;
                let (clause, group, behind) = (clause.clone(), self.group(&in_front), from..stop);
                let lead = begins..group.first().map_or(begins, |m| m.range.start);
                out.extend(self.claim(&Count { clause, lead, group, gap, number, behind }));
            } else if let Some(m) = mentions.iter().find(|m| m.range.start >= from && m.range.end <= stop) {
                let gap = from..m.range.start;
                if !self.flow.text(gap.clone()).contains('、') {
                    from = m.range.end;
                    let (clause, group, behind) = (clause.clone(), vec![m], m.range.end..stop);
                    let lead = begins..number.range.start;
                    out.extend(self.claim(&Count { clause, lead, group, gap, number, behind }));
                }
            }
        }
    }

    /// "行政许可、行政处罚分别为12件和3件": as many numbers as terms, in their order.
    fn respectively(
        &self,
        clause: &Range<usize>,
        mentions: &[Mention],
        numbers: &[&Number],
    ) -> Option<Vec<Found>> {
        let (last, first) = (mentions.last()?, numbers.first()?);
        let gap = last.range.end..first.range.start;
        let fits = mentions.len() == numbers.len() && mentions.len() > 1 && gap.start <= gap.end;
        if !fits || !self.flow.text(gap).contains("分别") {
            return None;
        }
        let first_start = mentions.first().map_or(clause.start, |m| m.range.start);
        let one = |(m, number): (&'_ Mention, &&Number)| {
            let (clause, behind) = (clause.clone(), number.range.end..number.range.end);
            let gap = number.range.start..number.range.start;
            let lead = clause.start..first_start;
            self.claim(&Count { clause, lead, group: vec![m], gap, number, behind })
        };
        Some(mentions.iter().zip(numbers).flat_map(one).collect())
    }

    /// The terms that share a number: those joined to the last one by 和 and the like.
    pub(super) fn group<'m>(&self, in_front: &[&'m Mention]) -> Vec<&'m Mention> {
        let mut group: Vec<&Mention> = Vec::new();
        for m in in_front.iter().rev() {
            let joined = group.last().is_none_or(|next: &&Mention| {
                let between = self.flow.text(m.range.end..next.range.start);
                any(&self.context.words.joints, &between) && residue(self.context.words, &between) == 0
            });
            if !joined {
                break;
            }
            group.push(m);
        }
        group.reverse();
        group
    }

    /// What a number with its terms claims.
    fn claim(&self, count: &Count) -> Vec<Found> {
        let number = count.number;
        if number.rough || self.is_persons(number) || !self.fits(count) || count.group.iter().any(|m| !m.live)
        {
            return Vec::new();
        }
        let doubt = self.doubt_of(count);
        let asked = doubt == Doubt::None && self.any_of(count, Counts::Unsure) && !number.value.is_zero();
        // Items are told only where another beside them agrees with the table.
        let doubt = match doubt {
            Doubt::None if self.is_item(count) => Doubt::Unclear,
            Doubt::None if asked => Doubt::Scope,
            doubt => doubt,
        };
        let money = self.every(count, Counts::Money);
        let scale = if money { Decimal::from(10_000) } else { Decimal::ONE };
        let (value, step) = (number.value / scale, number.step / scale);
        let found = |terms: Vec<usize>, doubt| Found {
            step,
            asked,
            ..Found::new(terms, value, doubt, number.range.clone())
        };
        let terms: Vec<usize> = count.group.iter().map(|m| m.term).collect();
        let acts = self.any_of(count, Counts::Acts);
        let severally = self.between(count).contains(['均', '各', '都']);
        let joined = first_to_last(&count.group).is_some_and(|r| self.flow.text(r).contains(['并', '和']));
        let together = joined && acts && !self.between(count).contains('共');
        if !(number.value.is_zero() || severally || acts) {
            return vec![found(terms, doubt)];
        }
        // "收到、办结3件" may be each or both.
        let unclear = terms.len() > 1 && !together && !number.value.is_zero() && !severally;
        let doubt = if unclear { Doubt::Unclear } else { doubt };
        terms.into_iter().map(|t| found(vec![t], doubt)).collect()
    }

    /// Whether a term is an amount: of "行政事业性收费共收到26.78万元" the fees are counted.
    fn is_money(&self, mention: &Mention) -> bool {
        self.context.narrative.terms.get(mention.term).is_some_and(|t| t.kind == Counts::Money)
    }

    /// Whether a number can count its terms at all, and is no change of them.
    fn fits(&self, count: &Count) -> bool {
        let (words, unit) = (self.context.words, &count.number.unit);
        let lead = self.flow.text(count.clause.start..count.number.range.start);
        let measured = if self.every(count, Counts::Money) {
            unit == "元"
        } else {
            words.counts.contains(unit) || unit.is_empty() && self.bare(count.number, &self.between(count))
        };
        measured && !any(&words.change, &lead) && !lead.ends_with(['多', '少'])
    }

    /// Whether those who ask are counted, and not what they ask for: 收到24个自然人的申请.
    fn is_persons(&self, number: &Number) -> bool {
        let words = self.context.words;
        let behind = self.flow.text(number.range.end..self.flow.chars.len());
        number.unit == "个" && words.applicants.iter().any(|w| behind.starts_with(w.as_str()))
    }

    /// The doubt about a number, from all that stands around it.
    fn doubt_of(&self, count: &Count) -> Doubt {
        let (words, between) = (self.context.words, self.between(count));
        let first = count.group.first().map_or(count.clause.start, |m| m.range.start);
        let led = self.flow.text(count.clause.start..first);
        let acts = self.any_of(count, Counts::Acts);
        let gap = &count.gap;
        let cut = |c: &usize| gap.start < *c && *c <= gap.end || *c == gap.start && gap.start < gap.end;
        let unclear = self.flow.cuts.iter().any(cut)
            || if self.every(count, Counts::Money) { unexplained(self.context, &between) > 1 } else { residue(words, &between) > 1 }
            || self.flow.text(gap.clone()).ends_with('中') // 行政复议中1件维持
            || acts && (led.ends_with("其中") && !self.is_new(first) || self.narrowed(&count.behind))
            || acts && self.of_a_sort(&led)
            || !acts && self.reasoned(&self.flow.text(count.lead.clone()))
            || acts && self.off_topic(&count.clause, &between, &led)
            || acts && self.of_cases(&count.clause, first)
            || any(&words.classified, self.sentence)
            || self.of_another(&count.group, &count.behind);
        if unclear {
            return Doubt::Unclear;
        }
        let known = self.is_understood(&self.item(&count.lead), &count.group, &count.gap);
        self.doubt(&count.clause, first).max(if known { Doubt::None } else { Doubt::Unknown })
    }

    /// A lead from its last item: 、 parts what is counted before from what is counted here.
    fn item(&self, lead: &Range<usize>) -> Range<usize> {
        let cut = lead.clone().rev().find(|i| self.flow.chars.get(*i) == Some(&'、'));
        let counts = |i: &usize| lead.start > 0 || self.names(&(lead.start..*i));
        cut.filter(counts).map_or(lead.start, |i| i + 1)..lead.end
    }

    /// What stands between the terms and their number, as far as it may narrow them.
    fn between(&self, count: &Count) -> String {
        self.plain(&self.flow.text(count.gap.clone()))
    }

    fn any_of(&self, count: &Count, kind: Counts) -> bool {
        let mut terms = count.group.iter().filter_map(|m| self.context.narrative.terms.get(m.term));
        terms.any(|t| t.kind == kind)
    }

    fn every(&self, count: &Count, kind: Counts) -> bool {
        let mut terms = count.group.iter().filter_map(|m| self.context.narrative.terms.get(m.term));
        terms.all(|t| t.kind == kind)
    }

    /// Whether items are counted rather than cases: 行政许可24项, 公示行政处罚62件.
    fn is_item(&self, count: &Count) -> bool {
        let words = self.context.words;
        let published = || any(&words.published, &self.flow.text(0..count.number.range.start));
        self.any_of(count, Counts::Unsure) && (!words.cases.contains(&count.number.unit) || published())
    }

    /// A number without a measure word counts only where nothing else can be meant: "为0，", "：3。"
    fn bare(&self, number: &Number, between: &str) -> bool {
        let end = self.flow.chars.get(number.range.end).copied();
        end.is_none_or(|c| matches!(c, ',' | ';' | '、')) && between.ends_with(['为', '是', ':', '共', '计'])
    }

    /// Whether an act is one on something else: "商品房预售许可受理申请38件", "受理仲裁申请1356件，办结1340件".
    fn off_topic(&self, clause: &Range<usize>, between: &str, lead: &str) -> bool {
        let words = self.context.words;
        if any(&words.disclosure, &self.flow.text(clause.clone())) {
            return false;
        }
        if any(&words.disclosure, self.sentence) {
            return any(&words.refused, self.sentence);
        }
        let whole = self.flow.text(0..self.flow.chars.len());
        let asked = words.application.as_str();
        let object = whole.split_once(asked).map(|(before, _)| before).unwrap_or_default();
        let about = object.rsplit([',', ';']).next().unwrap_or_default();
        scope::subject(self.context, lead) > 2
            || any(&words.off_topic, &whole)
            || residue(words, between) > 1
            || whole.contains(asked) && scope::matter(self.context, about) > 2
    }

    /// Whether an act is that of what came in anew: of 申请量1529件，其中新收1499件 all of it.
    fn is_new(&self, at: usize) -> bool {
        self.flow.chars.get(at) == Some(&'新')
    }

    /// Whether applications of one sort are counted: 规划类申请受理9件.
    fn of_a_sort(&self, led: &str) -> bool {
        let words = self.context.words;
        if led.starts_with("其中") && led.contains(words.application.as_str()) {
            return true;
        }
        let sort = led.split_once("类").filter(|(_, rest)| rest.starts_with(words.application.as_str()));
        sort.is_some_and(|(sort, _)| residue(words, sort) > 0)
    }

    /// Whether an act is one on the cases named before it: "行政复议6件（5件已办结）".
    fn of_cases(&self, clause: &Range<usize>, first: usize) -> bool {
        let (words, said) = (self.context.words, self.flow.text(clause.clone()));
        if said.contains(words.application.as_str()) || any(&words.disclosure, &said) {
            return false;
        }
        let lead: Vec<char> = self.before.chars().chain(self.flow.text(0..first).chars()).collect();
        let kinds = self.context.narrative.wholes.iter().filter(|w| w.apart);
        let phrases = kinds.filter_map(|w| self.context.phrases.get(w.whole)).flatten();
        let cases = phrases.flat_map(|p| p.find_all(&lead)).map(|r| r.end).max();
        let text: String = lead.iter().collect();
        let asked = text.rfind(words.application.as_str()).and_then(|i| text.get(..i));
        cases.is_some_and(|at| asked.is_none_or(|t| t.chars().count() < at))
    }

    /// Whether a reason makes it one kind of the result: "因信息不存在无法提供3件", and not "因不掌握等原因".
    fn reasoned(&self, led: &str) -> bool {
        let why = led.rsplit('、').next().and_then(|led| led.split_once('因')).map(|(_, why)| why);
        why.is_some_and(|why| !why.contains('等') && residue(self.context.words, why) > 2)
    }

    /// Whether what stands behind the number makes it another number: "3件中的2件", "件次的信访".
    fn narrowed(&self, behind: &Range<usize>) -> bool {
        let clause = self.flow.text(behind.clone());
        let object = clause.split([',', ';', '、']).next().unwrap_or_default();
        !object.is_empty()
            && residue(self.context.words, object) > 4
            && !object.contains(self.context.words.application.as_str())
    }

    /// Whether numbers are those of several named before: 分别收到申请213件、151件.
    fn of_each(&self, clause: &Range<usize>, mentions: &[Mention], numbers: &[&Number]) -> bool {
        let Some(first) = numbers.first().filter(|_| mentions.len() == 1) else { return false };
        self.flow.text(clause.start..first.range.start).contains("分别")
            && self.flow.chars.get(first.range.end) == Some(&'、')
    }

    /// Whether a word that counts only beside another says here of what it is: 新制定5项制度 beside 规范性文件.
    fn of_another(&self, group: &[&Mention], behind: &Range<usize>) -> bool {
        let clause = self.flow.text(behind.clone());
        let object = clause.split([',', ';', '、']).next().unwrap_or_default();
        let terms = group.iter().filter_map(|m| self.context.narrative.terms.get(m.term));
        let mut needs = terms.filter(|t| t.alone && !t.beside.is_empty());
        residue(self.context.words, object) > 1 && needs.any(|t| !any(&t.beside, object))
    }

    /// A text without what narrows nothing: 通过网站、邮寄等途径, and what the office's own name says, since 财政信息
    /// in the report of 财政厅 is all of its information.
    pub(super) fn plain(&self, text: &str) -> String {
        let words = self.context.words;
        let text =
            &self.context.year.map_or_else(|| text.to_owned(), |y| text.replace(&format!("{y}年"), ""));
        let by = words.by.iter().filter_map(|w| text.find(w.as_str())).min();
        let ends = words.channels.iter().filter_map(|w| text.find(w.as_str()).map(|i| i + w.len()));
        let text = match (by, ends.max()) {
            (Some(from), Some(to)) if from < to => {
                [text.get(..from), text.get(to..)].into_iter().flatten().collect()
            }
            _ => text.clone(),
        };
        let office: Vec<char> = self.context.office.unwrap_or_default().chars().collect();
        let pairs = office.windows(2).map(|w| w.iter().collect::<String>());
        pairs.fold(text, |rest, pair| rest.replace(&pair, ""))
    }

    /// "收到网上申请105件，快递17件，合计122件": what the clauses in front counted by its parts.
    pub(super) fn summed(
        &self,
        clause: &Range<usize>,
        numbers: &[Number],
        before: &[Found],
    ) -> Option<Found> {
        let words = self.context.words;
        let mut within = numbers.iter().filter(|n| clause.contains(&n.range.start));
        let (number, None) = (within.next()?, within.next()) else { return None };
        let lead = self.flow.text(clause.start..number.range.start);
        let behind = self.flow.text(number.range.end..clause.end);
        let plain = residue(words, &lead) + residue(words, &behind) == 0 && any(&words.sums, &lead);
        let first = before.first().filter(|f| plain && before.iter().all(|b| b.terms == f.terms))?;
        // Every number from the first to this one must be a part of the same.
        let parts =
            numbers.iter().filter(|n| first.range.start <= n.range.start && n.range.end <= clause.start);
        let mut same = parts.map(|n| {
            let from =
                (0..n.range.start).rev().find(|i| matches!(self.flow.chars.get(*i), Some(',' | ';' | '、')));
            let by = self.flow.text(from.map_or(0, |i| i + 1)..n.range.start);
            n.unit == number.unit && any(&words.partial, &by)
        });
        let fits = !number.rough && same.all(|s| s);
        let doubt = self.doubt(clause, clause.start);
        fits.then(|| Found::new(first.terms.clone(), number.value, doubt, number.range.clone()))
    }
}

/// From the first word of a group to its last.
fn first_to_last(group: &[&Mention]) -> Option<Range<usize>> {
    Some(group.first()?.range.end..group.last()?.range.start).filter(|r| r.start <= r.end)
}
