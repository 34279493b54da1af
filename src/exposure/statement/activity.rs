//! What people did in a call: who spoke when, who was silent, when a camera was off or a screen was shown, who came and
//! went. All of it is read from headers, sizes and times; nothing is decrypted.

use super::{Exposed, Material, inferred};
use crate::exposure::entries::evidence;
use crate::exposure::findings::{Bilingual, EvidenceEntry, ExposureEntry, Meeting};
use crate::exposure::streams::{PAUSE_NANOS, Part};
use crate::exposure::words::{self, Words, time_de, time_en};
use crate::model::activity::Span;
use crate::model::{MediaKind, Observer, Question, TalkBasis, Timestamp, Tunnel, text};

/// Times listed in one sentence; the rest is counted.
const TIMES_MAX: usize = 4;
/// Shortest time without voice or picture that is told, in nanoseconds.
const OFF_NANOS_MIN: i64 = 2_000_000_000;
/// Participants of one call about whom statements are made.
const PEOPLE_MAX: usize = 64;

/// Adds what the people of a call did.
pub(super) fn tell(
    index: usize,
    meeting: &Meeting,
    observers: &[Observer],
    material: &Material<'_>,
    out: &mut Exposed,
) {
    let Some(parts) = material.parts.get(index) else { return };
    for person in meeting.participants_seen.iter().take(PEOPLE_MAX) {
        let mine =
            meeting.streams.iter().zip(parts).filter(|(entry, _)| entry.participant.as_deref() == Some(&person.id));
        let own = person.basis == "captured-side";
        let name = Name::new(own, &person.label);
        let parts: Vec<&Part<'_>> = mine.map(|(_, part)| part).filter(|part| part.is_own_media()).collect();
        let told = Person { name, parts, observers };
        let list = [told.talk(), told.quiet(), told.camera_off(), told.screen()];
        for (question, entry) in list.into_iter().flatten() {
            out.list.push((question, ExposureEntry { meeting: Some(meeting.id.clone()), ..entry }));
        }
        if !own && let Some(entry) = told.presence() {
            out.list.push((Question::WithWhom, ExposureEntry { meeting: Some(meeting.id.clone()), ..entry }));
        }
    }
}

/// What a person is called in sentences.
struct Name {
    de: String,
    /// Behind `von`.
    of_de: String,
    en: String,
}

impl Name {
    fn new(own: bool, label: &str) -> Name {
        let number = label.rsplit(' ').next().unwrap_or_default();
        let (de, of_de, en) = match (own, label) {
            (true, _) => ("die erfasste Seite".into(), "der erfassten Seite".into(), "the captured side".into()),
            (_, "server") => (
                "ein Server des Anbieters".into(),
                "einem Server des Anbieters".into(),
                "a server of the provider".into(),
            ),
            _ => (format!("Person {number}"), format!("Person {number}"), label.to_owned()),
        };
        Name { de, of_de, en }
    }
}

/// One participant with the streams that carry voice or picture.
struct Person<'a> {
    name: Name,
    parts: Vec<&'a Part<'a>>,
    observers: &'a [Observer],
}

type Told = (Question, ExposureEntry);

impl Person<'_> {
    fn of_kind(&self, kind: MediaKind) -> impl Iterator<Item = &Part<'_>> {
        self.parts.iter().copied().filter(move |part| part.kind() == kind)
    }

    /// A sentence whose values begin with the person's name, as a subject and behind `von`.
    fn say(&self, words: &Words, de: &[&str], en: &[&str]) -> Bilingual {
        let name = &self.name;
        let (en_name, of_en) = (name.en.as_str(), name.en.as_str());
        words.fill(&[&[&name.de, name.of_de.as_str()], de].concat(), &[&[en_name, of_en], en].concat())
    }

    fn talk(&self) -> Option<Told> {
        let talking = self.of_kind(MediaKind::Audio).filter(|part| part.stream.talk.is_some());
        let (mut spans, mut basis, mut first) = (Vec::new(), TalkBasis::Payload, None);
        for part in talking {
            let talk = part.stream.talk.as_ref()?;
            spans.extend_from_slice(&talk.spans);
            basis = basis.max(talk.basis);
            first = first.or(Some(part));
        }
        let spans = union(spans);
        let proof = proof(first?);
        if spans.is_empty() {
            return None;
        }
        let (length, count) = (seconds(&spans), spans.len());
        let (why_de, why_en) = basis_words(basis);
        let (many_de, many_en) = match count {
            1 => ("einem Abschnitt".to_owned(), "one interval".to_owned()),
            _ => (format!("{count} Abschnitten"), format!("{count} intervals")),
        };
        let statement = self.say(
            &words::TALK,
            &[&text::duration(length, true), &many_de, why_de],
            &[&text::duration(length, false), &many_en, why_en],
        );
        let value = format!("{length:.1} s in {count}");
        Some((
            Question::Activity,
            ExposureEntry { evidence: proof, ..inferred("talk", value, self.observers, statement) },
        ))
    }

    /// When nothing was to be heard: muted, or a microphone without signal, or no sound sent at all.
    fn quiet(&self) -> Option<Told> {
        let voices: Vec<_> = self.of_kind(MediaKind::Audio).filter(|part| can_be_silent(part)).collect();
        self.off(&voices, "silent-or-muted", &words::MUTED)
    }

    fn camera_off(&self) -> Option<Told> {
        let pictures: Vec<_> = self.of_kind(MediaKind::Video).collect();
        self.off(&pictures, "camera-off", &words::CAMERA_OFF)
    }

    /// The times between the first and the last packet of `parts` in which none of them carried anything.
    fn off(&self, parts: &[&Part<'_>], key: &str, words: &Words) -> Option<Told> {
        let filled = union(parts.iter().flat_map(|part| part.filled()).collect());
        let (first, last) =
            (parts.iter().map(|part| part.stream.first.time).min()?, parts.iter().map(|part| part.stream.last).max()?);
        let off = between(&filled, first, last);
        let statement = self.say(words, &[&times(&off, true)], &[&times(&off, false)]);
        let entry = inferred(key, times(&off, false), self.observers, statement);
        (!off.is_empty()).then(|| (Question::Activity, ExposureEntry { evidence: proof(parts[0]), ..entry }))
    }

    fn screen(&self) -> Option<Told> {
        let shown: Vec<_> = self.of_kind(MediaKind::Screen).collect();
        let spans: Vec<Span> = shown
            .iter()
            .map(|part| Span { from: part.stream.first.time, to: part.stream.last, packets: part.stream.packets })
            .collect();
        let spans = union(spans);
        let statement = self.say(&words::SCREEN, &[&times(&spans, true)], &[&times(&spans, false)]);
        let entry = inferred("screen-share", times(&spans, false), self.observers, statement);
        Some((Question::Activity, ExposureEntry { evidence: proof(shown.first()?), ..entry }))
    }

    fn presence(&self) -> Option<ExposureEntry> {
        let first = self.parts.iter().map(|part| part.stream.first.time).min()?;
        let last = self.parts.iter().map(|part| part.stream.last).max()?;
        let statement =
            self.say(&words::PRESENCE, &[&time_de(first), &time_de(last)], &[&time_en(first), &time_en(last)]);
        let entry = inferred("presence", format!("{first}/{last}"), self.observers, statement);
        Some(ExposureEntry { evidence: proof(self.parts.first()?), ..entry })
    }
}

/// Where loudness is told, or the stream paused: without loudness silence cannot be told from speech.
fn can_be_silent(part: &Part<'_>) -> bool {
    !part.stream.silent.is_empty() || part.stream.activity.spans().len() > 1
}

fn basis_words(basis: TalkBasis) -> (&'static str, &'static str) {
    match basis {
        TalkBasis::Payload => {
            ("aus dem Ton selbst, der nicht verschlüsselt ist", "from the sound itself, which is not encrypted")
        }
        TalkBasis::Loudness => (
            "aus der Lautstärke, die jedes Paket unverschlüsselt nennt (RFC 6464)",
            "from the loudness that every packet states in clear (RFC 6464)",
        ),
        TalkBasis::PayloadType => (
            "aus der Art der Pakete, die beim Sprechen wechselt",
            "from the type of the packets, which changes when somebody speaks",
        ),
        TalkBasis::PacketSize => (
            "geschätzt aus Größe und Abstand der verschlüsselten Pakete",
            "estimated from size and spacing of the encrypted packets",
        ),
    }
}

/// Overlapping and touching intervals made one.
fn union(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| (span.from, span.to));
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut().filter(|last| span.from <= last.to) {
            Some(last) => last.to = last.to.max(span.to),
            None => joined.push(span),
        }
    }
    joined
}

/// What lies between intervals, from the first moment to the last; pauses shorter than those of a stream are none.
fn between(filled: &[Span], first: Timestamp, last: Timestamp) -> Vec<Span> {
    let ends = std::iter::once(first).chain(filled.iter().map(|span| span.to));
    let starts = filled.iter().map(|span| span.from).chain(std::iter::once(last));
    let gaps = ends.zip(starts).map(|(from, to)| Span { from, to, packets: 0 });
    gaps.filter(|gap| gap.to.since(gap.from) >= OFF_NANOS_MIN.max(PAUSE_NANOS)).collect()
}

fn seconds(spans: &[Span]) -> f64 {
    spans.iter().map(|span| span.to.seconds_since(span.from)).sum()
}

/// `05:34:34–05:34:40, ... und 3 weitere`.
fn times(spans: &[Span], german: bool) -> String {
    let clock = |time: Timestamp| time.to_string().get(11..19).unwrap_or_default().to_owned();
    let mut list: Vec<String> =
        spans.iter().take(TIMES_MAX).map(|span| format!("{}–{}", clock(span.from), clock(span.to))).collect();
    match spans.len().saturating_sub(TIMES_MAX) {
        0 => {}
        more if german => list.push(format!("und {more} weitere")),
        more => list.push(format!("and {more} more")),
    }
    format!("{} UTC", list.join(", "))
}

/// The stream's first packet, and a filter that shows all of it where its place in the packet is known.
fn proof(part: &Part<'_>) -> Vec<EvidenceEntry> {
    let first = evidence(part.stream.first);
    let place = match part.stream.tunnel {
        None => Some(8),
        Some(Tunnel::Channel(_)) => Some(12),
        Some(Tunnel::Indication(_) | Tunnel::Framing(_)) => None,
    };
    let [a, b, c, d] = part.stream.ssrc.to_be_bytes();
    let all = place.map(|at| format!("udp.payload[{at}:4] == {a:02x}:{b:02x}:{c:02x}:{d:02x}"));
    match all {
        Some(filter) => vec![first.clone(), EvidenceEntry { filter, ..first }],
        None => vec![first],
    }
}
