//! The names of the JSON report, version 1, on which other programs rely: none may vanish.

use super::conforms::{resolve, schema};
use serde_json::Value;

/// Where in the report, and the names there.
const NAMES: &[(&str, &str)] = &[
    (
        "",
        "schema_version tool captures local meetings flows endpoints exposures transfers recommendations \
         not_determinable self_test problems handling",
    ),
    ("tool", "name version signatures law geo"),
    ("tool.signatures", "version sha256"),
    ("tool.law", "as_of"),
    ("tool.geo", "name built licence sha256"),
    ("captures", "path sha256 format link_types packets bytes first last cut_packets duplicates"),
    ("local", "addresses basis devices public_addresses location"),
    ("local.devices", "addresses mac vendor names system software"),
    ("local.location", "country lat lon basis"),
    (
        "meetings",
        "id provider provider_name confidence because start end duration_s began_before_capture \
         ended_after_capture topology local participants participants_seen streams peers",
    ),
    ("meetings.because", "capture frame time filter"),
    ("meetings.began_before_capture", "seconds basis"),
    ("meetings.participants", "at_least basis"),
    ("meetings.participants_seen", "id label streams first last basis"),
    (
        "meetings.streams",
        "id ssrc kind direction payload_types codec start end packets bytes mean_bitrate_bps lost_packets flow \
         participant repair_of talk silent_or_muted paused",
    ),
    ("meetings.streams.talk", "from to"),
    ("meetings.streams.silent_or_muted", "from to"),
    ("meetings.streams.paused", "from to"),
    ("meetings.peers", "address via direct endpoint"),
    (
        "flows",
        "id transport local remote start end packets_sent packets_received bytes_sent bytes_received protocols \
         provider purpose names rtt_min_ms rtt_samples facts",
    ),
    ("flows.names", "name source"),
    ("flows.facts", "key value evidence"),
    (
        "endpoints",
        "id address ports names provider purpose operator jurisdiction anycast place transfer bytes_sent \
         bytes_received packets_sent packets_received",
    ),
    ("endpoints.names", "name source"),
    ("endpoints.operator", "asn name country"),
    ("endpoints.jurisdiction", "entity country parent_country"),
    ("endpoints.place", "country verdict evidence max_distance_km"),
    ("endpoints.place.evidence", "kind says detail detail_de"),
    ("endpoints.transfer", "status basis on"),
    ("exposures", "question key value meeting observers certainty statement evidence"),
    ("exposures.statement", "de en"),
    ("exposures.evidence", "capture frame time filter"),
    ("transfers", "country status endpoints purposes bytes_sent bytes_received"),
    ("recommendations", "id audience because text source"),
    ("recommendations.text", "de en"),
    ("not_determinable", "what why"),
    ("not_determinable.why", "de en"),
    ("self_test", "check outcome says count first_frame"),
    ("self_test.says", "de en"),
    ("problems", "what count first_frame"),
    ("handling", "purpose pseudonyms left_out notes"),
    ("handling.pseudonyms", "key scheme addresses names"),
];

#[test]
fn the_names_of_version_1_are_in_the_schema() {
    let schema = schema();
    for (place, names) in NAMES {
        let object = at(&schema, place);
        let lacking: Vec<_> =
            names.split_whitespace().filter(|name| object["properties"].get(*name).is_none()).collect();
        assert_eq!(lacking, [""; 0], "{place}");
    }
}

#[test]
#[should_panic(expected = "endpoints.mood")]
fn a_place_that_is_not_there_is_found() {
    at(&schema(), "endpoints.mood");
}

/// The object of the schema at a place such as `meetings.streams`, through arrays, references and `null` alternatives.
fn at<'s>(schema: &'s Value, place: &str) -> &'s Value {
    place.split('.').filter(|name| !name.is_empty()).fold(schema, |object, name| {
        let property = object["properties"].get(name).unwrap_or_else(|| panic!("{place} is not in the schema"));
        bare(schema, property)
    })
}

fn bare<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    if let Some(reference) = schema.get("$ref") {
        return bare(root, resolve(root, reference));
    }
    if let Some(items) = schema.get("items") {
        return bare(root, items);
    }
    let alternatives = schema["anyOf"].as_array().into_iter().flatten();
    alternatives.into_iter().find(|one| one["type"] != "null").map_or(schema, |one| bare(root, one))
}
