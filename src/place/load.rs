//! Loading of database files: the only place of this module that opens a file.

use crate::model::Timestamp;
use maxminddb::Reader;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::io;
use std::path::Path;

/// Largest database file that is read, in bytes.
pub const DATABASE_BYTES_MAX: u64 = 2 << 30;

static EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/country-asn.mmdb"));
static EMBEDDED_ABOUT: &str = include_str!("../../signatures/geo/geo.toml");

/// Why a database cannot be used. The text says what, where and what to do.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The file cannot be opened or read.
    #[error("cannot read the database {path}: {source}. Check that the file exists and that you may read it")]
    Unreadable {
        /// The path as given.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// The file is larger than [`DATABASE_BYTES_MAX`].
    #[error(
        "the database {path} has {bytes} bytes, more than the {DATABASE_BYTES_MAX} that are read. Use a smaller edition"
    )]
    TooLarge {
        /// The path as given.
        path: String,
        /// Its size in bytes.
        bytes: u64,
    },
    /// The file is of another format, or damaged.
    #[error("{path} is not a MaxMind DB file ({reason}). {remedy}")]
    NotDatabase {
        /// The path as given.
        path: String,
        /// What is wrong with it.
        reason: String,
        /// What helps.
        remedy: &'static str,
    },
    /// The database that is built in cannot be read: the program was built from damaged files.
    #[error("the built-in database cannot be read ({0}). Build or download the program again")]
    Embedded(String),
}

/// What a report must say of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseInfo {
    /// The type that the database states: `GeoLite2-Country`.
    pub name: String,
    /// Day on which it was built, `YYYY-MM-DD`.
    pub built: String,
    /// Its licence, as far as it is known.
    pub licence: String,
    /// Who must be named when its data are shown; empty when the file does not say.
    pub attribution: String,
    /// SHA-256 of the MaxMind DB file, hexadecimal.
    pub sha256: String,
    /// Where it was read from; `None` for the one that is built in.
    pub path: Option<String>,
}

/// A database with what reports say of it.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) info: DatabaseInfo,
    pub(super) reader: Reader<Cow<'static, [u8]>>,
}

/// Reads one database file.
pub(super) fn load_file(path: &Path) -> Result<Loaded, DatabaseError> {
    let text = path.display().to_string();
    let bytes = read_file(path, &text)?;
    let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let foreign = foreign_format(&bytes);
    let reader = Reader::from_source(Cow::Owned(bytes)).map_err(|error| {
        let (reason, remedy) = foreign.map_or_else(|| (error.to_string(), CUT), |(what, help)| (what.to_owned(), help));
        DatabaseError::NotDatabase { path: text.clone(), reason, remedy }
    })?;
    let metadata = reader.metadata();
    let (licence, attribution) = terms_of(&metadata.database_type);
    let info = DatabaseInfo {
        name: metadata.database_type.clone(),
        built: date_of(metadata.build_epoch),
        licence: licence.to_owned(),
        attribution: attribution.to_owned(),
        sha256,
        path: Some(text),
    };
    Ok(Loaded { info, reader })
}

fn read_file(path: &Path, text: &str) -> Result<Vec<u8>, DatabaseError> {
    let unreadable = |source| DatabaseError::Unreadable { path: text.to_owned(), source };
    let about = std::fs::metadata(path).map_err(unreadable)?;
    if !about.is_file() {
        return Err(unreadable(io::Error::other("it is not a file")));
    }
    if about.len() > DATABASE_BYTES_MAX {
        return Err(DatabaseError::TooLarge { path: text.to_owned(), bytes: about.len() });
    }
    std::fs::read(path).map_err(unreadable)
}

const CUT: &str = "It may have been cut while downloading: download it again";

/// Formats that people mistake for a database, with what to do about each.
fn foreign_format(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    match bytes {
        [] => Some(("it is empty", "Download it again")),
        [0x1f, 0x8b, ..] => Some(("it is compressed with gzip", "Unpack it first, for example with gunzip or tar")),
        [b'P', b'K', 3, 4, ..] => Some(("it is a zip archive", "Unpack it first")),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            Some(("it is compressed with zstd", "Unpack it first, for example with unzstd"))
        }
        _ if bytes.iter().take(512).all(|byte| is_text(*byte)) => {
            Some(("it is text", "It may be a CSV edition or an error page: download the .mmdb edition"))
        }
        _ => None,
    }
}

fn is_text(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~' | 0x80..)
}

/// The database that is built in.
pub(super) fn load_embedded() -> Result<Loaded, DatabaseError> {
    let damaged = |error: String| DatabaseError::Embedded(error);
    let about: About = toml::from_str(EMBEDDED_ABOUT).map_err(|error| damaged(error.to_string()))?;
    let reader = Reader::from_source(Cow::Borrowed(EMBEDDED)).map_err(|error| damaged(error.to_string()))?;
    let About { name, built, licence, attribution, sha256 } = about;
    Ok(Loaded { info: DatabaseInfo { name, built, licence, attribution, sha256, path: None }, reader })
}

/// The part of `geo.toml` that reports show.
#[derive(Deserialize)]
struct About {
    name: String,
    built: String,
    licence: String,
    attribution: String,
    sha256: String,
}

fn date_of(build_epoch: u64) -> String {
    Timestamp::new(i64::try_from(build_epoch).unwrap_or(i64::MAX), 0).date().to_string()
}

/// Licence and attribution of the free editions, by the type that they state; the others are for their owner to know.
fn terms_of(database_type: &str) -> (&'static str, &'static str) {
    let name = database_type.to_ascii_lowercase();
    if name.starts_with("geolite2-") {
        ("GeoLite End User License Agreement", "GeoLite data created by MaxMind (maxmind.com)")
    } else if name.starts_with("dbip-") && name.contains("lite") {
        ("CC-BY-4.0", "IP Geolocation by DB-IP (db-ip.com)")
    } else if name.starts_with("ipinfo") && (name.contains("lite") || name.contains("free")) {
        ("CC-BY-SA-4.0", "IP address data powered by IPinfo (ipinfo.io)")
    } else {
        ("not stated in the file", "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn written(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file in a temporary folder");
        path
    }

    fn message(bytes: &[u8]) -> String {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = written(&folder, "some.mmdb", bytes);
        let text = load_file(&path).expect_err("not a database").to_string();
        assert!(text.contains("some.mmdb"), "{text}");
        text
    }

    #[test]
    fn foreign_files_are_called_by_their_name() {
        assert!(message(b"").contains("it is empty"));
        assert!(message(b"network,country\n1.0.0.0/24,AU\n").contains("it is text"));
        assert!(message("<html>Nicht gefunden: ü</html>".as_bytes()).contains("it is text"));
        assert!(message(&[0x1f, 0x8b, 8, 0]).contains("gunzip"));
        assert!(message(b"PK\x03\x04 and so on").contains("zip archive"));
        assert!(message(&[0x28, 0xb5, 0x2f, 0xfd, 0]).contains("unzstd"));
        assert!(message(&[0, 1, 2, 3]).contains("download it again"));
    }

    #[test]
    fn what_cannot_be_read_says_where() {
        let missing = load_file(Path::new("/nowhere/at-all.mmdb")).expect_err("missing").to_string();
        assert!(missing.contains("/nowhere/at-all.mmdb") && missing.contains("Check that"), "{missing}");
        let folder = tempfile::tempdir().expect("a temporary folder");
        assert!(load_file(folder.path()).expect_err("a folder").to_string().contains("it is not a file"));
    }

    #[test]
    fn the_embedded_database_is_the_one_described() {
        let embedded = load_embedded().expect("embedded");
        let sha256: String = Sha256::digest(EMBEDDED).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(embedded.info.sha256, sha256);
        let metadata = embedded.reader.metadata();
        assert_eq!(
            (embedded.info.built, embedded.info.name),
            (date_of(metadata.build_epoch), metadata.database_type.clone())
        );
        assert_eq!(embedded.info.licence, "CC-BY-4.0");
        for holder in ["nro.net", "routeviews.org", "db-ip.com"] {
            assert!(embedded.info.attribution.contains(holder), "{holder}");
        }
    }

    #[test]
    fn the_embedded_database_is_well_formed_throughout() {
        load_embedded().expect("embedded").reader.verify().expect("no fault");
    }

    #[test]
    fn build_dates_that_no_calendar_has_do_not_panic() {
        assert_eq!(date_of(1_781_654_400), "2026-06-17");
        for odd in [0, 1 << 40, u64::MAX] {
            assert!(!date_of(odd).is_empty());
        }
    }
}
