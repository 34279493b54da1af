//! What this process can no longer do once its devices and files are open.

use std::path::PathBuf;

/// One thing that confines this process.
#[derive(Clone, Debug)]
#[allow(dead_code)]
pub(crate) struct Guard {
    pub(crate) name: &'static str,
    pub(crate) in_force: bool,
    pub(crate) detail: String,
}

/// What the process still has to do.
#[allow(dead_code)]
pub(crate) struct Needs {
    /// Folders in which files will be made.
    pub(crate) folders_written: Vec<PathBuf>,
    /// Whether the terminal is drawn on.
    pub(crate) terminal: bool,
}

/// Called once on the main thread when all devices and files are open.
pub(crate) fn confine(_needs: &Needs) -> Vec<Guard> {
    Vec::new()
}
