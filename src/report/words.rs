//! The vocabulary of the JSON report in both languages.

use super::Language;
use crate::exposure::PlaceProof;
use crate::model::text::grouped;

/// (name in the JSON report, German, English).
pub(super) type Vocabulary = &'static [(&'static str, &'static str, &'static str)];

/// A word of the report's vocabulary; a name that it lacks stays as it is.
pub(super) fn word(vocabulary: Vocabulary, name: &str, language: Language) -> &str {
    let known = vocabulary.iter().find(|(known, ..)| *known == name);
    known.map_or(name, |(_, de, en)| if language == Language::German { de } else { en })
}

/// How sure the provider of a call is.
pub(super) const CONFIDENCE: Vocabulary =
    &[("certain", "sicher", "certain"), ("strong", "gut belegt", "strong"), ("weak", "schwach belegt", "weak")];

/// Ways of the media.
pub(super) const TOPOLOGY: Vocabulary = &[
    ("relayed", "über Server", "through servers"),
    ("peer-to-peer", "direkt zwischen den Beteiligten", "directly between participants"),
    ("mixed", "teils über Server, teils direkt", "partly through servers, partly direct"),
];

/// Directions of a stream.
pub(super) const DIRECTION: Vocabulary = &[("sent", "gesendet", "sent"), ("received", "empfangen", "received")];

/// Kinds of a stream.
pub(super) const KIND: Vocabulary = &[
    ("audio", "Ton", "audio"),
    ("video", "Bild", "video"),
    ("screen", "Bildschirm", "screen"),
    ("data", "Daten", "data"),
    ("unknown", "unklar", "unclear"),
];

/// Who can see something.
pub(super) const OBSERVER: Vocabulary = &[
    ("network", "Netzbetreiber", "network operator"),
    ("name-resolver", "Betreiber der Namensauflösung", "name resolver"),
    ("provider", "Anbieter", "provider"),
    ("relay", "Relay-Betreiber", "relay operator"),
    ("peer", "andere Teilnehmende", "other participants"),
    ("third-party", "Dritte", "third parties"),
];

/// How a statement is known.
pub(super) const CERTAINTY: Vocabulary = &[("observed", "gesehen", "seen"), ("inferred", "gefolgert", "inferred")];

/// Verdicts of place.
pub(super) const PLACE: Vocabulary = &[
    ("proven-inside", "nachweislich im EWR", "proven inside the EEA"),
    ("plausible-inside", "vermutlich im EWR", "plausibly inside the EEA"),
    ("undecidable", "Standort nicht entscheidbar", "place undecidable"),
    ("plausible-outside", "vermutlich außerhalb des EWR", "plausibly outside the EEA"),
    ("proven-outside", "nachweislich außerhalb des EWR", "proven outside the EEA"),
];

/// Kinds of evidence of a place.
pub(super) const EVIDENCE: Vocabulary = &[
    ("region", "Regionsliste des Betreibers", "operator’s region list"),
    ("host-name", "Rechnername", "host name"),
    ("anycast", "Viele Standorte (Anycast)", "many places (anycast)"),
    ("round-trip", "Antwortzeit", "round trip"),
    ("database", "Datenbank", "database"),
    ("hop-limit", "Lebensdauer der Pakete", "hop limit"),
];

/// What such evidence says, besides countries and distances.
const SAYS: Vocabulary = &[
    ("many places", "viele Orte", "many places"),
    ("no country", "kein Land", "no country"),
    ("not counted", "zählt nicht", "not counted"),
    ("private", "privates Netz", "private network"),
    ("loopback", "eigenes Gerät", "own device"),
    ("link-local", "nur im eigenen Netzabschnitt gültig", "link-local"),
    ("multicast", "Gruppenadresse (Multicast)", "multicast"),
    ("shared-cgn", "gemeinsames Netz des Zugangsanbieters", "shared network of the access provider"),
    ("documentation", "Adresse für Beispiele", "documentation"),
    ("broadcast", "an alle im Netz (Broadcast)", "broadcast"),
    ("unspecified", "unbestimmte Adresse", "unspecified"),
    ("benchmark", "Messnetz", "benchmark network"),
    ("not-global", "im Internet nicht erreichbar", "not reachable on the Internet"),
];

/// How the address of another participant is known.
pub(super) const VIA: Vocabulary = &[
    ("media", "Medien", "media"),
    ("stun-peer", "Prüfung des Weges", "check of the path"),
    ("turn-peer", "Relay", "relay"),
    ("candidate", "Vorschlag der Gegenseite", "proposal of the other side"),
];

/// What evidence of a place says, in words: `at most 1300 km` and `about 7 routers away` too.
pub(super) fn says(text: &str, language: Language) -> String {
    let german = language == Language::German;
    let number = |before: &str, behind: &str| text.strip_prefix(before)?.strip_suffix(behind)?.parse::<u64>().ok();
    if let Some(km) = number("at most ", " km") {
        return format!("{} {} km", if german { "höchstens" } else { "at most" }, grouped(km, german));
    }
    match number("about ", " routers away") {
        Some(1) if !german => "about 1 router away".to_owned(),
        Some(count) if german => format!("etwa {count} Router entfernt"),
        _ => word(SAYS, text, language).to_owned(),
    }
}

/// From what such evidence is.
pub(super) fn detail(proof: &PlaceProof, language: Language) -> &str {
    match language {
        Language::German => &proof.detail_de,
        Language::English => &proof.detail,
    }
}

/// Status of a transfer, the gravest first.
pub(super) const STATUS: Vocabulary = &[
    (
        "third-country",
        "Drittland ohne allgemeinen Angemessenheitsbeschluss",
        "third country without a general adequacy decision",
    ),
    ("unknown", "Standort nicht bestimmbar", "place not determinable"),
    ("adequate", "Drittland mit Angemessenheitsbeschluss", "third country with an adequacy decision"),
    ("eea", "EWR", "EEA"),
    ("eu", "EU", "EU"),
];

/// Whom advice is for.
pub(super) const AUDIENCE: Vocabulary =
    &[("participant", "Teilnehmende", "participants"), ("controller", "Verantwortliche", "controllers")];

/// Checks of the self-test.
pub(super) const CHECK: Vocabulary = &[
    ("capture-drops", "Gemeldete Verluste", "Stated drops"),
    ("lost-packets", "Fehlende Pakete", "Missing packets"),
    ("whole-packets", "Volle Länge", "Full length"),
    ("both-directions", "Beide Richtungen", "Both directions"),
    ("wire-size", "Paketgrößen", "Packet sizes"),
    ("duplicates", "Doppelte Pakete", "Duplicates"),
    ("clock", "Uhr", "Clock"),
    ("whole-call", "Beginn und Ende", "Beginning and end"),
    ("whole-flows", "Ganze Verbindungen", "Whole connections"),
    ("server-names", "Namensauflösung", "Name resolution"),
    ("link-addresses", "Hardwareadressen", "Hardware addresses"),
];

/// Outcomes of the self-test.
pub(super) const OUTCOME: Vocabulary = &[
    ("good", "in Ordnung", "good"),
    ("weak", "mindert die Aussagekraft", "weakens the evidence"),
    ("unknown", "nicht prüfbar", "cannot be checked"),
];

/// The questions.
pub(super) const QUESTION: Vocabulary = &[
    ("who", "Wer", "Who"),
    ("with-whom", "Mit wem", "With whom"),
    ("when", "Wann", "When"),
    ("how-often", "Wie oft", "How often"),
    ("how-long", "Wie lange", "How long"),
    ("where", "Von wo", "From where"),
    ("device", "Mit welchem Gerät", "With which device"),
    ("provider", "Über welche Provider", "Over which providers"),
    ("software", "Mit welcher Software", "With which software"),
    ("activity", "Aktivität", "Activity"),
    ("content", "Inhalt", "Content"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_of_place_reads_in_german() {
        let both = |text| (says(text, Language::German), says(text, Language::English));
        let pair = |de: &str, en: &str| (de.to_owned(), en.to_owned());
        assert_eq!(both("at most 1300 km"), pair("höchstens 1.300 km", "at most 1,300 km"));
        assert_eq!(both("about 1 routers away"), pair("etwa 1 Router entfernt", "about 1 router away"));
        assert_eq!(both("many places"), pair("viele Orte", "many places"));
        assert_eq!(both("US"), pair("US", "US"));
    }
}
