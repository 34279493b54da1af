//! What confines the process before it reads what strangers sent: privileges given up, Landlock, seccomp.
//!
//! Called once, on the main thread, when everything that the work needs is open and no other thread runs. Each guard
//! tells what came out of trying, never that something was asked of the kernel.

#[cfg(all(target_os = "linux", feature = "sandbox", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod allowed;
#[cfg(all(target_os = "linux", feature = "sandbox"))]
mod attempts;
#[cfg(all(target_os = "linux", feature = "sandbox", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod calls;
#[cfg(all(target_os = "linux", feature = "sandbox"))]
mod files;
#[cfg(all(target_os = "linux", feature = "sandbox"))]
mod privileges;
#[cfg(all(target_os = "linux", feature = "sandbox"))]
mod user;
mod words;

use meetscope::report::Language;
use std::path::PathBuf;

/// Identifies the guard that tells of users and capabilities.
pub(crate) const PRIVILEGES: &str = "privileges";
/// Identifies the guard that tells of files and TCP.
pub(crate) const LANDLOCK: &str = "landlock";
/// Identifies the guard that tells of system calls.
pub(crate) const SECCOMP: &str = "seccomp";

/// One thing that confines this process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Guard {
    /// One of [`PRIVILEGES`], [`LANDLOCK`], [`SECCOMP`]; the same in every language.
    pub(crate) name: &'static str,
    /// Whether what it should refuse was refused when it was tried.
    pub(crate) in_force: bool,
    /// What is refused now, or why nothing is.
    pub(crate) detail: Both,
}

impl Guard {
    /// What is refused now, or why nothing is, as one short sentence without its full stop.
    pub(crate) fn says(&self, language: Language) -> &str {
        match language {
            Language::German => &self.detail.de,
            Language::English => &self.detail.en,
        }
    }
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Both {
    pub(crate) de: String,
    pub(crate) en: String,
}

/// What the process goes on to need besides what it has open.
#[derive(Clone, Debug)]
pub(crate) struct Needs {
    /// Folders in which it makes and removes files, such as those of a rotation. None may be read, listed, renamed or
    /// asked for its size by path. `File::create` passes; `File::create_new` opens to read as well and does not, where
    /// `File::options().write(true).create_new(true)` passes.
    pub(crate) folders_written: Vec<PathBuf>,
    /// Descriptors of capture devices: nothing may be sent on them, and their numbers stay taken until the end.
    pub(crate) devices: Vec<i32>,
    /// Whether it changes modes of a terminal that it has open.
    pub(crate) terminal: bool,
    /// Without it only privileges are given up.
    pub(crate) sandbox: bool,
}

impl Default for Needs {
    fn default() -> Self {
        Needs { folders_written: Vec::new(), devices: Vec::new(), terminal: false, sandbox: true }
    }
}

/// Gives every privilege up and takes from this process what it does not need. Always three guards, in this order:
/// privileges, Landlock, seccomp. What the kernel cannot do is told by its guard; it is no error.
pub(crate) fn confine(needs: &Needs) -> Vec<Guard> {
    steps(needs)
}

/// Runs `open` with the rights of whoever called the program through sudo, doas, pkexec or as a setuid program, so
/// that what it makes is theirs and lies only where they may write. Without such a caller it just runs.
pub(crate) fn as_invoking_user<T>(open: impl FnOnce() -> T) -> T {
    #[cfg(all(target_os = "linux", feature = "sandbox"))]
    return user::as_invoking(open);
    #[cfg(not(all(target_os = "linux", feature = "sandbox")))]
    return open();
}

#[cfg(all(target_os = "linux", feature = "sandbox"))]
fn steps(needs: &Needs) -> Vec<Guard> {
    let privileges = privileges::give_up(&needs.folders_written);
    if !needs.sandbox {
        return vec![privileges, not(LANDLOCK, words::switched_off()), not(SECCOMP, words::switched_off())];
    }
    let chances = attempts::Chances::look(&needs.folders_written);
    vec![privileges, files::confine(needs, &chances), filtered(needs, &chances)]
}

#[cfg(all(target_os = "linux", feature = "sandbox", any(target_arch = "x86_64", target_arch = "aarch64")))]
fn filtered(needs: &Needs, chances: &attempts::Chances) -> Guard {
    calls::confine(needs, chances)
}

/// Other processors have other calls.
#[cfg(all(target_os = "linux", feature = "sandbox", not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
fn filtered(_: &Needs, _: &attempts::Chances) -> Guard {
    not(SECCOMP, words::unknown_processor())
}

#[cfg(not(all(target_os = "linux", feature = "sandbox")))]
fn steps(_: &Needs) -> Vec<Guard> {
    [PRIVILEGES, LANDLOCK, SECCOMP].map(|name| not(name, words::elsewhere())).to_vec()
}

/// A guard that is not in force.
fn not(name: &'static str, detail: Both) -> Guard {
    Guard { name, in_force: false, detail }
}
