//! What a comparison reads of a JSON report of version 1: a subset, so that reports of earlier and later programs,
//! pseudonymised and minimised ones are understood alike. What is missing has its default, what is new is passed over.

use crate::exposure::SCHEMA_VERSION;
use serde::Deserialize;
use serde_json::Value;

/// Most bytes of a file with a JSON report: some 100,000 flows with their facts.
pub const REPORT_BYTES_MAX: u64 = 256 << 20;

/// A file that is no report of version 1. Each message says what, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Broken JSON, or a field of a kind that the contract does not have.
    #[error(
        "{path} is no JSON report that can be read: {cause}; write it anew with `meetscope analyse CAPTURE -o {path}`"
    )]
    Broken {
        /// As the user gave it.
        path: String,
        /// What is wrong, with line and column.
        cause: serde_json::Error,
    },
    /// JSON of something else.
    #[error(
        "{path} is JSON but no report of meetscope: the field `{field}` is missing or of another kind; \
         write a report with `meetscope analyse CAPTURE -o report.json`"
    )]
    Foreign {
        /// As the user gave it.
        path: String,
        /// The field that every report has.
        field: &'static str,
    },
    /// A report of another version.
    #[error(
        "{path}: the field `schema_version` is {found}, and this program reads version {SCHEMA_VERSION}; \
         analyse the capture again with this program, or use the one that wrote the report"
    )]
    Version {
        /// As the user gave it.
        path: String,
        /// The version stated.
        found: Value,
    },
    /// Longer than any report.
    #[error(
        "{path} is longer than {} MB, the most that is read of a report; compare the captures, or shorter ones",
        REPORT_BYTES_MAX >> 20
    )]
    TooLong {
        /// As the user gave it.
        path: String,
    },
}

/// Only what tells a report from other JSON.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    schema_version: Value,
    #[serde(default)]
    meetings: Value,
    #[serde(default)]
    exposures: Value,
}

macro_rules! part {
    ($(#[$meta:meta])* $name:ident { $($field:ident: $kind:ty,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(default)]
        pub(super) struct $name { $(pub(super) $field: $kind,)* }
    };
}

part! {
    /// A report.
    Report {
        tool: Tool,
        captures: Vec<Capture>,
        local: Local,
        meetings: Vec<Meeting>,
        flows: Vec<Flow>,
        endpoints: Vec<Endpoint>,
        exposures: Vec<Exposure>,
        not_determinable: Vec<Open>,
        handling: Handling,
    }
}

part! { Tool { name: String, version: String, signatures: Signatures, law: LawTable, geo: Vec<Geo>, } }
part! { Signatures { version: String, sha256: String, } }
part! { LawTable { as_of: String, } }
part! { Geo { name: String, sha256: String, } }
part! {
    Capture {
        sha256: String,
        packets: u64,
        first: Option<String>,
        cut_packets: u64,
        dropped: Option<u64>,
        damage: Option<String>,
    }
}
part! { Local { devices: Vec<Device>, } }
part! { Device { names: Vec<String>, system: Option<String>, } }
part! {
    Meeting {
        id: String,
        provider: Option<String>,
        provider_name: Option<String>,
        confidence: String,
        because: Vec<Evidence>,
        start: String,
        duration_s: f64,
        began_before_capture: Option<BeganBefore>,
        ended_after_capture: bool,
        topology: String,
        participants: Participants,
        streams: Vec<Stream>,
        peers: Vec<Peer>,
        flows: Vec<String>,
    }
}
part! { BeganBefore { seconds: Option<f64>, } }
part! { Participants { at_least: u32, basis: String, } }
part! {
    Stream {
        kind: String,
        direction: String,
        packets: u64,
        flow: String,
        repair_of: Option<String>,
        talk: Option<Vec<serde::de::IgnoredAny>>,
        talk_basis: Option<String>,
    }
}
part! { Peer { address: String, direct: bool, endpoint: Option<String>, relation: Option<String>, } }
part! {
    Flow {
        id: String,
        remote: String,
        packets_sent: u64,
        packets_received: u64,
        bytes_sent: u64,
        bytes_received: u64,
        protocols: Vec<String>,
        provider: Option<String>,
        purpose: Option<String>,
        facts: Vec<Fact>,
    }
}
part! { Fact { key: String, value: String, evidence: Vec<Evidence>, } }
part! { Name { name: String, source: String, } }
part! {
    Endpoint {
        id: String,
        address: String,
        names: Vec<Name>,
        provider: Option<String>,
        purpose: Vec<String>,
        operator: Operator,
        jurisdiction: Option<Jurisdiction>,
        place: Place,
        transfer: Transfer,
        bytes_sent: u64,
    }
}
part! { Operator { name: Option<String>, } }
part! { Jurisdiction { entity: Option<String>, parent_country: Option<String>, } }
part! { Place { country: Option<String>, verdict: String, } }
part! { Transfer { status: String, basis: Said, on: Option<String>, } }
part! {
    Exposure {
        id: String,
        question: String,
        key: String,
        value: String,
        meeting: Option<String>,
        observers: Vec<String>,
        certainty: String,
        evidence: Vec<Evidence>,
    }
}
part! { Said { de: String, en: String, } }
part! { Open { what: String, why: Said, } }
part! { Evidence { capture: u16, frame: u64, } }
part! { Handling { pseudonyms: Option<serde::de::IgnoredAny>, left_out: Vec<String>, } }

impl Report {
    /// Reads the bytes of a JSON report; `path` names it in messages.
    pub(super) fn read(path: &str, bytes: &[u8]) -> Result<Report, ReportError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let broken = |cause| ReportError::Broken { path: path.to_owned(), cause };
        let foreign = |field| ReportError::Foreign { path: path.to_owned(), field };
        if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
            return Err(foreign("schema_version"));
        }
        let head: Head = serde_json::from_slice(bytes).map_err(broken)?;
        match &head.schema_version {
            Value::Number(number) if number.as_u64() == Some(u64::from(SCHEMA_VERSION)) => {}
            Value::Number(_) => return Err(ReportError::Version { path: path.to_owned(), found: head.schema_version }),
            _ => return Err(foreign("schema_version")),
        }
        for (field, value) in [("meetings", &head.meetings), ("exposures", &head.exposures)] {
            if !value.is_array() {
                return Err(foreign(field));
            }
        }
        drop(head);
        serde_json::from_slice(bytes).map_err(broken)
    }
}

/// Whether a file is a JSON report rather than a capture, by how it begins. Only a pcapng file begins with line ends
/// too, as its magic number (pcapng section 4.1).
pub fn is_report(start: &[u8]) -> bool {
    const PCAPNG: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];
    if start.is_empty() || start.starts_with(&PCAPNG) || PCAPNG.starts_with(start) {
        return false;
    }
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    matches!(start.iter().find(|byte| !byte.is_ascii_whitespace()), Some(b'{' | b'['))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Report::read("r.json", text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn files_are_told_by_how_they_begin() {
        for report in ["{", " \n{\"a\"", "[1]", "\u{feff}{"] {
            assert!(is_report(report.as_bytes()), "{report:?}");
        }
        for capture in [
            &b""[..],
            b"\x0a",
            b"\x0a\x0d\x0d\x0a{{{{",
            b"\xd4\xc3\xb2\xa1",
            b"\x1f\x8b",
            b"\x28\xb5\x2f\xfd",
            b"<html",
            b"text",
        ] {
            assert!(!is_report(capture), "{capture:?}");
        }
    }

    #[test]
    fn an_error_says_what_where_and_what_to_do() {
        let broken = error("{\"schema_version\": 1,\n \"meetings\": [");
        assert!(
            broken.contains("r.json") && broken.contains("line 2 column") && broken.contains("analyse"),
            "{broken}"
        );
        let kind = error("{\"schema_version\":1,\"exposures\":[],\"meetings\":[{\"duration_s\":\"long\"}]}");
        assert!(kind.contains("invalid type: string \"long\"") && kind.contains("line 1 column"), "{kind}");
        let version = error("{\"schema_version\":2,\"meetings\":[],\"exposures\":[]}");
        assert!(version.contains("`schema_version` is 2") && version.contains("reads version 1"), "{version}");
        for other in ["{}", "[]", "{\"schema_version\":\"1\"}"] {
            assert!(error(other).contains("`schema_version` is missing"), "{other}");
        }
        assert!(error("{\"schema_version\":1}").contains("`meetings`"));
        assert!(error("{\"schema_version\":1,\"meetings\":[]}").contains("`exposures`"));
    }

    #[test]
    fn what_is_missing_or_new_does_no_harm() {
        let text = "\u{feff}{\"schema_version\":1,\"exposures\":[],\"new\":{\"x\":[1]},\
                    \"meetings\":[{\"id\":\"m1\",\"peers\":[],\"mood\":3}]}";
        let report = Report::read("r.json", text.as_bytes()).unwrap();
        assert_eq!((report.meetings[0].id.as_str(), report.meetings[0].duration_s), ("m1", 0.0));
    }

    #[test]
    fn no_prefix_of_a_report_and_no_flipped_byte_panics() {
        let text = include_bytes!("../../fixtures/rtt-40ms/report.json");
        for end in (0..text.len()).step_by(97) {
            assert!(Report::read("r", &text[..end]).is_err());
        }
        let mut bytes = text.to_vec();
        for at in (0..bytes.len()).step_by(61) {
            bytes[at] ^= 0x15;
            let _ = Report::read("r", &bytes);
            bytes[at] ^= 0x15;
        }
        assert!(Report::read("r", &bytes).is_ok());
    }
}
