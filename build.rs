//! Prepares the knowledge that is built into the program.

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    embed_geo()?;
    Ok(())
}

/// Unpacks the country and operator database, so that the program neither carries a decompressed copy in the
/// repository nor spends time on it at each start.
fn embed_geo() -> Result<(), Box<dyn Error>> {
    let packed = "signatures/geo/country-asn.mmdb.zst";
    println!("cargo::rerun-if-changed={packed}");
    let file =
        std::fs::File::open(packed).map_err(|error| format!("{packed}: {error}; make it with make.sh beside"))?;
    let database = zstd::decode_all(file).map_err(|error| format!("{packed}: {error}"))?;
    let out = std::env::var("OUT_DIR")?;
    std::fs::write(Path::new(&out).join("country-asn.mmdb"), database)?;
    Ok(())
}
