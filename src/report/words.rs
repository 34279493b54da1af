//! The vocabulary of the JSON report in both languages.

use super::Language;

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
    ("peer-to-peer", "direkt zwischen Teilnehmenden", "peer-to-peer"),
    ("mixed", "teils über Server, teils direkt", "mixed"),
];

/// Directions of a stream.
pub(super) const DIRECTION: Vocabulary = &[("sent", "gesendet", "sent"), ("received", "erhalten", "received")];

/// Kinds of a stream.
pub(super) const KIND: Vocabulary = &[
    ("audio", "Ton", "audio"),
    ("video", "Bild", "video"),
    ("screen", "Bildschirm", "screen"),
    ("data", "Daten", "data"),
    ("unknown", "unklar", "unknown"),
];

/// Who can see something.
pub(super) const OBSERVER: Vocabulary = &[
    ("network", "Netzbetreiber", "network"),
    ("name-resolver", "Betreiber der Namensauflösung", "name resolver"),
    ("provider", "Anbieter", "provider"),
    ("relay", "Relay-Betreiber", "relay"),
    ("peer", "andere Teilnehmende", "other participants"),
    ("third-party", "Dritte", "third party"),
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
    ("region", "Regionsliste", "region list"),
    ("host-name", "Rechnername", "host name"),
    ("anycast", "viele Standorte", "anycast"),
    ("round-trip", "Antwortzeit", "round trip"),
    ("database", "Datenbank", "database"),
    ("hop-limit", "Lebensdauer der Pakete", "hop limit"),
];

/// What such evidence says, besides countries and distances.
pub(super) const SAYS: Vocabulary = &[
    ("many places", "viele Orte", "many places"),
    ("no country", "kein Land", "no country"),
    ("not counted", "zählt nicht", "not counted"),
];

/// How the address of another participant is known.
pub(super) const VIA: Vocabulary = &[
    ("media", "Medien", "media"),
    ("stun-peer", "Prüfung des Weges", "check of the path"),
    ("turn-peer", "Relay", "relay"),
    ("candidate", "Vorschlag der Gegenseite", "proposal of the other side"),
];

/// What evidence of a place says, in words: `at most 300 km` too.
pub(super) fn says(text: &str, language: Language) -> String {
    let known = word(SAYS, text, language);
    match language {
        Language::German => known.replace("at most", "höchstens"),
        Language::English => known.to_owned(),
    }
}

/// Status of a transfer.
pub(super) const STATUS: Vocabulary = &[
    ("eu", "EU", "EU"),
    ("eea", "EWR", "EEA"),
    ("adequate", "Drittland mit Angemessenheitsbeschluss", "third country with an adequacy decision"),
    ("third-country", "Drittland", "third country"),
    ("unknown", "unbekannt", "unknown"),
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
    ("provider", "Über welche Anbieter", "Over which providers"),
    ("software", "Mit welcher Software", "With which software"),
    ("activity", "Aktivität", "Activity"),
    ("content", "Inhalt", "Content"),
];
