//! What can be read of what people do in a call. What nobody did cannot show: whether a test call held it is for the
//! one who made the call to know, so absence is never a proof here.

use super::super::cell::{Cell, Rest, both};
use super::super::contract::{Flow, Meeting, Stream};
use super::super::subject::Subject;
use super::{BEHAVIOUR, Row, Rule, left_out};

/// Packets of a stream of sound from which on speech would have shown: about 20 s of packets of 20 ms.
const SOUND_PACKETS_MIN: u64 = 1_000;
/// Bytes of a flow that a picture may hide in: a second of a small one.
const PICTURE_BYTES_MIN: u64 = 20_000;

pub(super) static TALK: Row = Row {
    key: "talk",
    group: &BEHAVIOUR,
    question: ("Ablesbar, wer wann spricht", "Readable who speaks when"),
    rule: Rule::Call(talk),
};
pub(super) static MUTE: Row = Row {
    key: "mute",
    group: &BEHAVIOUR,
    question: ("Stummschaltung ablesbar", "Muting readable"),
    rule: Rule::Call(mute),
};
pub(super) static CAMERA: Row = Row {
    key: "camera",
    group: &BEHAVIOUR,
    question: ("Kamera an und aus ablesbar", "Camera on and off readable"),
    rule: Rule::Call(camera),
};
pub(super) static SCREEN: Row = Row {
    key: "screen",
    group: &BEHAVIOUR,
    question: ("Bildschirmfreigabe ablesbar", "Screen share readable"),
    rule: Rule::Call(screen),
};
pub(super) static PRESENCE: Row = Row {
    key: "presence",
    group: &BEHAVIOUR,
    question: ("Kommen und Gehen Einzelner ablesbar", "Coming and going of single people readable"),
    rule: Rule::Call(presence),
};
pub(super) static FILES: Row = Row {
    key: "files",
    group: &BEHAVIOUR,
    question: ("Geteilte Dateien erkennbar", "Shared files recognised"),
    rule: Rule::Call(files),
};
pub(super) static CHAT: Row =
    Row { key: "chat", group: &BEHAVIOUR, question: ("Chat erkennbar", "Chat recognised"), rule: Rule::Call(chat) };
pub(super) static RECORDING: Row = Row {
    key: "recording",
    group: &BEHAVIOUR,
    question: ("Aufzeichnung erkennbar", "Recording recognised"),
    rule: Rule::Call(recording),
};

/// `ja` where the report tells of it.
fn told(subject: &Subject<'_>, keys: &[&str], reason: (&str, &str)) -> Option<Cell> {
    let exposures = subject.of_keys(keys);
    let rests: Vec<Rest> = exposures.iter().map(|exposure| Rest::exposure(exposure)).collect();
    (!rests.is_empty()).then(|| Cell::inferred(both(reason.0, reason.1)).on(rests))
}

fn sounds(meeting: &Meeting) -> impl Iterator<Item = &Stream> {
    meeting.streams.iter().filter(|stream| stream.kind == "audio" && stream.repair_of.is_none())
}

fn talk(subject: &Subject<'_>, meeting: &Meeting) -> Cell {
    let basis = sounds(meeting).filter(|stream| stream.talk.is_some()).find_map(|stream| stream.talk_basis.as_deref());
    let reason = match basis {
        Some("payload") => {
            ("Aus dem Ton selbst; er ist unverschlüsselt.", "From the sound itself; it is not encrypted.")
        }
        Some("audio-level") => (
            "Jedes Tonpaket nennt seine Lautstärke unverschlüsselt (RFC 6464).",
            "Every packet of sound states its loudness in clear (RFC 6464).",
        ),
        Some("payload-type") => {
            ("Die Art der Pakete wechselt beim Sprechen.", "The type of packets changes when somebody speaks.")
        }
        Some("packet-size") => (
            "Geschätzt aus Größe und Abstand der verschlüsselten Pakete.",
            "Estimated from size and spacing of the encrypted packets.",
        ),
        _ => ("Der Bericht nennt Sprechzeiten.", "The report tells times of speech."),
    };
    if let Some(cell) = told(subject, &["talk"], reason) {
        return cell;
    }
    if subject.is_minimised() {
        return left_out();
    }
    if sounds(meeting).any(|stream| stream.talk.as_ref().is_some_and(Vec::is_empty)) {
        return Cell::not_applicable(both(
            "Sprechen wäre abzulesen; im Mitschnitt spricht niemand.",
            "Speech would be readable; nobody speaks in the capture.",
        ));
    }
    let longest = sounds(meeting).map(|stream| stream.packets).max();
    match longest {
        Some(packets) if packets >= SOUND_PACKETS_MIN => Cell::no(both(
            "Die Tonpakete liegen offen, nennen aber keine Lautstärke und unterscheiden Sprechen und Stille nicht.",
            "The packets of sound can be read, but state no loudness and do not tell speech from silence.",
        )),
        Some(_) => Cell::not_stated(both(
            "Zu wenige Tonpakete, um Sprechen und Stille zu unterscheiden.",
            "Too few packets of sound to tell speech from silence.",
        )),
        None => why_silent(subject),
    }
}

/// Why no sound can be told apart, in the words of the report.
fn why_silent(subject: &Subject<'_>) -> Cell {
    let open = subject.report.not_determinable.iter().find(|open| open.what == "talk");
    match open.is_some() {
        true => Cell::not_stated(both(
            "Ton ist unter den Medien nicht zu erkennen; Form oder Verschlüsselung geben ihn nicht preis.",
            "Sound cannot be told among the media; their form or encryption does not give it away.",
        )),
        false => Cell::not_stated(both("Kein Ton im Mitschnitt erkannt.", "No sound was recognised in the capture.")),
    }
}

fn mute(subject: &Subject<'_>, meeting: &Meeting) -> Cell {
    let reason = (
        "Zeiten ohne Ton sind an den Medienpaketen zu sehen; stumm oder ohne Signal.",
        "Times without sound show in the media packets; muted or without signal.",
    );
    if let Some(cell) = told(subject, &["silent-or-muted"], reason) {
        return cell;
    }
    if subject.is_minimised() {
        return left_out();
    }
    match sounds(meeting).any(|stream| stream.talk.is_some()) {
        true => Cell::not_applicable(both(
            "Stille wäre an den Paketen zu sehen; im Mitschnitt war niemand länger stumm.",
            "Silence would show in the packets; nobody was muted for long in the capture.",
        )),
        false => Cell::not_stated(both(
            "Die erkannten Medien unterscheiden Ton und Stille nicht.",
            "The media recognised do not tell sound from silence.",
        )),
    }
}

fn camera(subject: &Subject<'_>, meeting: &Meeting) -> Cell {
    let off = (
        "Zeiten ohne Kamerabild sind an den Medienpaketen zu sehen.",
        "Times without camera picture show in the media packets.",
    );
    if let Some(cell) = told(subject, &["camera-off"], off) {
        return cell;
    }
    if subject.is_minimised() {
        return left_out();
    }
    let pictures = meeting.streams.iter().any(|stream| stream.kind == "video" && stream.repair_of.is_none());
    match (meeting.streams.is_empty(), pictures) {
        (false, true) => Cell::inferred(both(
            "Das Bild ist ein eigener Strom; sein Anfang und Ende sind zu sehen.",
            "The picture is a stream of its own; its beginning and end show.",
        ))
        .on(subject.of_keys(&["media-sent"]).into_iter().map(Rest::exposure)),
        (false, false) if all_known(subject, meeting) => Cell::not_applicable(both(
            "Es lief kein Bild; es wäre als eigener Strom zu sehen.",
            "No picture ran; it would show as a stream of its own.",
        )),
        _ => Cell::not_stated(both(
            "Die Form der Medien lässt ein Kamerabild nicht erkennen.",
            "The form of the media does not show a camera picture.",
        )),
    }
}

fn screen(subject: &Subject<'_>, meeting: &Meeting) -> Cell {
    let reason = (
        "Der geteilte Bildschirm läuft als eigener, erkennbarer Strom.",
        "The shared screen runs as a stream of its own that can be told.",
    );
    if let Some(cell) = told(subject, &["screen-share", "rtp.screen-share"], reason) {
        return cell;
    }
    if subject.is_minimised() {
        return left_out();
    }
    let pictures = meeting.streams.iter().any(|stream| matches!(stream.kind.as_str(), "video" | "screen"));
    match !meeting.streams.is_empty() && !pictures && all_known(subject, meeting) {
        true => Cell::not_applicable(both(
            "Es lief kein Bild und damit keine Bildschirmfreigabe.",
            "No picture ran, and so no screen was shared.",
        )),
        false => Cell::not_stated(both(
            "Keine erkannt; ein Bildschirm kann auch wie ein Kamerabild übertragen werden.",
            "None recognised; a screen can also travel like a camera picture.",
        )),
    }
}

/// Whether the kind of every stream is known, and no flow of the call carried anything that is no stream.
fn all_known(subject: &Subject<'_>, meeting: &Meeting) -> bool {
    let named = meeting.streams.iter().all(|stream| matches!(stream.kind.as_str(), "audio" | "video" | "screen"));
    let opaque = |flow: &Flow| {
        let carried = flow.bytes_sent.saturating_add(flow.bytes_received);
        carried >= PICTURE_BYTES_MIN && !meeting.streams.iter().any(|stream| stream.flow == flow.id)
    };
    named && !subject.flows().any(opaque)
}

fn presence(subject: &Subject<'_>, _meeting: &Meeting) -> Cell {
    let reason = (
        "Beginn und Ende der Medien einzelner Teilnehmender sind zu sehen.",
        "Beginning and end of the media of single participants show.",
    );
    told(subject, &["presence"], reason).unwrap_or_else(|| {
        if subject.is_minimised() {
            return left_out();
        }
        Cell::not_stated(both(
            "Einzelne Teilnehmende lassen sich in diesen Medien nicht unterscheiden.",
            "Single participants cannot be told apart in these media.",
        ))
    })
}

fn files(subject: &Subject<'_>, _meeting: &Meeting) -> Cell {
    let reason = (
        "Größere Datenmengen von oder zu einer Dateiablage des Anbieters während der Konferenz.",
        "Larger amounts from or to a file store of the provider during the call.",
    );
    told(subject, &["file-transfer"], reason).unwrap_or_else(within)
}

fn chat(subject: &Subject<'_>, _meeting: &Meeting) -> Cell {
    let reason = (
        "Eine Verbindung zu einem Server für Nachrichten war in Gebrauch; auch bloßer Abgleich ist möglich.",
        "A connection to a server for messages was in use; mere synchronisation is possible too.",
    );
    told(subject, &["chat"], reason).unwrap_or_else(within)
}

fn recording(subject: &Subject<'_>, _meeting: &Meeting) -> Cell {
    let reason = (
        "Ein Server für Aufzeichnungen war während der Konferenz in Gebrauch.",
        "A server for recordings was in use during the call.",
    );
    told(subject, &["recording"], reason).unwrap_or_else(within)
}

fn within() -> Cell {
    Cell::not_stated(both(
        "Kein eigener Server dafür erkannt; es kann in anderen verschlüsselten Verbindungen laufen.",
        "No server of its own recognised; it may run inside other encrypted connections.",
    ))
}
