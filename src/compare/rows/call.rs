//! The call itself: over whom, when, how long, how many, which way.

use super::super::cell::{Cell, Certainty, Rest, both, each, same};
use super::super::contract::Meeting;
use super::super::subject::Subject;
use super::{CALL, Row, Rule, left_out};
use crate::exposure::Bilingual;
use crate::model::text;

pub(super) static SERVICE: Row = Row {
    key: "service",
    group: &CALL,
    question: ("Erkannter Anbieter", "Provider recognised"),
    rule: Rule::Call(service),
};
pub(super) static START: Row = Row {
    key: "start",
    group: &CALL,
    question: ("Beginn der Medien", "Beginning of the media"),
    rule: Rule::Call(start),
};
pub(super) static DURATION: Row = Row {
    key: "duration",
    group: &CALL,
    question: ("Dauer der Teilnahme", "Length of participation"),
    rule: Rule::Call(duration),
};
pub(super) static PARTICIPANTS: Row = Row {
    key: "participants",
    group: &CALL,
    question: ("Erkennbare Beteiligte", "Participants that can be told"),
    rule: Rule::Call(participants),
};
pub(super) static TOPOLOGY: Row =
    Row { key: "topology", group: &CALL, question: ("Weg der Medien", "Way of the media"), rule: Rule::Call(topology) };
pub(super) static MEDIA: Row = Row {
    key: "media",
    group: &CALL,
    question: ("Erkennbare Medien", "Media that can be told"),
    rule: Rule::Call(media),
};

fn service(_subject: &Subject<'_>, meeting: &Meeting) -> Cell {
    let rests = meeting.because.iter().map(|at| Rest::of(Some(at)));
    let Some(name) = meeting.provider_name.as_ref().or(meeting.provider.as_ref()) else {
        return Cell::unclear(both(
            "Kein Merkmal nennt einen bekannten Anbieter eindeutig.",
            "No mark names a known provider without doubt.",
        ))
        .on(rests);
    };
    let (certainty, de, en) = match meeting.confidence.as_str() {
        "certain" => {
            (Certainty::Observed, "Merkmale, die nur dieser Anbieter hat.", "Marks that only this provider has.")
        }
        "strong" => (Certainty::Inferred, "Mehrere Merkmale sprechen dafür.", "Several marks speak for it."),
        _ => (Certainty::Inferred, "Schwach belegt.", "Weak evidence."),
    };
    Cell::given(same(name), both(de, en)).known(certainty).on(rests)
}

fn start(subject: &Subject<'_>, meeting: &Meeting) -> Cell {
    let moment = each(|german| text::moment(&meeting.start, german));
    let reason = match meeting.began_before_capture {
        Some(_) => both(
            "Die Konferenz lief schon, als die Aufzeichnung begann.",
            "The call was already running when the capture began.",
        ),
        None => both("Erstes Medienpaket.", "First media packet."),
    };
    Cell::given(moment, reason).on(rests(subject, "call-time"))
}

fn duration(subject: &Subject<'_>, meeting: &Meeting) -> Cell {
    let cut = meeting.began_before_capture.is_some() || meeting.ended_after_capture;
    let long = each(|german| {
        let at_least = if german { "mindestens " } else { "at least " };
        format!("{}{}", if cut { at_least } else { "" }, text::duration(meeting.duration_s, german))
    });
    let reason = match cut {
        true => both(
            "Die Aufzeichnung enthält Anfang oder Ende der Konferenz nicht.",
            "The capture lacks the beginning or the end of the call.",
        ),
        false => both("Vom ersten bis zum letzten Medienpaket.", "From the first to the last media packet."),
    };
    Cell::given(long, reason).on(rests(subject, "call-duration"))
}

fn participants(_subject: &Subject<'_>, meeting: &Meeting) -> Cell {
    let least = meeting.participants.at_least;
    if least == 0 {
        return Cell::not_stated(both("Der Bericht nennt keine Zahl.", "The report states no number."));
    }
    let (de, en) = match meeting.participants.basis.as_str() {
        "direct-path" => ("Aus dem unmittelbaren Weg zur Gegenseite.", "From the direct path to the other side."),
        "received-voices" => ("Aus den empfangenen Tonströmen.", "From the streams of sound received."),
        "zoom-sources" => ("Aus den Quellen in der Rahmung von Zoom.", "From the sources in Zoom's framing."),
        "server-voice-only" => {
            ("Zu hören war nur ein Server des Anbieters.", "Only a server of the provider was heard.")
        }
        _ => ("Aus den Kennungen der Medienströme.", "From the identifiers of the media streams."),
    };
    Cell::given(both(format!("mindestens {least}"), format!("at least {least}")), both(de, en))
        .known(Certainty::Inferred)
}

fn topology(subject: &Subject<'_>, meeting: &Meeting) -> Cell {
    let (detail, reason) = match meeting.topology.as_str() {
        "relayed" => (
            both("über Server", "through servers"),
            both("Alle Medien gingen an Server oder Relays.", "All media went to servers or relays."),
        ),
        "peer-to-peer" => (
            both("direkt zwischen Teilnehmenden", "directly between participants"),
            both("Die Medien gingen an keine Adresse eines Servers.", "The media went to no address of a server."),
        ),
        "mixed" => (
            both("teils über Server, teils direkt", "partly through servers, partly direct"),
            both("Die Medien gingen an Server und an Teilnehmende.", "The media went to servers and to participants."),
        ),
        _ => return Cell::not_stated(both("Der Bericht nennt keinen Weg.", "The report states no way.")),
    };
    Cell::given(detail, reason).known(Certainty::Inferred).on(rests(subject, "call-time"))
}

fn media(subject: &Subject<'_>, meeting: &Meeting) -> Cell {
    if meeting.streams.is_empty() {
        return match subject.is_minimised() {
            true => left_out(),
            false => Cell::not_stated(both(
                "Ton und Bild haben hier keine Form, die sich unterscheiden lässt.",
                "Sound and picture have no form here by which they can be told apart.",
            )),
        };
    }
    let kinds = [("audio", "Ton", "audio"), ("video", "Bild", "video"), ("screen", "Bildschirm", "screen")];
    let seen: Vec<Bilingual> = kinds.iter().filter_map(|kind| ways(meeting, kind)).collect();
    let reason = both(
        "Aus den Köpfen der Medienpakete, ohne Entschlüsselung.",
        "From the headers of media packets, without decryption.",
    );
    match seen.is_empty() {
        true => Cell::not_stated(both(
            "Es laufen Medienströme, deren Art nicht zu erkennen ist.",
            "Media streams run whose kind cannot be told.",
        )),
        false => Cell::given(super::listed(&seen, kinds.len()), reason).on(rests(subject, "media-sent")),
    }
}

/// `Ton (gesendet, erhalten)`, where there is any.
fn ways(meeting: &Meeting, (kind, de, en): &(&str, &str, &str)) -> Option<Bilingual> {
    let has = |way: &str| {
        let own = |stream: &&super::super::contract::Stream| stream.kind == *kind && stream.repair_of.is_none();
        meeting.streams.iter().filter(own).any(|stream| stream.direction == way)
    };
    let (de_ways, en_ways) = match (has("sent"), has("received")) {
        (true, true) => ("gesendet, empfangen", "sent, received"),
        (true, false) => ("gesendet", "sent"),
        (false, true) => ("empfangen", "received"),
        (false, false) => return None,
    };
    Some(both(format!("{de} ({de_ways})"), format!("{en} ({en_ways})")))
}

fn rests(subject: &Subject<'_>, key: &str) -> Vec<Rest> {
    subject.of_keys(&[key]).into_iter().map(Rest::exposure).collect()
}
