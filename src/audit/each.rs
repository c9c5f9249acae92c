//! The same done to many things at once, until somebody asks to stop.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

/// Whether somebody has asked to stop; what is begun is done to its end, nothing more is begun.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks, and tells whether that was asked before.
    pub fn ask(&self) -> bool {
        self.0.swap(true, Ordering::SeqCst)
    }

    /// Whether it was asked.
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Does the same to several things at once and hands the results over in their order.
pub fn each<T, R, F, G>(things: &[T], (jobs, stop): (usize, &Stop), work: F, mut take: G)
where
    T: Sync,
    R: Send,
    F: Fn(&T) -> R + Sync,
    G: FnMut(R),
{
    let next = AtomicUsize::new(0);
    // As many results may wait as workers are busy, so that memory stays flat.
    let (send, receive) = mpsc::sync_channel::<(usize, R)>(jobs.max(1) * 2);
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, things.len().max(1)) {
            let (send, next, work) = (send.clone(), &next, &work);
            scope.spawn(move || {
                while !stop.is_asked() {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    let Some(thing) = things.get(i) else { break };
                    if send.send((i, work(thing))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send);
        let (mut waiting, mut due) = (BTreeMap::new(), 0);
        for (i, done) in receive {
            waiting.insert(i, done);
            while let Some(done) = waiting.remove(&due) {
                take(done);
                due += 1;
            }
        }
    });
}
