//! What confines the process.

/// A confinement, and whether it is in force.
pub(crate) struct Guard {
    pub(crate) name: &'static str,
    pub(crate) in_force: bool,
    pub(crate) detail: String,
}
