//! The vocabulary of the report in both languages, and what each question means for the people concerned.

use super::both::Both;

/// (name in the JSON report, German, English).
pub(super) type Vocabulary = &'static [(&'static str, &'static str, &'static str)];

/// A word in both languages; a name that the vocabulary lacks stays as it is.
pub(super) fn word(vocabulary: Vocabulary, name: &str) -> Both {
    let known = vocabulary.iter().find(|(known, ..)| *known == name);
    known.map_or_else(|| Both::same(name), |(_, de, en)| Both::new(*de, *en))
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
    ("audio", "Ton", "Audio"),
    ("video", "Bild", "Video"),
    ("screen", "Bildschirm", "Screen"),
    ("data", "Daten", "Data"),
    ("unknown", "unklar", "unclear"),
];

/// Who can see something, in the order of the matrix.
pub(super) const OBSERVER: Vocabulary = &[
    ("network", "Netzbetreiber", "Network operator"),
    ("name-resolver", "Namensauflösung", "Name resolver"),
    ("provider", "Anbieter", "Provider"),
    ("relay", "Relay-Betreiber", "Relay operator"),
    ("peer", "Andere Teilnehmende", "Other participants"),
    ("third-party", "Dritte", "Third parties"),
];

/// How a statement is known.
pub(super) const CERTAINTY: Vocabulary = &[("observed", "gesehen", "seen"), ("inferred", "gefolgert", "inferred")];

/// Verdicts of place.
pub(super) const PLACE: Vocabulary = &[
    ("proven-inside", "nachweislich im EWR", "proven inside the EEA"),
    ("plausible-inside", "vermutlich im EWR", "plausibly inside the EEA"),
    ("undecidable", "nicht entscheidbar", "undecidable"),
    ("plausible-outside", "vermutlich außerhalb des EWR", "plausibly outside the EEA"),
    ("proven-outside", "nachweislich außerhalb des EWR", "proven outside the EEA"),
];

/// Kinds of evidence of a place.
pub(super) const EVIDENCE: Vocabulary = &[
    ("region", "Regionsliste des Betreibers", "Operator’s region list"),
    ("host-name", "Rechnername", "Host name"),
    ("anycast", "Viele Standorte (Anycast)", "Many places (anycast)"),
    ("round-trip", "Antwortzeit", "Round trip"),
    ("database", "Datenbank", "Database"),
    ("hop-limit", "Lebensdauer der Pakete", "Hop limit"),
];

/// Parts of what such evidence says, as they are put in German.
pub(super) const EVIDENCE_PARTS: &[(&str, &str)] = &[
    ("at most ", "höchstens "),
    ("many places", "viele Orte"),
    ("no country", "kein Land"),
    ("not counted", "zählt nicht"),
    ("about 1 routers away", "etwa 1 Router entfernt"),
    ("about ", "etwa "),
    ("routers away", "Router entfernt"),
    ("private", "privat"),
    ("shortest of ", "kürzeste von "),
    ("TCP handshake", "TCP-Verbindungsaufbau"),
    ("most likely of ", "wahrscheinlich von "),
    ("hop limit ", "Lebensdauer "),
    ("; from ", "; von "),
    (" as given", " (angegeben)"),
    (" by the public address in a database", " (Datenbankeintrag der öffentlichen Adresse)"),
    (", possible: ", ", möglich: "),
    (" countries", " Länder"),
    ("some in the EU or EEA, some not", "teils in EU oder EWR, teils nicht"),
    ("all in the EU or EEA", "alle in EU oder EWR"),
    ("the EU and EEA are excluded", "EU und EWR sind ausgeschlossen"),
    ("so short that a box in the house may have answered", "so kurz, dass ein Gerät im Haus geantwortet haben kann"),
    ("contradicts ", "widerspricht "),
    (", which is at least ", ", mindestens "),
    (" km away", " km entfernt"),
    ("list of ", "Liste vom "),
    ("days older than the day that counts", "Tage älter als der maßgebliche Tag"),
    ("days younger than the day that counts", "Tage jünger als der maßgebliche Tag"),
    (": a box on the way (proxy, NAT, VPN) answered", ": ein Gerät auf dem Weg (Proxy, NAT, VPN) hat geantwortet"),
];

/// Status of a transfer, the gravest first.
pub(super) const STATUS: Vocabulary = &[
    ("third-country", "Drittland ohne Angemessenheitsbeschluss", "Third country without an adequacy decision"),
    ("unknown", "Standort nicht bestimmbar", "Place not determinable"),
    ("adequate", "Drittland mit Angemessenheitsbeschluss", "Third country with an adequacy decision"),
    ("eea", "EWR", "EEA"),
    ("eu", "EU", "EU"),
];

/// A question, its words, and what an answer means for those concerned.
pub(super) struct Question {
    pub(super) id: &'static str,
    pub(super) words: (&'static str, &'static str),
    pub(super) meaning: (&'static str, &'static str),
}

const fn question(
    id: &'static str,
    words: (&'static str, &'static str),
    meaning: (&'static str, &'static str),
) -> Question {
    Question { id, words, meaning }
}

/// The questions in the order of the report.
pub(super) const QUESTIONS: &[Question] = &[
    question(
        "when",
        ("Wann", "When"),
        (
            "Beginn und Ende von Konferenzen zeigen, zu welchen Zeiten gearbeitet wird.",
            "Start and end of calls show at which times people work.",
        ),
    ),
    question(
        "who",
        ("Wer", "Who"),
        (
            "Kennungen machen aus einer Verbindung eine Angabe über eine bestimmbare Person (Art. 4 Nr. 1 DSGVO).",
            "Identifiers turn a connection into information on an identifiable person (Art. 4 (1) GDPR).",
        ),
    ),
    question(
        "with-whom",
        ("Mit wem", "With whom"),
        (
            "Wer mit wem in Verbindung steht, zeigt berufliche Kontakte, etwa zu Beratungsstellen oder Interessenvertretungen.",
            "Who is in touch with whom shows professional contacts, such as counselling services or staff representatives.",
        ),
    ),
    question(
        "how-often",
        ("Wie oft", "How often"),
        (
            "Wiederkehrende Verbindungen lassen Gewohnheiten und Arbeitsbeziehungen erkennen.",
            "Recurring connections show habits and working relationships.",
        ),
    ),
    question(
        "how-long",
        ("Wie lange", "How long"),
        (
            "Die Dauer der Teilnahme lässt auf Arbeitszeit und Anwesenheit schließen.",
            "How long somebody takes part tells working time and attendance.",
        ),
    ),
    question(
        "where",
        ("Von wo", "From where"),
        (
            "Die Adresse des Anschlusses zeigt, ob jemand im Büro, zu Hause oder unterwegs ist.",
            "The address of the line shows whether somebody is in the office, at home or travelling.",
        ),
    ),
    question(
        "device",
        ("Mit welchem Gerät", "With which device"),
        (
            "Merkmale des Geräts machen es über Konferenzen hinweg wiedererkennbar.",
            "Traits of a device make it recognisable across calls.",
        ),
    ),
    question(
        "provider",
        ("Über welche Provider", "Over which providers"),
        (
            "Wer den Dienst und seine Zulieferer kennt, kennt die Empfänger der Rahmendaten (Art. 13 Abs. 1 lit. e DSGVO).",
            "Whoever knows the service and its suppliers knows the recipients of metadata (Art. 13 (1)(e) GDPR).",
        ),
    ),
    question(
        "software",
        ("Mit welcher Software", "With which software"),
        (
            "Programm und Version sind ein Wiedererkennungsmerkmal und zeigen Angriffsflächen.",
            "Program and version are a mark to recognise somebody by, and show what can be attacked.",
        ),
    ),
    question(
        "activity",
        ("Aktivität", "Activity"),
        (
            "Sprechen, Schweigen und Teilen sind Verhalten; ausgewertet sind sie Leistungs- und Verhaltenskontrolle.",
            "Speaking, silence and sharing are behaviour; evaluated, they monitor performance and conduct.",
        ),
    ),
    question(
        "content",
        ("Inhalt", "Content"),
        (
            "Unverschlüsselter Inhalt ist selbst lesbar; hier geht es um mehr als Rahmendaten.",
            "Content in clear can itself be read; this is more than metadata.",
        ),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_names_stay_and_known_ones_have_two_languages() {
        assert_eq!(word(KIND, "audio"), Both::new("Ton", "Audio"));
        assert_eq!(word(KIND, "smell"), Both::same("smell"));
        for list in [CONFIDENCE, TOPOLOGY, DIRECTION, KIND, OBSERVER, CERTAINTY, PLACE, EVIDENCE, STATUS] {
            assert!(list.iter().all(|(name, de, en)| !name.is_empty() && !de.is_empty() && !en.is_empty()));
        }
        assert_eq!(QUESTIONS.len(), 11);
    }
}
