//! The questions about people, and who of four observers can see an answer to each: the operator of a network on the
//! path, the provider with its relays, other participants, and third parties that the device itself contacted.

use super::super::cell::{Answer, Cell, Rest, both};
use super::super::contract::{Exposure, Meeting};
use super::super::subject::Subject;
use super::{ASKED, Part, Row, Rule, names, no_call, outside, protection};

/// The observers.
pub(super) const OBSERVERS: [Part; 4] = [
    ("network", "Netzbetreiber", "Network operator"),
    ("provider", "Anbieter", "Provider"),
    ("peer", "Teilnehmende", "Participants"),
    ("third-party", "Dritte", "Third parties"),
];

const fn asked(key: &'static str, de: &'static str, en: &'static str) -> Row {
    Row { key, group: &ASKED, question: (de, en), rule: Rule::Asked(key) }
}

pub(super) static WHO: Row = asked("who", "Wer teilnimmt", "Who takes part");
pub(super) static WITH_WHOM: Row = asked("with-whom", "Mit wem", "With whom");
pub(super) static WHEN: Row = asked("when", "Wann", "When");
pub(super) static HOW_OFTEN: Row = asked("how-often", "Wie oft", "How often");
pub(super) static HOW_LONG: Row = asked("how-long", "Wie lange", "How long");
pub(super) static WHERE: Row = asked("where", "Von wo", "From where");
pub(super) static DEVICE: Row = asked("device", "Mit welchem Gerät", "With which device");
pub(super) static PROVIDER: Row = asked("provider", "Über welche Anbieter", "Over which providers");
pub(super) static SOFTWARE: Row = asked("software", "Mit welcher Software", "With which software");
pub(super) static ACTIVITY: Row = asked("activity", "Aktivität", "Activity");
pub(super) static CONTENT: Row = asked("content", "Inhalt", "Content");

/// Whether `observer` can see an answer to `question`.
pub(super) fn cell(subject: &Subject<'_>, question: &str, observer: &str) -> Cell {
    let told: Vec<&Exposure> = subject
        .exposures()
        .filter(|exposure| exposure.question == question && sees(exposure, observer, subject.meeting))
        .collect();
    if !told.is_empty() {
        return yes(&told);
    }
    match observer {
        "network" => network(subject, question),
        "provider" => provider(subject, question),
        "peer" => peer(subject, question),
        _ => third_party(subject, question),
    }
}

/// Seen, if any of it is.
fn yes(told: &[&Exposure]) -> Cell {
    let reason = names::shown(told.iter().map(|exposure| exposure.key.as_str()));
    let rests = told.iter().map(|exposure| Rest::exposure(exposure));
    match told.iter().any(|exposure| exposure.certainty == "observed") {
        true => Cell::seen(reason).on(rests),
        false => Cell::inferred(reason).on(rests),
    }
}

/// Whether an exposure reaches an observer in this call. What a kind of packet shows to a provider or to participants
/// in general, it shows only where the call's packets pass them.
fn sees(exposure: &Exposure, observer: &str, meeting: Option<&Meeting>) -> bool {
    let listed = |name: &str| exposure.observers.iter().any(|known| known == name);
    let general = exposure.key.contains('.');
    let path = meeting.filter(|_| exposure.meeting.is_some()).map(|meeting| meeting.topology.as_str());
    match observer {
        "provider" => {
            let on_path = path.is_some_and(|path| path != "peer-to-peer");
            (listed("provider") || listed("relay")) && (on_path || !general && path.is_some())
        }
        "peer" => listed("peer") && path.is_some_and(|path| path != "relayed" || !general),
        _ => listed(observer),
    }
}

fn network(subject: &Subject<'_>, question: &str) -> Cell {
    if subject.meeting.is_none() {
        return no_call();
    }
    if question == CONTENT.key {
        let (signalling, media) = (protection::signalling(subject), protection::media_of(subject));
        return match (signalling.answer, media.answer) {
            (Answer::Yes, Answer::Yes) => Cell::no(both(
                "Medien und Anrufsteuerung sind verschlüsselt; Klartext wäre in den Paketen zu lesen.",
                "Media and signalling are encrypted; clear text could be read in the packets.",
            ))
            .on(media.rests_on),
            (_, Answer::Yes) => Cell::not_stated(both(
                "Die Medien sind verschlüsselt; zur Anrufsteuerung zeigt der Mitschnitt nichts.",
                "The media are encrypted; of the signalling the capture shows nothing.",
            ))
            .on(media.rests_on),
            _ => Cell::not_stated(both(
                "Lesbarer Inhalt wurde nicht gefunden; ob er verschlüsselt ist, zeigt der Mitschnitt nicht.",
                "No readable content was found; whether it is encrypted does not show.",
            )),
        };
    }
    Cell::not_stated(both("Im Mitschnitt ist dazu nichts Lesbares.", "Nothing readable about it is in the capture."))
}

fn provider(subject: &Subject<'_>, question: &str) -> Cell {
    let Some(meeting) = subject.meeting else { return no_call() };
    if meeting.provider.is_none() && meeting.topology == "peer-to-peer" {
        return Cell::not_stated(both(
            "Die Medien laufen unmittelbar zwischen den Teilnehmenden; ein Anbieter ist nicht zu erkennen.",
            "The media run directly between participants; no provider can be told.",
        ));
    }
    match question {
        "who" | "where" => Cell::inferred(both(
            "Seine Server erhalten die Pakete und damit die öffentliche Adresse des Anschlusses.",
            "Its servers receive the packets and with them the line's public address.",
        )),
        "provider" => Cell::not_applicable(both("Der Anbieter kennt sich selbst.", "The provider knows itself.")),
        "content" => Cell::not_stated(both(
            "Was der Anbieter entschlüsseln kann, steht in keinem Paket.",
            "What the provider can decrypt is in no packet.",
        )),
        _ => Cell::not_stated(both(
            "Was das Programm dem Anbieter verschlüsselt mitteilt, zeigt der Mitschnitt nicht.",
            "What the program tells the provider in encrypted form does not show.",
        )),
    }
}

fn peer(subject: &Subject<'_>, question: &str) -> Cell {
    let Some(meeting) = subject.meeting else { return no_call() };
    let direct = meeting.peers.iter().find(|peer| peer.direct);
    match question {
        "content" => Cell::not_applicable(both(
            "Der Inhalt ist für die Teilnehmenden bestimmt.",
            "The content is meant for the participants.",
        )),
        "provider" => Cell::not_applicable(both(
            "Alle Teilnehmenden nutzen denselben Dienst.",
            "All participants use the same service.",
        )),
        "who" | "where" if direct.is_some() => Cell::inferred(both(
            "Der unmittelbare Weg zeigt der Gegenseite die Adresse des Anschlusses.",
            "The direct path shows the line's address to the other side.",
        )),
        _ => Cell::not_stated(both(
            "Was der Dienst anderen Teilnehmenden anzeigt, steht nicht lesbar in den Paketen.",
            "What the service shows to other participants cannot be read in the packets.",
        )),
    }
}

/// Third parties that the device contacts learn its address and the time, whatever else they are told.
fn third_party(subject: &Subject<'_>, question: &str) -> Cell {
    let others = outside::companies(subject);
    match (others.answer, question) {
        (Answer::Yes, "who" | "when" | "where") => Cell::inferred(both(
            "Die kontaktierten Dritten sehen Adresse und Zeitpunkt (siehe „Weitere Unternehmen“).",
            "The third parties contacted see address and time (see “Other companies”).",
        ))
        .on(others.rests_on),
        (Answer::Yes, _) => Cell::not_stated(both(
            "Was die kontaktierten Dritten darüber hinaus erfahren, zeigt der Mitschnitt nicht.",
            "What the third parties contacted learn besides does not show.",
        )),
        (Answer::No, _) => Cell::no(both(
            "Das Gerät hat keine Dritten kontaktiert; was der Anbieter weitergibt, steht in keinem Paket.",
            "The device contacted no third party; what the provider passes on is in no packet.",
        )),
        _ => Cell::not_stated(both(
            "Ob Dritte kontaktiert wurden oder etwas vom Anbieter erfahren, ist hier nicht zu sehen.",
            "Whether third parties were contacted, or learn something from the provider, does not show here.",
        )),
    }
}
