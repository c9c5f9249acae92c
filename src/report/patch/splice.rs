//! Changes to a text by byte offset, and the way back.
//!
//! A part is never re-serialised: what changes is replaced where it stands, and all else keeps its bytes.
//! Applying gives the new text together with the reverse splices, which `record` stores so that a package
//! that nobody else has written can be brought back byte for byte.

use std::ops::Range;

use super::error::PatchError;

/// Replacements collected for one part, each a range of the old text.
#[derive(Debug, Default)]
pub(super) struct Splices(Vec<(Range<usize>, String)>);

/// One reverse splice: at `at` of the new text, `len` bytes give way to `old`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Undo {
    pub(super) at: usize,
    pub(super) len: usize,
    pub(super) old: String,
}

impl Splices {
    pub(super) fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.0.push((range, text.into()));
    }

    pub(super) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(at..at, text);
    }

    pub(super) fn delete(&mut self, range: Range<usize>) {
        self.replace(range, "");
    }

    /// Whether something is put in at this place already.
    pub(super) fn has(&self, at: usize) -> bool {
        self.0.iter().any(|(range, _)| *range == (at..at))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The new text and the way back. Insertions at one place keep the order in which they were asked for.
    pub(super) fn apply(mut self, part: &str, text: &str) -> Result<(String, Vec<Undo>), PatchError> {
        self.0.sort_by_key(|(range, _)| (range.start, range.end));
        let added = self.0.iter().map(|(_, new)| new.len()).sum::<usize>();
        let mut out = String::with_capacity(text.len() + added);
        let mut undo = Vec::with_capacity(self.0.len());
        let mut done = 0;
        for (range, new) in &self.0 {
            let overlap = || PatchError::Overlap { part: part.to_owned(), offset: range.start };
            out.push_str(text.get(done..range.start).ok_or_else(overlap)?);
            let old = text.get(range.clone()).ok_or_else(overlap)?.to_owned();
            undo.push(Undo { at: out.len(), len: new.len(), old });
            out.push_str(new);
            done = range.end;
        }
        let overlap = || PatchError::Overlap { part: part.to_owned(), offset: done };
        out.push_str(text.get(done..).ok_or_else(overlap)?);
        Ok((out, undo))
    }
}

/// The text as it was before the splices that gave these.
pub(super) fn revert(part: &str, text: &str, undo: &[Undo]) -> Result<String, PatchError> {
    let mut splices = Splices::default();
    for step in undo {
        splices.replace(step.at..step.at.saturating_add(step.len), step.old.clone());
    }
    Ok(splices.apply(part, text)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splices_and_their_reverse_give_the_old_text() {
        let old = "<a b=\"1\"/>表";
        let mut splices = Splices::default();
        splices.insert(old.len(), "尾");
        splices.replace(6..7, "22");
        splices.insert(0, "x");
        splices.insert(0, "y");
        let (new, undo) = splices.apply("p", old).unwrap();
        assert_eq!(new, "xy<a b=\"22\"/>表尾");
        assert_eq!(revert("p", &new, &undo).unwrap(), old);
    }

    #[test]
    fn splices_on_top_of_each_other_are_refused() {
        let mut splices = Splices::default();
        splices.replace(0..3, "a");
        splices.replace(2..4, "b");
        assert!(matches!(splices.apply("p", "abcdef"), Err(PatchError::Overlap { offset: 2, .. })));
    }
}
