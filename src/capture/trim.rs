//! How much of a frame is kept.

use meetscope::model::Frame;

/// Bytes of a frame to keep, from its start.
pub(crate) type Keep = Box<dyn FnMut(&Frame<'_>) -> usize + Send>;

/// Keeps frames whole, or with `headers_only` what the dissectors need of them.
pub(crate) fn keep(_headers_only: bool) -> Option<Keep> {
    None
}
