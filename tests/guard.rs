//! What confines the process, shown by processes that are confined and then try what they should not be able to do.
//!
//! Started without a task this program is the test: it starts itself with a task for each check and reads what the
//! process says it could do. Holds as root and as an ordinary user.
#![cfg(target_os = "linux")]

// As in the program, which has no library that these could be taken from.
#[allow(dead_code, clippy::disallowed_methods)]
#[path = "../src/guard/mod.rs"]
mod guard;

#[path = "guard/checks.rs"]
mod checks;
#[path = "guard/tasks.rs"]
mod tasks;

use std::env;

/// Names the task of a process that this program starts.
const TASK: &str = "MEETSCOPE_GUARD_TASK";

fn main() {
    match env::var(TASK) {
        Ok(task) => tasks::run(&task),
        Err(_) => checks::run(&env::args().skip(1).collect::<Vec<_>>()),
    }
}
