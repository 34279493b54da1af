//! Files for packets.

use anyhow::{Result, anyhow, bail};
use meetscope::sink::Store;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Makes files in the folder of the first.
pub(crate) struct Folder;

impl Store for Folder {
    fn create(&mut self, path: &str) -> io::Result<Box<dyn Write + Send>> {
        Ok(Box::new(File::create(path)?))
    }

    fn remove(&mut self, path: &str) -> io::Result<()> {
        fs::remove_file(path)
    }
}

/// The folder that a file is in.
pub(crate) fn folder_of(path: &str) -> PathBuf {
    match Path::new(path).parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// A report must not overwrite the packets that it is made from.
pub(crate) fn spare(packets: &str, reports: &[&str]) -> Result<()> {
    if packets == "-" {
        bail!("packets are not written to standard output: name a file, which may be a named pipe");
    }
    match reports.iter().find(|report| same(packets, report)) {
        Some(report) => bail!("the packets and the report would both be written to {report:?}: choose another name"),
        None => Ok(()),
    }
}

fn same(one: &str, other: &str) -> bool {
    let whole = |path: &str| Some((folder_of(path).canonicalize().ok()?, Path::new(path).file_name()?.to_owned()));
    one == other || whole(one).is_some_and(|one| Some(one) == whole(other))
}

/// Says what to do.
pub(crate) fn refused(path: &str, cause: &io::Error) -> anyhow::Error {
    anyhow!("cannot write packets to {path:?}: {cause}; name a file in a folder that exists and that you may write to")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_does_not_overwrite_the_packets() {
        assert!(spare("call.pcapng", &["call.json"]).is_ok());
        assert!(spare("call.pcapng", &["./call.pcapng"]).is_err());
        assert!(spare("no/such/folder/call", &["no/such/folder/call"]).is_err());
        assert!(spare("-", &[]).is_err());
        assert_eq!(folder_of("call.pcapng"), Path::new("."));
        assert_eq!(folder_of("a/call.pcapng"), Path::new("a"));
    }
}
