//! How far a batch or a round trip has come: one line that is rewritten on a terminal, a line now and then elsewhere.

use crate::audit::batch::Step;
use crate::finding::{Lang, plural};
use std::io::Write;
use std::time::{Duration, Instant};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Width of the bar in characters.
const BAR: usize = 24;
/// Width of a file's name in columns.
const NAME: usize = 28;
/// Between two redrawings on a terminal.
const REDRAW: Duration = Duration::from_millis(80);
/// Between two lines elsewhere.
const LINE: Duration = Duration::from_secs(2);

/// Shows progress on standard error.
pub(super) struct Progress {
    lang: Lang,
    quiet: bool,
    terminal: bool,
    began: Instant,
    shown: Option<Instant>,
    drawn: bool,
}

impl Progress {
    pub(super) fn new(lang: Lang, quiet: bool) -> Self {
        let terminal = super::console::obeys(&std::io::stderr());
        Self { lang, quiet, terminal, began: Instant::now(), shown: None, drawn: false }
    }

    /// After each file.
    pub(super) fn step(&mut self, step: Step<'_>) {
        if self.is_due() || !self.quiet && step.done == step.total {
            self.show(&self.text(step));
        }
    }

    /// After each error planted in a form's cells; nothing is shown of what is soon over.
    pub(super) fn planted(&mut self, done: usize, total: usize) {
        let lasts = self.began.elapsed() >= LINE;
        if lasts && (self.is_due() || self.drawn && done == total) {
            let time = time_left(self.began.elapsed(), done, total.saturating_sub(done));
            let what = self.lang.pick("逐格植入错误", "planting errors");
            self.show(&format!(
                "{what} {done}/{total} {}",
                self.lang.pick("约剩 ", "about ").to_owned() + &time
            ));
        }
    }

    fn is_due(&self) -> bool {
        let pause = if self.terminal { REDRAW } else { LINE };
        !self.quiet && self.shown.is_none_or(|at| at.elapsed() >= pause)
    }

    fn show(&mut self, text: &str) {
        self.shown = Some(Instant::now());
        let mut out = std::io::stderr().lock();
        let _ = if self.terminal { write!(out, "\r\x1b[2K{text}") } else { writeln!(out, "{text}") };
        let _ = out.flush();
        self.drawn = self.terminal;
    }

    /// Leaves the line.
    pub(super) fn end(&self) {
        if self.drawn {
            let _ = writeln!(std::io::stderr().lock());
        }
    }

    fn text(&self, step: Step<'_>) -> String {
        let Step { name, done, total, findings } = step;
        let left = total.saturating_sub(done);
        let time = time_left(self.began.elapsed(), done, left);
        let filled = BAR * done / total.max(1);
        let bar = format!("{}{}", "█".repeat(filled), "░".repeat(BAR - filled));
        let name = padded(name);
        match self.lang {
            Lang::Zh => {
                format!("{bar} {done}/{total} 剩 {left} 份，约 {time}，发现问题 {findings} 处 {name}")
            }
            Lang::En => {
                format!(
                    "{bar} {done}/{total}, {left} left, about {time}, {} {name}",
                    plural(findings, "finding")
                )
            }
        }
    }
}

/// The time that the rest will take at the pace so far, in minutes and seconds.
fn time_left(elapsed: Duration, done: usize, left: usize) -> String {
    let seconds = elapsed.as_millis() as usize * left / done.max(1) / 1000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// A name cut at the front to its columns: its end tells files apart. Control characters are not shown.
fn padded(name: &str) -> String {
    let clean: String = name.chars().filter(|c| !c.is_control()).collect();
    if clean.width() <= NAME {
        return clean;
    }
    let mut width = 1;
    let tail: Vec<char> = clean
        .chars()
        .rev()
        .take_while(|c| {
            width += c.width().unwrap_or(0);
            width <= NAME
        })
        .collect();
    format!("…{}", tail.into_iter().rev().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_their_end_and_time_is_told() {
        assert_eq!(padded("石碁镇.xlsx"), "石碁镇.xlsx");
        let long = padded("番禺区/各镇街报送材料/二〇二四年度/石碁镇人民政府.xlsx");
        assert!(long.ends_with("石碁镇人民政府.xlsx") && long.width() <= NAME, "{long}");
        assert_eq!(time_left(Duration::from_secs(10), 100, 900), "1:30");
    }
}
