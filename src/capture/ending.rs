//! When a capture ends: signals, time, the user, the call, the devices.

use anyhow::Result;
use signal_hook::{consts, flag};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Signals that end a capture. A second one ends the program at once.
const SIGNALS: &[i32] = &[
    consts::SIGINT,
    consts::SIGTERM,
    #[cfg(unix)]
    consts::SIGHUP,
];

/// Set by the first signal.
pub(crate) struct Signals(Arc<AtomicBool>);

impl Signals {
    pub(crate) fn listen() -> Result<Signals> {
        let asked = Arc::new(AtomicBool::new(false));
        for signal in SIGNALS {
            // In this order the first signal finds the flag unset, and the second one finds it set.
            if *signal != consts::SIGHUP {
                // A terminal that is closed sends several of these at once: from the kernel and from the shell.
                flag::register_conditional_shutdown(*signal, 128 + signal, Arc::clone(&asked))?;
            }
            flag::register(*signal, Arc::clone(&asked))?;
        }
        Ok(Signals(asked))
    }

    /// Has the next signal end the program at once, as after a first one.
    pub(crate) fn ask(&self) {
        self.0.store(true, Ordering::Release);
    }

    pub(crate) fn came(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
