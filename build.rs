//! Prepares the knowledge that is built into the program.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    embed("signatures/geo/country-asn.mmdb.zst")?;
    embed("signatures/hardware/vendors.txt.zst")?;
    list_files("signatures", "", "signatures.rs")?;
    list_files("signatures/advice", "advice/", "advice.rs")
}

/// Unpacks a data file, so that the program neither carries a decompressed copy in the repository nor spends time on it
/// at each start. The unpacked file has the name without `.zst`.
fn embed(packed: &str) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={packed}");
    let file = fs::File::open(packed).map_err(|error| format!("{packed}: {error}; make it with make.sh beside"))?;
    let data = zstd::decode_all(file).map_err(|error| format!("{packed}: {error}"))?;
    let name = Path::new(packed).file_stem().ok_or("a data file without a name")?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join(name), data)?;
    Ok(())
}

/// Writes `list`: a slice of (file name behind `prefix`, text) of every TOML file in a folder, in order of names.
fn list_files(folder: &str, prefix: &str, list: &str) -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join(folder);
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = toml_files(&folder)?;
    files.sort();
    let mut text = String::from("&[\n");
    for file in &files {
        let name = format!("{prefix}{}", file.file_name().unwrap_or_default().to_string_lossy());
        writeln!(text, "    ({name:?}, include_str!({:?})),", file.display().to_string())?;
    }
    text.push_str("]\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join(list), text)?;
    Ok(())
}

/// The TOML files directly in a folder.
fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() && path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    Ok(files)
}
