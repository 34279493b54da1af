//! The stored bytes of a file or of standard input, hashed while they pass.

use super::error::OpenError;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes asked for at once when what nobody parsed is read for the hash.
const DRAIN_BYTES: usize = 1 << 20;

/// A handle on the stored bytes: reading through any clone moves them all on. Decompressors own one, the source
/// keeps another to read what they left.
#[derive(Clone)]
pub(super) struct Stored(Arc<Mutex<Inside>>);

struct Inside {
    reader: Box<dyn Read + Send>,
    hash: Sha256,
    read: u64,
    total: Option<u64>,
}

impl Stored {
    /// Opens `path`; `-` is standard input.
    pub(super) fn open(path: &str) -> Result<Stored, OpenError> {
        if path == "-" {
            return Ok(Stored::new(Box::new(io::stdin()), None));
        }
        let refused = |cause| OpenError::Refused { path: path.to_owned(), cause };
        let file = File::open(path).map_err(refused)?;
        let about = file.metadata().map_err(refused)?;
        if about.is_dir() {
            return Err(OpenError::Directory { path: path.to_owned() });
        }
        let total = about.is_file().then_some(about.len());
        Ok(Stored::new(Box::new(file), total))
    }

    /// The bytes of any reader; `total` is their number where it is known before.
    pub(super) fn new(reader: Box<dyn Read + Send>, total: Option<u64>) -> Stored {
        Stored(Arc::new(Mutex::new(Inside { reader, hash: Sha256::new(), read: 0, total })))
    }

    /// Bytes read until now.
    pub(super) fn bytes_read(&self) -> u64 {
        self.inside().read
    }

    /// Size of the file, where there is one.
    pub(super) fn bytes_total(&self) -> Option<u64> {
        self.inside().total
    }

    /// Reads on to the end, so that the hash is that of the whole file.
    pub(super) fn drain(&mut self) -> io::Result<()> {
        let mut buffer = vec![0; DRAIN_BYTES];
        loop {
            match self.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
        }
    }

    /// SHA-256 of the bytes read until now, in lower-case hexadecimal.
    pub(super) fn sha256(&self) -> String {
        let digest = self.inside().hash.clone().finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// No invariant spans several fields, so what another thread's panic left is usable.
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Read for Stored {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut inside = self.inside();
        let count = inside.reader.read(buffer)?;
        inside.hash.update(buffer.get(..count).unwrap_or_default());
        inside.read += count as u64;
        Ok(count)
    }
}
