//! Country and operator databases in the MaxMind DB format (<https://maxmind.github.io/MaxMind-DB/>).
//!
//! The user's own files answer first, in the order given, then files found in the usual folders, then the one that is
//! built in. All of them are asked, so that a contradiction shows.

use super::country::Country;
use super::load::{DatabaseError, DatabaseInfo, Loaded, load_embedded, load_file};
use super::record::{Record, Statement};
use super::special::{Special, carried, special};
use ipnet::IpNet;
use maxminddb::{LookupResult, MaxMindDbError};
use std::borrow::Cow;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// Most database files taken from folders.
pub const DATABASES_FOUND_MAX: usize = 16;

/// All databases in order of precedence.
#[derive(Debug)]
pub struct Databases {
    loaded: Vec<Loaded>,
}

/// What one database says of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which database: an index into [`Databases::sources`].
    pub database: usize,
    /// The prefix that the answer holds for.
    pub network: Option<IpNet>,
    /// Where the address is used.
    pub country: Option<Country>,
    /// Whether `country` is only where the address is registered, because nothing better was said.
    pub registered: bool,
    /// City, in English where there is a choice.
    pub city: Option<String>,
    /// Number of the autonomous system that announces the address.
    pub asn: Option<u32>,
    /// Name of the autonomous system.
    pub as_name: Option<String>,
    /// Whether the database calls the address anycast: answered at many places.
    pub anycast: bool,
}

/// Who operates the network of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// Number of the autonomous system.
    pub asn: u32,
    /// Its name; empty when no database knows it.
    pub name: String,
    /// Which database said so: an index into [`Databases::sources`].
    pub database: usize,
}

/// Everything the databases say of one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The address that was looked up: the one inside a translated or tunnelled address.
    pub address: IpAddr,
    /// Why it has no place; then no database was asked.
    pub special: Option<Special>,
    /// Answers in order of precedence, at most one of each database.
    pub findings: Vec<Finding>,
    /// Databases whose record of this address is damaged, as indices into [`Databases::sources`].
    pub failed: Vec<usize>,
}

impl Located {
    /// The first answer that names a country.
    pub fn country(&self) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.country.is_some())
    }

    /// The operator by the first answer that has an AS number; its name may come from a later one.
    pub fn operator(&self) -> Option<Operator> {
        let (asn, database) = self.findings.iter().find_map(|finding| Some((finding.asn?, finding.database)))?;
        let same = self.findings.iter().filter(|finding| finding.asn == Some(asn));
        let name = same.filter_map(|finding| finding.as_name.clone()).next().unwrap_or_default();
        Some(Operator { asn, name, database })
    }
}

impl Databases {
    /// Only the database that is built in. Costs no reading: it lies in the program as it is used.
    ///
    /// # Errors
    /// [`DatabaseError::Embedded`] when the program was built from damaged files.
    pub fn embedded() -> Result<Self, DatabaseError> {
        Ok(Databases { loaded: vec![load_embedded()?] })
    }

    /// The files `given` in their order, then every `.mmdb` file in the folders `found_in` (by folder, then by name,
    /// at most [`DATABASES_FOUND_MAX`]), then the built-in one. A file of which the bytes are there already is left
    /// out. The texts returned are warnings about files that were found and cannot be used.
    ///
    /// # Errors
    /// A file of `given` that cannot be read or is no MaxMind DB.
    pub fn with_files(given: &[PathBuf], found_in: &[PathBuf]) -> Result<(Self, Vec<String>), DatabaseError> {
        let mut databases = Databases { loaded: Vec::new() };
        let mut warnings = Vec::new();
        for path in given {
            databases.add(load_file(path)?);
        }
        let found = database_files(found_in);
        for path in found.iter().take(DATABASES_FOUND_MAX) {
            match load_file(path) {
                Ok(loaded) => databases.add(loaded),
                Err(error) => warnings.push(error.to_string()),
            }
        }
        if let Some(left) = found.len().checked_sub(DATABASES_FOUND_MAX).filter(|left| *left > 0) {
            warnings.push(format!("{left} database files left out: only {DATABASES_FOUND_MAX} are taken from folders"));
        }
        databases.add(load_embedded()?);
        Ok((databases, warnings))
    }

    /// The databases in order of precedence.
    pub fn sources(&self) -> Vec<DatabaseInfo> {
        self.loaded.iter().map(|loaded| loaded.info.clone()).collect()
    }

    /// One database of [`Databases::sources`].
    pub fn source(&self, index: usize) -> Option<&DatabaseInfo> {
        self.loaded.get(index).map(|loaded| &loaded.info)
    }

    /// Asks every database. Addresses that have no place ([`special`]) are not looked up.
    pub fn look_up(&self, address: IpAddr) -> Located {
        let mut located =
            Located { address: carried(address), special: special(address), findings: Vec::new(), failed: Vec::new() };
        if located.special.is_some() {
            return located;
        }
        for (index, loaded) in self.loaded.iter().enumerate() {
            match loaded.look_up(located.address) {
                Ok(Some((network, statement))) => located.findings.extend(finding(index, network, statement)),
                Ok(None) => {}
                Err(_) => located.failed.push(index),
            }
        }
        located
    }

    fn add(&mut self, new: Loaded) {
        if self.loaded.iter().all(|old| old.info.sha256 != new.info.sha256) {
            self.loaded.push(new);
        }
    }
}

impl Loaded {
    fn look_up(&self, address: IpAddr) -> Result<Option<(Option<IpNet>, Statement)>, MaxMindDbError> {
        if address.is_ipv6() && self.reader.metadata().ip_version == 4 {
            return Ok(None);
        }
        let result = self.reader.lookup(address)?;
        let record: Option<Record> = result.decode()?;
        Ok(record.map(|record| (network(&result), record.statement())))
    }
}

/// A finding, unless the record says nothing that is asked here.
fn finding(database: usize, network: Option<IpNet>, says: Statement) -> Option<Finding> {
    let Statement { country, registered, city, asn, as_name, anycast } = says;
    let speaks = country.is_some() || asn.is_some() || anycast;
    speaks.then_some(Finding { database, network, country, registered, city, asn, as_name, anycast })
}

fn network(result: &LookupResult<'_, Cow<'static, [u8]>>) -> Option<IpNet> {
    let network = result.network().ok()?;
    IpNet::new(network.ip(), network.prefix()).ok()
}

/// All `.mmdb` files of the folders, each folder in order of names. Folders that cannot be read hold none.
fn database_files(folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in folders {
        let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
        let mut here: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| is_database_name(path)).collect();
        here.sort();
        files.append(&mut here);
    }
    files
}

fn is_database_name(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("mmdb")) && path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mmdb_writer::{IpVersion, Value, Writer};

    fn database(name: &str, version: IpVersion, records: &[(&str, Value)]) -> Vec<u8> {
        let built = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
        let mut writer = Writer::builder(name).ip_version(version).build_epoch(built).build();
        for (network, record) in records {
            let network: IpNet = network.parse().expect("a prefix");
            writer.insert_value(network, record.clone()).expect("inserted");
        }
        writer.to_bytes().expect("a database")
    }

    fn text(fields: &[(&str, &str)]) -> Value {
        Value::map(fields.iter().map(|(key, value)| (*key, Value::from(*value))))
    }

    fn within(key: &str, value: Value) -> (&str, Value) {
        (key, value)
    }

    /// Loads `files` as given by the user and looks `address` up.
    fn looked_up(files: &[Vec<u8>], address: &str) -> Located {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let paths: Vec<PathBuf> = (0..files.len()).map(|index| folder.path().join(format!("{index}.mmdb"))).collect();
        for (path, bytes) in paths.iter().zip(files) {
            std::fs::write(path, bytes).expect("written");
        }
        let (databases, warnings) = Databases::with_files(&paths, &[]).expect("loaded");
        assert!(warnings.is_empty());
        databases.look_up(address.parse().expect("an address"))
    }

    #[test]
    fn records_of_no_schema_say_nothing_and_damaged_ones_are_told() {
        let odd = text(&[("mood", "sunny")]);
        let located = looked_up(&[database("Test", IpVersion::V6, &[("8.8.8.0/24", odd)])], "8.8.8.8");
        assert!(located.failed.is_empty());
        assert!(located.findings.iter().all(|finding| finding.database == 1), "only the embedded one answers");
        let list = database("Test", IpVersion::V6, &[("8.8.8.0/24", Value::from("just text"))]);
        assert_eq!(looked_up(&[list], "8.8.8.8").failed, [0]);
    }

    #[test]
    fn the_first_file_wins_and_the_others_still_speak() {
        let one = database("One", IpVersion::V4, &[("8.8.8.0/24", text(&[("country_code", "DE")]))]);
        let two = database("Two", IpVersion::V6, &[("8.8.0.0/16", text(&[("country_code", "FR"), ("asn", "15169")]))]);
        let located = looked_up(&[one.clone(), two, one], "::ffff:8.8.8.8");
        let countries: Vec<_> = located.findings.iter().map(|found| (found.database, found.country)).collect();
        let expected = ["DE", "FR", "US"].map(Country::parse);
        assert_eq!(countries, expected.into_iter().enumerate().collect::<Vec<_>>(), "the same file twice counts once");
        assert_eq!(located.country().map(|found| found.database), Some(0));
        let operator = located.operator().expect("an operator");
        assert_eq!((operator.asn, operator.database, operator.name.as_str()), (15_169, 1, "Google LLC"));
        assert_eq!(located.address.to_string(), "8.8.8.8");
    }

    #[test]
    fn an_ipv4_database_has_no_opinion_on_ipv6() {
        let one = database("One", IpVersion::V4, &[("8.8.8.0/24", text(&[("country_code", "DE")]))]);
        let located = looked_up(&[one], "2001:4860:4860::8888");
        assert!(located.failed.is_empty() && located.findings.iter().all(|found| found.database == 1));
    }

    #[test]
    fn folders_are_searched_and_what_is_broken_is_told() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let good = database("GeoLite2-Country", IpVersion::V6, &[("8.8.8.0/24", text(&[("country_code", "CH")]))]);
        std::fs::write(folder.path().join("b.MMDB"), good).expect("written");
        std::fs::write(folder.path().join("a.mmdb"), b"broken").expect("written");
        std::fs::write(folder.path().join("readme.txt"), b"other").expect("written");
        let folders = [PathBuf::from("/nowhere"), folder.path().to_owned()];
        let (databases, warnings) = Databases::with_files(&[], &folders).expect("loaded");
        assert_eq!(warnings.len(), 1);
        assert!(warnings[0].contains("a.mmdb"), "{warnings:?}");
        let sources = databases.sources();
        assert_eq!(
            (sources.len(), sources[0].name.as_str(), sources[0].built.as_str()),
            (2, "GeoLite2-Country", "2023-11-14")
        );
        assert!(sources[0].path.is_some() && sources[1].path.is_none());
        assert!(sources[0].licence.contains("GeoLite") && sources[0].attribution.contains("MaxMind"));
    }

    #[test]
    fn the_embedded_database_knows_famous_prefixes() {
        let databases = Databases::embedded().expect("embedded");
        let table = [
            ("8.8.8.8", "US", 15_169, "Google"),
            ("193.0.6.139", "NL", 3333, "Reseaux IP Europeens"),
            ("2001:67c:2e8::1", "NL", 3333, "Reseaux IP Europeens"),
            ("64:ff9b::193.0.6.139", "NL", 3333, "Reseaux IP Europeens"),
            ("130.83.1.1", "DE", 8365, "Man-da"),
            ("2a01:111:f402::1", "", 8075, "Microsoft"),
        ];
        for (address, country, asn, name) in table {
            let located = databases.look_up(address.parse().expect("an address"));
            let found = located.country().and_then(|found| found.country);
            assert!(country.is_empty() || found == Country::parse(country), "{address}: {found:?}");
            let operator = located.operator().expect("an operator");
            assert!(operator.asn == asn && operator.name.contains(name), "{address}: {operator:?}");
        }
        let private = databases.look_up("192.168.1.1".parse().expect("an address"));
        assert_eq!((private.special, private.findings.len()), (Some(Special::Private), 0));
    }

    #[test]
    fn damaged_files_are_refused_or_read_without_panic() {
        let record =
            Value::map([within("country", text(&[("iso_code", "DE")])), within("asn", Value::from(64_512_u32))]);
        let records = [("8.8.8.0/24", record), ("2001:4860::/32", text(&[("country_code", "US")]))];
        let good = database("Test", IpVersion::V6, &records);
        for length in 0..good.len() {
            try_bytes(good[..length].to_vec());
        }
        for index in 0..good.len() {
            for flip in [0x01, 0x20, 0x80, 0xff] {
                let mut bad = good.clone();
                bad[index] ^= flip;
                try_bytes(bad);
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn random_bytes_do_not_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
            let good = database("Test", IpVersion::V6, &[("8.8.8.0/24", text(&[("country_code", "DE")]))]);
            try_bytes(bytes.clone());
            // Random data between a sound tree and sound metadata.
            let marker = good.windows(14).rposition(|at| at == b"\xab\xcd\xefMaxMind.com").expect("metadata");
            try_bytes([&bytes[..], &good[marker..]].concat());
            let kept = marker.saturating_sub(bytes.len());
            try_bytes([&good[..kept], &bytes[..bytes.len().min(marker)], &good[marker..]].concat());
        }
    }

    fn try_bytes(bytes: Vec<u8>) {
        let Ok(reader) = maxminddb::Reader::from_source(Cow::Owned(bytes)) else { return };
        let info = DatabaseInfo {
            name: String::new(),
            built: String::new(),
            licence: String::new(),
            attribution: String::new(),
            sha256: String::new(),
            path: None,
        };
        let databases = Databases { loaded: vec![Loaded { info, reader }] };
        for address in ["8.8.8.8", "0.0.0.1", "255.1.1.1", "2001:4860:4860::8888", "2a00::1"] {
            databases.look_up(address.parse().expect("an address"));
        }
    }
}
