//! The window that a program started by a double click gets for itself, and that closes when the program ends.

use super::say;
use crate::finding::Lang;
use std::io::IsTerminal;

/// Leaves time to read what was said, where the window would be gone at once.
pub(super) fn hold(lang: Lang) {
    if !is_own() {
        return;
    }
    say(lang.pick("\n按回车键关闭这个窗口", "\npress Enter to close this window"));
    let _ = std::io::stdin().read_line(&mut String::new());
}

/// Whether this process alone uses its console: no shell has started it, and nobody keeps what it says.
#[cfg(windows)]
fn is_own() -> bool {
    let mut processes = [0; 2];
    // SAFETY: the call writes at most as many numbers as it is told there is room for.
    #[allow(unsafe_code, reason = "only the system knows, and no kept crate asks it for us")]
    let count = unsafe {
        windows_sys::Win32::System::Console::GetConsoleProcessList(
            processes.as_mut_ptr(),
            processes.len() as u32,
        )
    };
    count == 1 && std::io::stdout().is_terminal() && std::io::stdin().is_terminal()
}

/// Elsewhere a program has no window of its own.
#[cfg(not(windows))]
const fn is_own() -> bool {
    false
}

/// Whether a terminal understands colours and moves of the cursor; the consoles of old Windows do not.
pub(super) fn obeys(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && anstyle_query::windows::enable_ansi_colors().unwrap_or(true)
}
