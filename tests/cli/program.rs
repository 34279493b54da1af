//! Running the program and reading what it says.

use serde_json::Value;
use std::path::{Path, PathBuf};

/// Recorded cases, by folder.
pub const FIXTURES: [&str; 6] = ["lan-call-ipv6", "nat-failed", "p2p-call", "rtt-40ms", "sip-call", "turn-call"];
/// A direct call of 9926 packets from 10.77.1.11 to 10.77.2.12.
pub const CALL: &str = "fixtures/p2p-call/capture.pcap";
/// The smallest fixture, where any capture will do.
pub const SMALL: &str = "fixtures/rtt-40ms/capture.pcap";

/// What a run left behind.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The JSON report on standard output.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.err))
    }

    /// The run, if it ended well.
    pub fn done(self) -> Ran {
        assert_eq!(self.code, 0, "{}", self.err);
        self
    }

    /// Checks that the run failed, printed nothing for a reader of data, and said each of `words`.
    pub fn failed(&self, words: &[&str]) {
        assert_eq!((self.code, self.out.as_str()), (2, ""), "{}", self.err);
        for word in words {
            assert!(self.err.contains(word), "{word:?} is not in {}", self.err);
        }
        assert!(!self.err.contains("panicked"), "{}", self.err);
    }
}

/// Runs the program in the repository's folder, without databases of this user.
pub fn run(arguments: &[&str]) -> Ran {
    run_with(arguments, b"")
}

/// The same with bytes on standard input.
pub fn run_with(arguments: &[&str], input: &[u8]) -> Ran {
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_meetscope"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env("XDG_DATA_HOME", "/nonexistent");
    let output = command.args(arguments).write_stdin(input).output().expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ran { code: output.status.code().expect("no signal"), out: text(output.stdout), err: text(output.stderr) }
}

/// The JSON report of an analysis that ends well.
pub fn report(arguments: &[&str]) -> Value {
    run(&[&["analyse", "--format", "json"], arguments].concat()).done().json()
}

pub fn fixture(name: &str) -> String {
    format!("fixtures/{name}/capture.pcap")
}

/// The bytes of a file of the repository.
pub fn bytes(path: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a file of the repository")
}

/// A temporary folder with files.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Folder {
        Folder(tempfile::tempdir().expect("a temporary folder"))
    }

    /// Writes a file and gives its path.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        std::fs::write(self.file(name), bytes).expect("written");
        self.path(name)
    }

    /// The path of a file, there or not.
    pub fn path(&self, name: &str) -> String {
        self.file(name).to_str().expect("UTF-8").to_owned()
    }

    /// The text of a file.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).expect("a file that was written")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}
