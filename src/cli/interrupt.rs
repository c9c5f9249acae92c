//! Ctrl-C, and the system's wish that the program end: a run of many files stops between two of them and says how far
//! it has come. Who asks again ends it at once; what is half written stands under another name, and the next run takes
//! it away.

use super::{Exit, complain};
use crate::audit::Stop;
use crate::finding::{Lang, Text};
use std::sync::{Once, OnceLock};

/// Whether this process was asked to stop.
pub(super) fn stop() -> &'static Stop {
    static STOP: OnceLock<Stop> = OnceLock::new();
    STOP.get_or_init(Stop::default)
}

/// From now on a wish to end is heard between two files; where the system lets nobody hear it, it ends the process as
/// before.
pub(super) fn watch(lang: Lang) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let heard = move || {
            if stop().ask() {
                complain(&at_once(), lang);
                std::process::exit(i32::from(Exit::Stopped.status()));
            }
        };
        let _ = ctrlc::set_handler(heard);
    });
}

fn at_once() -> Text {
    Text::new(
        "已立即结束；审完的都已保存，用同样的命令再运行一次，会接着做",
        "ended at once; what was done is kept, and the same command goes on from there",
    )
}

/// How far a run came that does one file after another.
pub(super) fn files(done: usize, total: usize) -> Text {
    Text::new(
        format!("已停止：{total} 份文件做完了 {done} 份，其余的没有动"),
        format!("stopped: {done} of {total} files are done, the others are as they were"),
    )
}

/// How far a batch came whose results are kept.
pub(super) fn kept(done: usize, total: usize) -> Text {
    Text::new(
        format!("已停止：{total} 份文件审完了 {done} 份，都已保存；用同样的命令再运行一次，会从这里接着做"),
        format!("stopped: {done} of {total} files are done and kept; the same command goes on from there"),
    )
}

/// How far a batch came that keeps nothing.
pub(super) fn passing(done: usize, total: Option<usize>) -> Text {
    let (of, in_all) = total.map_or_else(Default::default, |n| (format!("{n} 份文件"), format!(" of {n}")));
    Text::new(
        format!("已停止：{of}审完了 {done} 份；没有写出文件，再运行一次要从头开始"),
        format!("stopped: files done: {done}{in_all}; nothing is kept, and another run begins anew"),
    )
}
