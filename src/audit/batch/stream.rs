//! Results one after another as they are done, nothing kept: for an engine that drives many of these at once.

use super::walk::{self, Item};
use super::{Listed, work};
use crate::audit::{Options, Stop};
use crate::finding::{Lang, Outcome, Text};
use std::sync::{Mutex, PoisonError, mpsc};

/// What comes of a file that a list names.
#[derive(Debug)]
pub enum Streamed {
    /// Its result, and the same as JSON.
    Result(String, Box<Outcome>),
    /// Why it is no submission.
    Skipped(Text),
}

/// Audits files as a list gives them, and hands over what comes of each when it is done, in no certain order.
pub fn stream(
    list: impl Iterator<Item = Listed> + Send,
    (options, lang): (&Options, Lang),
    (jobs, stop): (usize, &Stop),
    take: &mut dyn FnMut(Streamed),
) {
    let jobs = jobs.max(1);
    let named = |one: Listed| match walk::named(&one, &options.limits) {
        Ok(items) => items.into_iter().map(Ok).collect(),
        Err(skipped) => vec![Err(skipped)],
    };
    let items = Mutex::new(list.flat_map(named));
    // As many results may wait as workers are busy, so that memory stays flat.
    let (send, receive) = mpsc::sync_channel(jobs * 2);
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            let (send, items) = (send.clone(), &items);
            scope.spawn(move || {
                let next = || -> Option<Result<Item, Text>> {
                    items.lock().unwrap_or_else(PoisonError::into_inner).next()
                };
                while let Some(item) = if stop.is_asked() { None } else { next() } {
                    let done = item.map_or_else(Streamed::Skipped, |item| work::result(&item, options, lang));
                    if send.send(done).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send);
        receive.into_iter().for_each(take);
    });
}
