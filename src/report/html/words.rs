//! The vocabulary as text in both languages, and what each question means for the people concerned.

use super::both::Both;
use crate::exposure::PlaceProof;
pub(super) use crate::report::words::{
    CERTAINTY, CONFIDENCE, DIRECTION, EVIDENCE, KIND, OBSERVER, PLACE, QUESTION, STATUS, TOPOLOGY, Vocabulary,
};
use crate::report::{Language, words};

/// A word in both languages; a name that the vocabulary lacks stays as it is.
pub(super) fn word(vocabulary: Vocabulary, name: &str) -> Both {
    in_both(|language| words::word(vocabulary, name, language).to_owned())
}

/// What a piece of evidence of place says, and its detail.
pub(super) fn proof_words(proof: &PlaceProof) -> (Both, Both) {
    let says = match proof.says.len() {
        2 => Both::country(&proof.says),
        _ => in_both(|language| words::says(&proof.says, language)),
    };
    (says, in_both(|language| words::detail(proof, language).to_owned()))
}

fn in_both(of: impl Fn(Language) -> String) -> Both {
    Both::new(of(Language::German), of(Language::English))
}

/// A question and what an answer means for those concerned.
pub(super) struct Question {
    pub(super) id: &'static str,
    pub(super) meaning: (&'static str, &'static str),
}

const fn question(id: &'static str, meaning: (&'static str, &'static str)) -> Question {
    Question { id, meaning }
}

/// The questions in the order of the report.
pub(super) const QUESTIONS: &[Question] = &[
    question(
        "when",
        (
            "Beginn und Ende von Konferenzen zeigen, zu welchen Zeiten gearbeitet wird.",
            "Start and end of calls show at which times people work.",
        ),
    ),
    question(
        "who",
        (
            "Kennungen machen aus einer Verbindung eine Angabe über eine bestimmbare Person (Art. 4 Nr. 1 DSGVO).",
            "Identifiers turn a connection into information on an identifiable person (Art. 4 (1) GDPR).",
        ),
    ),
    question(
        "with-whom",
        (
            "Wer mit wem in Verbindung steht, zeigt berufliche Kontakte, etwa zu Beratungsstellen oder Interessenvertretungen.",
            "Who is in touch with whom shows professional contacts, such as counselling services or staff representatives.",
        ),
    ),
    question(
        "how-often",
        (
            "Wiederkehrende Verbindungen lassen Gewohnheiten und Arbeitsbeziehungen erkennen.",
            "Recurring connections show habits and working relationships.",
        ),
    ),
    question(
        "how-long",
        (
            "Die Dauer der Teilnahme lässt auf Arbeitszeit und Anwesenheit schließen.",
            "How long somebody takes part tells working time and attendance.",
        ),
    ),
    question(
        "where",
        (
            "Die Adresse des Anschlusses zeigt, ob jemand im Büro, zu Hause oder unterwegs ist.",
            "The address of the line shows whether somebody is in the office, at home or travelling.",
        ),
    ),
    question(
        "device",
        (
            "Merkmale des Geräts machen es über Konferenzen hinweg wiedererkennbar.",
            "Traits of a device make it recognisable across calls.",
        ),
    ),
    question(
        "provider",
        (
            "Wer den Dienst und seine Zulieferer kennt, kennt die Empfänger der Rahmendaten (Art. 13 Abs. 1 lit. e DSGVO).",
            "Whoever knows the service and its suppliers knows the recipients of metadata (Art. 13 (1)(e) GDPR).",
        ),
    ),
    question(
        "software",
        (
            "Programm und Version sind ein Wiedererkennungsmerkmal und zeigen Angriffsflächen.",
            "Program and version are a mark to recognise somebody by, and show what can be attacked.",
        ),
    ),
    question(
        "activity",
        (
            "Sprechen, Schweigen und Teilen sind Verhalten; ausgewertet sind sie Leistungs- und Verhaltenskontrolle.",
            "Speaking, silence and sharing are behaviour; evaluated, they monitor performance and conduct.",
        ),
    ),
    question(
        "content",
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
        assert_eq!(word(KIND, "audio"), Both::new("Ton", "audio"));
        assert_eq!(word(KIND, "smell"), Both::same("smell"));
        assert_eq!(word(KIND, "audio").capitalised().en, "Audio");
    }

    #[test]
    fn every_question_has_its_meaning() {
        let asked: Vec<_> = QUESTIONS.iter().map(|question| question.id).collect();
        assert_eq!(asked.len(), QUESTION.len());
        assert!(QUESTION.iter().all(|(id, ..)| asked.contains(id)));
    }
}
