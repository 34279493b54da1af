//! Makes the embedded country and operator database from two CSV packages: `signatures/geo/make.sh` calls it.
//!
//! `make_geo_db COUNTRY_PACKAGE ASN_PACKAGE OUT_FOLDER`, where the first two are folders of unpacked npm packages.
//! Writes `country-asn.mmdb.zst` and `geo.toml`. The same packages give the same bytes.

use anyhow::{Context, Result, bail, ensure};
use mmdb_writer::{IpVersion, Ipv4Aliasing, Value, Writer};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

/// Highest level of zstd: the file is made seldom and downloaded often.
const ZSTD_LEVEL: i32 = 22;

/// A range of addresses, both ends inclusive, and what one source says of it.
struct Span<T> {
    first: u128,
    last: u128,
    says: T,
}

/// What is known of an address: country, AS number.
type Known = (Option<String>, Option<u32>);

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [country, asn, out] = arguments.as_slice() else {
        bail!("usage: make_geo_db COUNTRY_PACKAGE ASN_PACKAGE OUT_FOLDER");
    };
    let (country, asn, out) = (Path::new(country), Path::new(asn), Path::new(out));
    let version = package_version(country)?;
    ensure!(version == package_version(asn)?, "both packages must be of the same version");
    let date = date_of(&version)?;
    let database = make_database(country, asn, date)?;
    let packed = zstd::encode_all(database.as_slice(), ZSTD_LEVEL)?;
    std::fs::write(out.join("country-asn.mmdb.zst"), &packed)?;
    std::fs::write(out.join("geo.toml"), about(&version, date, &database, country, asn)?)?;
    Ok(())
}

/// The version in `package.json`.
fn package_version(package: &Path) -> Result<String> {
    let path = package.join("package.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let json: serde_json::Value = serde_json::from_str(&text)?;
    Ok(json["version"].as_str().context("package.json has no version")?.to_owned())
}

/// The day on which the data were collected: versions are `MAJOR.MINOR.YYYYMMDDHH`.
fn date_of(version: &str) -> Result<jiff::civil::Date> {
    let stamp = version.rsplit('.').next().filter(|stamp| stamp.len() == 10).context("version without a date")?;
    let date = jiff::civil::Date::new(stamp[0..4].parse()?, stamp[4..6].parse()?, stamp[6..8].parse()?)?;
    Ok(date)
}

/// Both address families, both sources, as one MaxMind DB.
fn make_database(country: &Path, asn: &Path, date: jiff::civil::Date) -> Result<Vec<u8>> {
    let day = date.to_zoned(jiff::tz::TimeZone::UTC)?.timestamp().as_second();
    let mut names = BTreeMap::new();
    let mut writer = Writer::builder("meetscope-Country-ASN")
        .ip_version(IpVersion::V6)
        .ipv4_aliasing(Ipv4Aliasing::Disabled)
        .languages(["en"])
        .description(&[("en", "Country and operator of an address (NRO, RouteViews, DB-IP; CC BY 4.0)")])
        .build_epoch(UNIX_EPOCH + Duration::from_secs(day.try_into()?))
        .build();
    for family in ["ipv4", "ipv6"] {
        let countries = read_countries(&country.join(format!("geo-whois-asn-country-{family}.csv")))?;
        let operators = read_operators(&asn.join(format!("asn-{family}.csv")), &mut names)?;
        for span in merge(&countries, &operators) {
            let (first, last) = (address(span.first, family), address(span.last, family));
            writer.insert_range(first, last, &record(&span.says, &names))?;
        }
    }
    Ok(writer.to_bytes()?)
}

fn read_countries(path: &Path) -> Result<Vec<Span<String>>> {
    read_spans(path, |says| {
        ensure!(says.len() == 2 && says.bytes().all(|byte| byte.is_ascii_uppercase()), "no country code: {says}");
        Ok(says.to_owned())
    })
}

fn read_operators(path: &Path, names: &mut BTreeMap<u32, String>) -> Result<Vec<Span<u32>>> {
    read_spans(path, |says| {
        let (number, name) = says.split_once(',').context("no name")?;
        let number = number.parse()?;
        names.entry(number).or_insert_with(|| unquoted(name));
        Ok(number)
    })
}

/// A CSV field, which is quoted when it holds commas or quotes.
fn unquoted(field: &str) -> String {
    match field.strip_prefix('"').and_then(|field| field.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\"").trim().to_owned(),
        None => field.trim().to_owned(),
    }
}

/// Reads `first,last,says...` lines in order of their first address. They may overlap: some thousand of them do.
fn read_spans<T>(path: &Path, mut read: impl FnMut(&str) -> Result<T>) -> Result<Vec<Span<T>>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut spans: Vec<Span<T>> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let span = read_span(line, &mut read).with_context(|| format!("{}:{}", path.display(), index + 1))?;
        let in_order = span.first <= span.last && spans.last().is_none_or(|before| before.first <= span.first);
        ensure!(in_order, "{}:{}: out of order", path.display(), index + 1);
        spans.push(span);
    }
    Ok(spans)
}

fn read_span<T>(line: &str, read: &mut impl FnMut(&str) -> Result<T>) -> Result<Span<T>> {
    let mut fields = line.splitn(3, ',');
    let mut next = || fields.next().context("too few fields");
    let (first, last) = (number(next()?.parse()?), number(next()?.parse()?));
    Ok(Span { first, last, says: read(next()?)? })
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

fn address(number: u128, family: &str) -> IpAddr {
    match u32::try_from(number) {
        Ok(number) if family == "ipv4" => IpAddr::V4(Ipv4Addr::from(number)),
        _ => IpAddr::V6(Ipv6Addr::from(number)),
    }
}

/// Lays both lists over each other; neighbours that say the same become one, so that the tree stays small.
fn merge(countries: &[Span<String>], operators: &[Span<u32>]) -> Vec<Span<Known>> {
    let mut edges: Vec<u128> = Vec::new();
    edges.extend(countries.iter().flat_map(|span| [span.first, span.last.saturating_add(1)]));
    edges.extend(operators.iter().flat_map(|span| [span.first, span.last.saturating_add(1)]));
    edges.sort_unstable();
    edges.dedup();
    let (mut countries, mut operators) = (Cover::of(countries), Cover::of(operators));
    let mut merged: Vec<Span<Known>> = Vec::new();
    for edge in edges.windows(2) {
        let (first, last) = (edge[0], edge[1] - 1);
        let says = (countries.at(first).cloned(), operators.at(first).copied());
        match merged.last_mut() {
            _ if says == (None, None) => {}
            Some(before) if before.says == says && before.last + 1 == first => before.last = last,
            _ => merged.push(Span { first, last, says }),
        }
    }
    merged
}

/// Walks along spans in order of their first address.
struct Cover<'a, T> {
    coming: std::slice::Iter<'a, Span<T>>,
    open: Vec<&'a Span<T>>,
}

impl<'a, T> Cover<'a, T> {
    fn of(spans: &'a [Span<T>]) -> Self {
        Cover { coming: spans.iter(), open: Vec::new() }
    }

    /// What the narrowest span says that holds `address`: a part says more than the whole. Addresses must rise.
    fn at(&mut self, address: u128) -> Option<&'a T> {
        while let Some(span) = self.coming.as_slice().first().filter(|span| span.first <= address) {
            self.open.push(span);
            self.coming.next();
        }
        self.open.retain(|span| span.last >= address);
        self.open.iter().min_by_key(|span| span.last - span.first).map(|span| &span.says)
    }
}

fn record((country, asn): &Known, names: &BTreeMap<u32, String>) -> Value {
    let mut fields = Vec::new();
    fields.extend(country.as_ref().map(|country| ("country_code", Value::from(country.as_str()))));
    fields.extend(asn.map(|asn| ("asn", Value::from(asn))));
    let name = asn.and_then(|asn| names.get(&asn)).filter(|name| !name.is_empty());
    fields.extend(name.map(|name| ("as_name", Value::from(name.as_str()))));
    Value::map(fields)
}

/// The text of `geo.toml`: what the database is, from what, under which licence.
fn about(version: &str, date: jiff::civil::Date, database: &[u8], country: &Path, asn: &Path) -> Result<String> {
    let country_files = ["geo-whois-asn-country-ipv4.csv", "geo-whois-asn-country-ipv6.csv"];
    let asn_files = ["asn-ipv4.csv", "asn-ipv6.csv"];
    Ok(format!(
        r#"# Written by make.sh; see README.md.
schema = 1
name = "meetscope-Country-ASN"
built = "{date}"
licence = "CC-BY-4.0"
attribution = "Number Resource Organization (nro.net), Route Views (routeviews.org), IP Geolocation by DB-IP (db-ip.com); collected by ip-location-db"
bytes = {bytes}
sha256 = "{sha256}"

[[source]]
package = "@ip-location-db/geo-whois-asn-country"
version = "{version}"
licence = "CC-BY-4.0"
holder = "Number Resource Organization (NRO), nro.net"
{country_hashes}
[[source]]
package = "@ip-location-db/asn"
version = "{version}"
licence = "CC-BY-4.0"
holder = "Route Views, routeviews.org; Number Resource Organization (NRO), nro.net; DB-IP, db-ip.com"
{asn_hashes}"#,
        bytes = database.len(),
        sha256 = hex(database),
        country_hashes = hashes(country, &country_files)?,
        asn_hashes = hashes(asn, &asn_files)?,
    ))
}

/// `sha256_of_files` lines of one package.
fn hashes(package: &Path, files: &[&str]) -> Result<String> {
    let mut text = String::from("[source.sha256]\n");
    for file in files {
        text += &format!("\"{file}\" = \"{}\"\n", hex(&std::fs::read(package.join(file))?));
    }
    Ok(text)
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
