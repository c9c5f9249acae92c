//! The three functions that the page's worker calls, over the module's linear memory.
//!
//! The worker asks for room, puts a request there, calls, and gets the address of an answer that stands until the
//! next call. The format of both is [`super::answer`]'s. There is one thread and one call at a time.

#![allow(
    unsafe_code,
    reason = "names without mangling and raw memory are what a host can call; nowhere else"
)]

use std::cell::RefCell;

thread_local! {
    /// The request while it is written, the answer while it is read.
    static ROOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Makes room for a request of so many bytes and gives its address.
#[unsafe(no_mangle)]
pub(super) extern "C" fn gouji_room(len: usize) -> *mut u8 {
    ROOM.with_borrow_mut(|room| {
        *room = vec![0; len];
        room.as_mut_ptr()
    })
}

/// Answers the request and gives the answer's address.
#[unsafe(no_mangle)]
pub(super) extern "C" fn gouji_call() -> *const u8 {
    let request = ROOM.take();
    let answer = super::answer(&request);
    drop(request);
    ROOM.with_borrow_mut(|room| {
        *room = answer;
        room.as_ptr()
    })
}

/// The answer's length.
#[unsafe(no_mangle)]
pub(super) extern "C" fn gouji_len() -> usize {
    ROOM.with_borrow(Vec::len)
}
