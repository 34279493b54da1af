//! The head of the report and the calls.

use super::{Page, words};
use crate::exposure::{Findings, Meeting, Peer, Stream, TransferTotal};
use crate::model::text::{bytes, duration, for_terminal, grouped, moment};
use std::io;

/// Longest reason shown, in characters.
const REASON_CHARS_MAX: usize = 300;
/// Most streams listed of one call; the JSON report has all.
const STREAMS_SHOWN_MAX: usize = 24;

impl Page<'_> {
    pub(super) fn head(&mut self, findings: &Findings) -> io::Result<()> {
        let title = self.say(
            "meetscope: Was die Konferenz über Teilnehmende verrät",
            "meetscope: what the call tells about those who take part",
        );
        writeln!(self.out, "{title}\n{}", "═".repeat(title.chars().count()))?;
        let verdict = verdict(findings, self.german());
        self.paragraph("", &verdict)
    }

    pub(super) fn meetings(&mut self, findings: &Findings) -> io::Result<()> {
        if findings.meetings.is_empty() {
            return Ok(());
        }
        self.title("Konferenzen", "Calls")?;
        findings.meetings.iter().try_for_each(|meeting| self.meeting(meeting))
    }

    fn meeting(&mut self, meeting: &Meeting) -> io::Result<()> {
        let unknown = self.say("nicht erkannter Anbieter", "unrecognised provider");
        let name = for_terminal(meeting.provider_name.as_deref().unwrap_or(unknown), REASON_CHARS_MAX);
        let sure = self.word(words::CONFIDENCE, &meeting.confidence);
        let line = format!("{name} ({sure}), {}", self.word(words::TOPOLOGY, &meeting.topology));
        self.paragraph(&format!("{}  ", meeting.id), &line)?;
        let german = self.german();
        let (start, end) = (moment(&meeting.start, german), moment(&meeting.end, german));
        self.paragraph("    ", &format!("{start} – {end} ({})", duration(meeting.duration_s, german)))?;
        let least = self.say("Teilnehmende: mindestens", "participants: at least");
        self.paragraph("    ", &format!("{least} {}", meeting.participants.at_least))?;
        for reason in &meeting.because {
            let says = for_terminal(self.words(&reason.says), REASON_CHARS_MAX);
            let line = format!("{says} [{}]", self.frames([&reason.evidence()]));
            self.paragraph("    · ", &line)?;
        }
        meeting.streams.iter().take(STREAMS_SHOWN_MAX).try_for_each(|stream| self.stream(stream))?;
        if meeting.streams.len() > STREAMS_SHOWN_MAX {
            self.more("    … ", meeting.streams.len() - STREAMS_SHOWN_MAX)?;
        }
        meeting.peers.iter().try_for_each(|peer| self.peer(peer))
    }

    fn stream(&mut self, stream: &Stream) -> io::Result<()> {
        let repairs = self.say("Reparatur von", "repairs");
        let repair = stream.repair_of.as_ref().map(|id| format!(", {repairs} {id}")).unwrap_or_default();
        let line = format!(
            "{} {}, {} {}, {}{repair}",
            self.word(words::KIND, &stream.kind),
            self.word(words::DIRECTION, &stream.direction),
            grouped(stream.packets, self.german()),
            self.say("Pakete", "packets"),
            bytes(stream.bytes, self.german()),
        );
        self.paragraph(&format!("    {:<4} ", stream.id), &line)
    }

    fn peer(&mut self, peer: &Peer) -> io::Result<()> {
        let how = if peer.direct { self.say("direkt", "direct") } else { self.say("über Relay", "through a relay") };
        let line = format!("{} {} ({how})", self.say("Gegenstelle", "peer"), for_terminal(&peer.address, 60));
        self.paragraph("    ", &line)
    }
}

/// The verdict in a few sentences.
fn verdict(findings: &Findings, german: bool) -> String {
    let mut sentences = vec![calls(&findings.meetings, german)];
    sentences.extend(transfers(&findings.transfers).map(|(de, en)| if german { de } else { en }));
    sentences.join(" ")
}

/// German and English sentences about third countries, adequate ones, and places that are not known.
fn transfers(totals: &[TransferTotal]) -> impl Iterator<Item = (String, String)> {
    let countries = |status: &str| {
        let of_status = totals.iter().filter(|total| total.status == status);
        of_status.filter_map(|total| total.country.as_deref()).collect::<Vec<_>>().join(", ")
    };
    let (third, adequate) = (countries("third-country"), countries("adequate"));
    let known = totals.iter().any(|total| total.status != "unknown");
    let open: usize = totals.iter().filter(|total| total.status == "unknown").map(|total| total.endpoints.len()).sum();
    let third = match third.is_empty() {
        true => known.then(|| NO_THIRD_COUNTRY.map(str::to_owned).into()),
        false => Some((
            format!("Daten gingen auch an Gegenstellen in Drittländern ohne Angemessenheitsbeschluss: {third}."),
            format!("Data also went to endpoints in third countries without an adequacy decision: {third}."),
        )),
    };
    let adequate = (!adequate.is_empty()).then(|| {
        let de = format!("Länder mit Angemessenheitsbeschluss: {adequate}.");
        (de, format!("Countries with an adequacy decision: {adequate}."))
    });
    let open = (open > 0).then(|| {
        let de = format!("Standort nicht bestimmbar: {open} Gegenstelle{}.", if open == 1 { "" } else { "n" });
        (de, format!("Place not determinable: {open} endpoint{}.", if open == 1 { "" } else { "s" }))
    });
    [third, adequate, open].into_iter().flatten()
}

const NO_THIRD_COUNTRY: [&str; 2] = [
    "Keine Gegenstelle steht nach den vorliegenden Angaben in einem Drittland ohne Angemessenheitsbeschluss.",
    "No endpoint stands, by the data at hand, in a third country without an adequacy decision.",
];

fn calls(meetings: &[Meeting], german: bool) -> String {
    match meetings {
        [] if german => "Im Mitschnitt ist keine Konferenz zu erkennen.".to_owned(),
        [] => "No call is found in the capture.".to_owned(),
        [one] => {
            let long = duration(one.duration_s, german);
            match (german, one.provider_name.as_deref().map(|name| for_terminal(name, REASON_CHARS_MAX))) {
                (true, Some(name)) => format!("Eine Konferenz über {name}, Dauer {long}."),
                (true, None) => format!("Eine Echtzeitverbindung eines nicht erkannten Anbieters, Dauer {long}."),
                (false, Some(name)) => format!("One call over {name}, lasting {long}."),
                (false, None) => format!("One real-time call of an unrecognised provider, lasting {long}."),
            }
        }
        many if german => format!("{} Konferenzen.", many.len()),
        many => format!("{} calls.", many.len()),
    }
}
