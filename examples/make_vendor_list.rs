//! Makes the embedded list of hardware vendors: `signatures/hardware/make.sh` calls it.
//!
//! `make_vendor_list INDEX.json VERSION DAY OUT_FOLDER`. The input is the data file of the npm package `oui-data`: a JSON
//! object from a prefix of six, seven or nine hexadecimal digits to the holder's name and postal address. Written are
//! `vendors.txt.zst`, whose form `src/catalogue/hardware.rs` describes, and `vendors.toml`.

use anyhow::{Result, bail, ensure};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// Compression level: the best that needs no large window.
const LEVEL: i32 = 19;
/// Longest name kept in characters.
const NAME_CHARACTERS_MAX: usize = 80;
/// Holders that are nobody's name: blocks that are given out in smaller parts, and those who asked not to be listed.
const NOBODY: [&str; 2] = ["IEEE Registration Authority", "Private"];

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, version, day, folder] = arguments.as_slice() else {
        bail!("usage: make_vendor_list INDEX.json VERSION DAY OUT_FOLDER")
    };
    let source = std::fs::read(input)?;
    let holders: BTreeMap<String, String> = serde_json::from_slice(&source)?;
    let mut list = String::new();
    let mut count = 0;
    for (prefix, holder) in &holders {
        ensure!([6, 7, 9].contains(&prefix.len()) && prefix.bytes().all(|digit| digit.is_ascii_hexdigit()), "{prefix}");
        let name = name(holder);
        if !name.is_empty() && !NOBODY.contains(&name.as_str()) {
            list.push_str(&format!("{}\t{name}\n", prefix.to_ascii_uppercase()));
            count += 1;
        }
    }
    std::fs::write(Path::new(folder).join("vendors.txt.zst"), zstd::encode_all(list.as_bytes(), LEVEL)?)?;
    std::fs::write(Path::new(folder).join("vendors.toml"), about(&source, version, day, count))?;
    Ok(())
}

/// The first line of an entry on one line, white space joined.
fn name(holder: &str) -> String {
    let first = holder.lines().next().unwrap_or_default();
    let name = first.split_whitespace().collect::<Vec<_>>().join(" ");
    name.chars().filter(|character| !character.is_control()).take(NAME_CHARACTERS_MAX).collect()
}

fn about(source: &[u8], version: &str, day: &str, count: usize) -> String {
    let sha256: String = Sha256::digest(source).iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "# Written by make.sh; see README.md.\nschema = 1\nname = \"IEEE MA-L, MA-M and MA-S\"\ndate = {day}\n\
         package = \"oui-data\"\nversion = \"{version}\"\nlicence = \"BSD-2-Clause\"\nprefixes = {count}\n\
         sha256 = \"{sha256}\"\n"
    )
}
