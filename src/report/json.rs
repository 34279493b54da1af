//! The JSON report, version 1.

use super::{Format, Layout};
use crate::exposure::Findings;
use std::io::{self, Write};

/// `--format json`, `-o report.json`.
pub(super) static FORMAT: Format =
    Format { name: "json", extension: "json", about: "machine-readable, described by `meetscope schema`", write };

fn write(findings: &Findings, _layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, findings)?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Language, schema};
    use serde_json::Value;
    use std::collections::BTreeSet;

    /// Objects and their fields as the schema has them: `Stream.ssrc`.
    fn fields() -> BTreeSet<String> {
        let schema = schema();
        let own = |name: &str, object: &Value| -> Vec<String> {
            let properties = object.get("properties").and_then(Value::as_object);
            properties
                .into_iter()
                .flat_map(|fields| fields.keys().map(move |field| format!("{name}.{field}")))
                .collect()
        };
        let mut all: BTreeSet<String> = own("Findings", &schema).into_iter().collect();
        for (name, object) in schema["$defs"].as_object().unwrap() {
            assert_eq!(object["additionalProperties"], false, "{name}");
            all.extend(own(name, object));
        }
        all
    }

    #[test]
    fn no_name_of_version_1_is_missing() {
        let contract = "Findings: schema_version tool captures local meetings flows endpoints exposures transfers
            Findings: recommendations not_determinable problems
            Tool: name version signatures law geo
            SignatureSet: version sha256
            LawTable: as_of
            GeoDatabase: name built licence sha256
            CaptureFile: path sha256 format link_types packets bytes first last cut_packets duplicates
            Local: addresses basis devices public_addresses location
            Device: addresses mac vendor names system software
            Location: country lat lon basis
            Meeting: id provider provider_name confidence because start end duration_s began_before_capture
            Meeting: ended_after_capture topology local participants participants_seen streams peers
            BeganBefore: seconds basis
            Participants: at_least basis
            ParticipantSeen: id label streams first last basis
            Stream: id ssrc kind direction payload_types codec start end packets bytes mean_bitrate_bps lost_packets
            Stream: flow participant repair_of talk silent_or_muted paused
            Interval: from to
            Peer: address via direct endpoint
            FlowEntry: id transport local remote start end packets_sent packets_received bytes_sent bytes_received
            FlowEntry: protocols provider purpose names rtt_min_ms rtt_samples facts
            Name: name source
            FactEntry: key value evidence
            Endpoint: id address ports names provider purpose operator jurisdiction anycast place transfer bytes_sent
            Endpoint: bytes_received packets_sent packets_received
            Operator: asn name country
            Jurisdiction: entity country parent_country
            PlaceEntry: country verdict evidence max_distance_km
            PlaceProof: kind says detail detail_de
            TransferEntry: status basis on
            ExposureEntry: id question key value meeting observers certainty statement evidence
            Bilingual: de en
            TransferTotal: country status endpoints purposes bytes_sent bytes_received
            Recommendation: id audience because text source
            NotDeterminable: what why
            ProblemEntry: what count first_frame
            Because: capture frame time filter
            EvidenceEntry: capture frame time filter";
        let known = fields();
        for line in contract.lines() {
            let (object, names) = line.trim().split_once(':').unwrap();
            for name in names.split_whitespace() {
                assert!(known.contains(&format!("{object}.{name}")), "{object}.{name}");
            }
        }
    }

    #[test]
    fn the_report_is_one_json_object_with_a_line_end() {
        let mut out = Vec::new();
        let layout = Layout { language: Language::German, columns: 80 };
        write(&Findings { schema_version: 1, ..Findings::default() }, layout, &mut out).unwrap();
        assert!(out.ends_with(b"}\n"));
        let value: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!((value["schema_version"].as_u64(), value["meetings"].as_array().map(Vec::len)), (Some(1), Some(0)));
    }
}
