//! The vocabulary of the JSON report in both languages.

/// (name in the JSON report, German, English).
pub(super) type Vocabulary = &'static [(&'static str, &'static str, &'static str)];

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
];

/// What such evidence says, besides countries and distances.
pub(super) const SAYS: Vocabulary = &[
    ("many places", "viele Orte", "many places"),
    ("no country", "kein Land", "no country"),
    ("not counted", "zählt nicht", "not counted"),
];

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
