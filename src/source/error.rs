//! Why a file is no capture, in words that help.

use std::io;

/// A file that gave no frame at all. Each message says what, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The operating system refused.
    #[error("cannot open {path}: {cause}; check that the path is right and that you may read it")]
    Refused {
        /// As the user gave it.
        path: String,
        /// The system's reason.
        cause: io::Error,
    },
    /// Opened, but the first bytes could not be read or unpacked.
    #[error("cannot read {path}: {cause}; copy the file again from where it was captured")]
    Unreadable {
        /// As the user gave it.
        path: String,
        /// The system's or decompressor's reason.
        cause: io::Error,
    },
    /// A directory.
    #[error("{path} is a directory; name the capture files in it")]
    Directory {
        /// As the user gave it.
        path: String,
    },
    /// No bytes.
    #[error("{path} is empty; was the capture stopped before anything was written?")]
    Empty {
        /// As the user gave it.
        path: String,
    },
    /// Something else.
    #[error("{path} is not a pcap or pcapng file: {found}")]
    Foreign {
        /// As the user gave it.
        path: String,
        /// What it is instead, and what to do.
        found: String,
    },
    /// Begins as a capture does, but its first header is cut or impossible.
    #[error("{path} begins as {format}, but {what}; copy the file again from where it was captured")]
    Header {
        /// As the user gave it.
        path: String,
        /// `pcap` or `pcapng`.
        format: &'static str,
        /// What is wrong with it.
        what: String,
    },
    /// Compressed again and again.
    #[error("{path} is compressed more than {layers} times; unpack it and try again")]
    Nested {
        /// As the user gave it.
        path: String,
        /// Compressions that are read.
        layers: usize,
    },
    /// More files than there are numbers for.
    #[error("{count} captures are too many, {most} at once can be read; join them with mergecap first")]
    TooMany {
        /// Files given.
        count: usize,
        /// Most that are read.
        most: usize,
    },
}

const CONVERT: &str = "convert it with `editcap -F pcapng IN OUT`";
const UNPACK: &str = "unpack it first";

/// Beginnings of files that people take for captures: bytes, name, what to do.
const KNOWN: &[(&[u8], &str, &str)] = &[
    (b"snoop\0\0\0", "a Solaris snoop capture", CONVERT),
    (b"btsnoop\0", "a Bluetooth HCI log", "it holds no network packets"),
    (b"GMBU", "a Microsoft Network Monitor 2 capture", CONVERT),
    (b"RTSS", "a Microsoft Network Monitor 1 capture", CONVERT),
    (b"TRSNIFF data    \x1a", "a Sniffer capture", CONVERT),
    (b"XCP\0", "a NetXRay or Windows Sniffer capture", CONVERT),
    (b"\x7fPKT", "a Peek or OmniPeek capture", CONVERT),
    (b"\x7fver", "a Peek or OmniPeek capture", CONVERT),
    (b"\x54\x52\x00\x64", "an iptrace capture", CONVERT),
    (b"iptrace", "an iptrace capture", CONVERT),
    (b"\xa1\xb2\x34\xcd", "a byte-swapped pcap with the longer record headers of an old Linux patch", CONVERT),
    (b"\xa1\x2b\x3c\x4d", "a pcap of a Navtel tester", CONVERT),
    (b"\x4d\x3c\x2b\xa1", "a pcap of a Navtel tester", CONVERT),
    (b"\xfd7zXZ\0", "xz-compressed", UNPACK),
    (b"BZh", "bzip2-compressed", UNPACK),
    (b"PK\x03\x04", "a ZIP archive", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
    (b"\x1f\x9d", "compressed with `compress`", UNPACK),
    (b"<!DOCTYPE", "a web page", "the download probably failed; fetch the file again"),
    (b"<html", "a web page", "the download probably failed; fetch the file again"),
    (b"version https://git-lfs", "a Git LFS pointer", "fetch the real file with `git lfs pull`"),
    (b"\x02\x00\x14\x00", "perhaps an ERF capture", CONVERT),
];

/// Says what a file that begins with `bytes` is, and what to do.
pub(super) fn describe(bytes: &[u8]) -> String {
    if let Some((_, name, advice)) = KNOWN.iter().find(|(magic, ..)| bytes.starts_with(magic)) {
        return format!("it is {name}; {advice}");
    }
    let start = bytes.get(..bytes.len().min(32)).unwrap_or_default();
    if !start.is_empty() && start.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace()) {
        return "it is text; give the capture that Wireshark or tcpdump saved".to_owned();
    }
    let hex: Vec<String> = start.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("it begins with {}; {CONVERT} if Wireshark can open it", hex.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_it_found_and_what_to_do() {
        assert_eq!(
            describe(b"snoop\0\0\0\0\0\0\x02"),
            "it is a Solaris snoop capture; convert it with `editcap -F pcapng IN OUT`"
        );
        assert!(describe(b"{\n  \"a\": 1}").starts_with("it is text;"));
        assert!(describe(&[0xde, 0xad]).starts_with("it begins with de ad;"));
    }
}
