//! What confines the process, shown by processes that are confined and then try what they should not be able to do.
//!
//! Started without a task this program is the test: it starts itself with a task for each check and reads what the
//! process says it could do. Holds as root and as an ordinary user.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::disallowed_methods)]

#[cfg(target_os = "linux")]
#[path = "guard/checks.rs"]
mod checks;
// The program's own file, as no library has it.
#[cfg(target_os = "linux")]
#[allow(dead_code)]
#[path = "../src/guard/mod.rs"]
mod guard;
#[cfg(target_os = "linux")]
#[path = "guard/tasks.rs"]
mod tasks;

/// Names the task of a process that this program starts.
#[cfg(target_os = "linux")]
const TASK: &str = "MEETSCOPE_GUARD_TASK";

#[cfg(target_os = "linux")]
fn main() {
    match std::env::var(TASK) {
        Ok(task) => tasks::run(&task),
        Err(_) => checks::run(&std::env::args().skip(1).collect::<Vec<_>>()),
    }
}

/// Nothing confines the process there, and the guards say so.
#[cfg(not(target_os = "linux"))]
fn main() {}
