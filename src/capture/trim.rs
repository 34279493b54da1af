//! How much of a frame is kept.

use anyhow::{Result, bail};
use meetscope::model::Frame;

/// Bytes of a frame to keep, from its start.
pub(crate) type Keep = Box<dyn FnMut(&Frame<'_>) -> usize + Send>;

/// Keeps frames whole, or with `headers_only` what the dissectors need of them.
///
/// # Errors
/// When what the dissectors need is not known.
pub(crate) fn keep(headers_only: bool) -> Result<Option<Keep>> {
    if headers_only {
        bail!("--headers-only is not in this build: --snaplen 128 keeps little more than headers of any packet");
    }
    Ok(None)
}
