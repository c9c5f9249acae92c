//! Results one after another as they are done, nothing kept: for an engine that drives many of these at once.

use super::walk::{self, Item};
use super::{Listed, work};
use crate::audit::Options;
use crate::finding::{Lang, Outcome};
use std::sync::{Mutex, PoisonError, mpsc};

/// Audits files as a list gives them, and hands over each result as JSON when it is done, in no certain order.
pub fn stream(
    list: impl Iterator<Item = Listed> + Send,
    options: &Options,
    (jobs, lang): (usize, Lang),
    take: &mut dyn FnMut(String, &Outcome),
) {
    let jobs = jobs.max(1);
    let items = Mutex::new(list.flat_map(|one| walk::named(&one, &options.limits)));
    // As many results may wait as workers are busy, so that memory stays flat.
    let (send, receive) = mpsc::sync_channel(jobs * 2);
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            let (send, items) = (send.clone(), &items);
            scope.spawn(move || {
                let next = || -> Option<Item> { items.lock().unwrap_or_else(PoisonError::into_inner).next() };
                while let Some(item) = next() {
                    if send.send(work::result(&item, options, lang)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send);
        for (line, outcome) in receive {
            take(line, &outcome);
        }
    });
}
