//! The head of the report and the calls.

use super::Page;
use crate::exposure::{Findings, Meeting, Peer, Stream};
use crate::model::text::{bytes, duration, for_terminal, grouped, moment};
use crate::report::verdict::verdict;
use crate::report::words;
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
