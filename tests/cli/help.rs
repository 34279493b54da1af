//! The help, word by word. `MEETSCOPE_BLESS=1 cargo test --test cli` writes the files anew after a change that is meant.

use super::program::run;
use std::path::Path;

#[test]
fn the_help_of_the_program_is_as_written() {
    compare("meetscope", &["--help"]);
}

#[test]
fn the_help_of_an_analysis_is_as_written() {
    compare("analyse", &["analyse", "--help"]);
}

#[cfg(feature = "live")]
#[test]
fn the_help_of_a_capture_is_as_written() {
    compare("capture", &["capture", "--help"]);
}

#[test]
fn the_help_of_a_comparison_is_as_written() {
    compare("compare", &["compare", "--help"]);
}

#[test]
fn the_help_of_places_is_as_written() {
    compare("place", &["place", "--help"]);
}

#[test]
fn no_line_is_wider_than_a_page() {
    for command in
        ["analyse", "capture", "compare", "place", "signatures", "facts", "law", "schema", "completions", "man"]
    {
        let help = run(&[command, "--help"]).done().out;
        let wide: Vec<_> = help.lines().filter(|line| line.chars().count() > 120).collect();
        assert_eq!(wide, [""; 0], "{command}");
    }
}

fn compare(name: &str, arguments: &[&str]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cli/help/{name}.txt"));
    let help = run(arguments).done().out;
    // The program's name ends with .exe on some systems.
    let help = help.replace("meetscope.exe", "meetscope");
    if std::env::var_os("MEETSCOPE_BLESS").is_some() {
        std::fs::write(&path, &help).expect("written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert_eq!(help, expected, "if the change is meant, run again with MEETSCOPE_BLESS=1");
}
