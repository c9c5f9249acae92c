//! Paragraphs cut into sentences, and sentences into flows: what reads on without the brackets in it, and what
//! stands in each pair of brackets. Every character knows where in the paragraph it stands.

use crate::grid::label::{fold_width, is_space};
use std::ops::Range;

/// Characters that read as one.
#[derive(Debug, Clone, Default)]
pub(super) struct Flow {
    /// Folded to plain width, without spaces and quotation marks.
    pub(super) chars: Vec<char>,
    /// Bytes of each character in its paragraph.
    at: Vec<Range<usize>>,
    /// Positions in front of which a bracket was taken out.
    pub(super) cuts: Vec<usize>,
    /// For a bracket: its place in the flow around it.
    pub(super) host: Option<usize>,
    /// For a bracket: how many brackets stand around it.
    pub(super) depth: usize,
}

/// A sentence.
#[derive(Debug, Clone, Default)]
pub(super) struct Sentence {
    /// Its bytes in the paragraph.
    pub(super) bytes: Range<usize>,
    /// Its flows: the sentence itself first, then its brackets.
    pub(super) flows: Vec<Flow>,
}

impl Flow {
    /// The text of a stretch.
    pub(super) fn text(&self, range: Range<usize>) -> String {
        self.chars.get(range).unwrap_or_default().iter().collect()
    }

    /// Bytes of the paragraph that a stretch covers.
    pub(super) fn span(&self, range: Range<usize>) -> Range<usize> {
        let from = self.at.get(range.start).map_or(0, |r| r.start);
        let to = range.end.checked_sub(1).and_then(|i| self.at.get(i)).map_or(from, |r| r.end);
        from..to.max(from)
    }

    /// Where a word stands.
    pub(super) fn find_all(&self, word: &str) -> Vec<Range<usize>> {
        let word: Vec<char> = word.chars().map(fold_width).collect();
        let found = self.chars.windows(word.len().max(1)).enumerate().filter(|(_, w)| *w == word);
        found.map(|(i, _)| i..i + word.len()).collect()
    }

    fn push(&mut self, c: char, at: Range<usize>) {
        self.chars.push(c);
        self.at.push(at);
    }
}

/// Cuts a paragraph into sentences.
pub(super) fn sentences(text: &str) -> Vec<Sentence> {
    let mut out = Vec::new();
    let mut cut = Cutter::new(0);
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        match c {
            '。' | '！' | '？' | '!' | '?' | '…' | '\n' => {
                out.extend(cut.finish(end));
                cut = Cutter::new(end);
            }
            '“' | '”' | '‘' | '’' | '"' | '\'' => {}
            c if is_space(c) => {}
            c => cut.take(c, at..end),
        }
    }
    out.extend(cut.finish(text.len()));
    out
}

/// A sentence while it is cut.
struct Cutter {
    from: usize,
    /// Open flows, the sentence first; a title in 《》 is not kept.
    open: Vec<(Flow, bool)>,
    closed: Vec<Flow>,
}

impl Cutter {
    fn new(from: usize) -> Self {
        Self { from, open: vec![(Flow::default(), true)], closed: Vec::new() }
    }

    fn take(&mut self, c: char, at: Range<usize>) {
        match fold_width(c) {
            '(' | '[' => {
                let host = self.open.last_mut().map(|(flow, _)| {
                    flow.cuts.push(flow.chars.len());
                    flow.chars.len()
                });
                let depth = self.open.len() - 1;
                self.open.push((Flow { host, depth, ..Flow::default() }, c != '《'));
            }
            ')' | ']' if self.open.len() > 1 => self.close(),
            plain => {
                if let Some((flow, _)) = self.open.last_mut() {
                    flow.push(plain, at);
                }
            }
        }
    }

    fn close(&mut self) {
        if let Some((flow, true)) = self.open.pop() {
            self.closed.push(flow);
        }
    }

    fn finish(mut self, end: usize) -> Option<Sentence> {
        while self.open.len() > 1 {
            self.close();
        }
        let (main, _) = self.open.pop()?;
        let mut flows = vec![main];
        flows.append(&mut self.closed);
        let empty = flows.iter().all(|f| f.chars.is_empty());
        (!empty).then_some(Sentence { bytes: self.from..end, flows })
    }
}
