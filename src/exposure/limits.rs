//! What this capture cannot show, and why.

use super::Observed;
use super::endpoint::is_remote;
use super::findings::{Bilingual, Endpoint, Meeting, NotDeterminable};
use super::meeting::Call;
use super::statement::resolver;
use super::view::View;

/// Questions that stay open for this capture.
pub(super) fn not_determinable(
    views: &[View<'_>],
    meetings: &[Meeting],
    endpoints: &[Endpoint],
    observed: &Observed,
    calls: &[Call],
) -> Vec<NotDeterminable> {
    let tls = views.iter().any(|view| view.flow.protocols.iter().any(|name| ["tls", "quic", "dtls"].contains(name)));
    let hidden_names = views.iter().any(|view| view.flow.facts.has("tls.ech") || view.flow.facts.has("quic.ech"));
    let asked_in_secret = views.iter().any(|view| resolver::asks_encrypted(view).is_some());
    let relayed = meetings.iter().any(|meeting| meeting.topology != "peer-to-peer");
    let placeless = endpoints.iter().any(|endpoint| is_remote(endpoint) && endpoint.place.verdict == "undecidable");
    let cut = observed.captures.iter().any(|capture| capture.damage.is_some());
    let shortened = observed.captures.iter().any(|capture| capture.cut_packets > 0);
    let open = [
        (tls, "content", &CONTENT),
        (!meetings.is_empty(), "identity", &IDENTITY),
        (relayed, "participants-behind-relay", &BEHIND_RELAY),
        (!meetings.is_empty(), "stored-at-provider", &STORED),
        (placeless, "place-of-endpoints", &PLACE),
        (hidden_names, "server-names", &HIDDEN_NAMES),
        (asked_in_secret, "names-asked-for", &ASKED_IN_SECRET),
        (meetings.is_empty(), "meeting", &NO_MEETING),
        (cut, "rest-of-capture", &CUT),
        (shortened, "rest-of-packets", &SHORTENED),
    ];
    let entry = |(_, what, why): (bool, &str, &(&str, &str))| NotDeterminable {
        what: what.into(),
        why: Bilingual { de: why.0.into(), en: why.1.into() },
    };
    let mut list: Vec<_> = open.into_iter().filter(|(holds, ..)| *holds).map(entry).collect();
    list.extend(silence(calls, meetings, views));
    list
}

/// Why nobody can tell when somebody speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mute {
    /// Media travel in a data channel inside DTLS.
    InsideDtls,
    /// Media have a form that only their program reads.
    Opaque,
    /// Streams are readable, and none is recognised as sound.
    NoSound,
    /// Sound in packets whose sizes say nothing, as with a constant rate, or too few of them.
    Constant,
    /// The same, of some streams only.
    PartlyConstant,
}

/// One entry for each reason, with the calls that it holds for.
fn silence(calls: &[Call], meetings: &[Meeting], views: &[View<'_>]) -> Vec<NotDeterminable> {
    let reasons: [(Mute, &(&str, &str)); 5] = [
        (Mute::InsideDtls, &INSIDE_DTLS),
        (Mute::Opaque, &OPAQUE),
        (Mute::NoSound, &NO_SOUND),
        (Mute::Constant, &CONSTANT),
        (Mute::PartlyConstant, &PARTLY_CONSTANT),
    ];
    let mute: Vec<_> = calls.iter().zip(meetings).map(|(call, meeting)| why_mute(call, meeting, views)).collect();
    let entry = |(reason, why): (Mute, &(&str, &str))| {
        let held = meetings.iter().zip(&mute).filter(|(_, mute)| **mute == Some(reason));
        let ids: Vec<&str> = held.map(|(meeting, _)| meeting.id.as_str()).take(CALLS_LISTED_MAX).collect();
        let fill = |words: &str| words.replace("{0}", &ids.join(", "));
        let found = NotDeterminable { what: TALK.into(), why: Bilingual { de: fill(why.0), en: fill(why.1) } };
        (!ids.is_empty()).then_some(found)
    };
    reasons.into_iter().filter_map(entry).collect()
}

/// `None` where every voice shows when somebody speaks.
fn why_mute(call: &Call, meeting: &Meeting, views: &[View<'_>]) -> Option<Mute> {
    let flows = || call.media.iter().filter_map(|index| views.get(*index)).map(|view| view.flow);
    if meeting.streams.is_empty() {
        let inside = flows().any(|flow| flow.facts.has("dtls.data"));
        let sessions = flows().all(|flow| flow.reports.iter().any(|way| !way.is_empty()));
        return match () {
            () if inside => Some(Mute::InsideDtls),
            () if sessions => Some(Mute::NoSound),
            () => Some(Mute::Opaque),
        };
    }
    let voices = || meeting.streams.iter().filter(|stream| stream.kind == "audio" && stream.repair_of.is_none());
    let told = voices().filter(|stream| stream.talk.is_some()).count();
    match voices().count() {
        0 => Some(Mute::NoSound),
        _ if told == 0 => Some(Mute::Constant),
        count if told < count => Some(Mute::PartlyConstant),
        _ => None,
    }
}

/// Name of the question who speaks when.
const TALK: &str = "talk";
/// Most calls listed in one reason.
const CALLS_LISTED_MAX: usize = 16;

static INSIDE_DTLS: (&str, &str) = (
    "Wann wer spricht, lässt sich nicht bestimmen ({0}): Ton und Bild laufen gemeinsam in einem verschlüsselten Datenkanal.",
    "When who speaks cannot be determined ({0}): sound and picture run together in one encrypted data channel.",
);
static OPAQUE: (&str, &str) = (
    "Wann wer spricht, lässt sich nicht bestimmen ({0}): Die Medien haben eine Form, die nur das Programm des Anbieters lesen kann.",
    "When who speaks cannot be determined ({0}): the media have a form that only the provider's program can read.",
);
static NO_SOUND: (&str, &str) = (
    "Wann wer spricht, lässt sich nicht bestimmen ({0}): Unter den lesbaren Medien ist kein Ton zu erkennen.",
    "When who speaks cannot be determined ({0}): no sound can be recognised among the readable media.",
);
static CONSTANT: (&str, &str) = (
    "Wann wer spricht, lässt sich nicht bestimmen ({0}): Die Tonpakete unterscheiden Sprechen und Stille nicht, etwa weil sie immer gleich groß sind, oder es sind zu wenige.",
    "When who speaks cannot be determined ({0}): the packets of sound do not tell speech from silence, as when all have one size, or they are too few.",
);
static PARTLY_CONSTANT: (&str, &str) = (
    "Wann wer spricht, lässt sich nicht für alle Tonströme bestimmen ({0}): Bei einigen unterscheiden die Pakete Sprechen und Stille nicht, oder es sind zu wenige.",
    "When who speaks cannot be determined for all streams of sound ({0}): the packets of some do not tell speech from silence, or are too few.",
);

static CONTENT: (&str, &str) = (
    "Inhalte sind verschlüsselt; was der Anbieter entschlüsseln kann, zeigt der Mitschnitt nicht.",
    "Content is encrypted; what the provider can decrypt does not show in the capture.",
);
static IDENTITY: (&str, &str) = (
    "Namen und Konten der Teilnehmenden werden verschlüsselt übertragen, soweit sie nicht eigens aufgeführt sind.",
    "Names and accounts of participants travel encrypted, except where they are listed.",
);
static BEHIND_RELAY: (&str, &str) = (
    "Wer über einen Server teilnimmt, ist von hier aus nicht zu sehen; der Betreiber des Servers sieht es.",
    "Who takes part through a server cannot be seen from here; the server's operator sees it.",
);
static STORED: (&str, &str) = (
    "Was der Anbieter speichert, wie lange und an wen er es weitergibt, steht nicht in den Paketen.",
    "What the provider stores, for how long and to whom it passes it on is not in the packets.",
);
static PLACE: (&str, &str) = (
    "Von einigen Gegenstellen ist der Standort nicht zu bestimmen (widersprüchliche oder fehlende Angaben, Adressen, die an vielen Orten bedient werden).",
    "The place of some endpoints cannot be determined (contradicting or missing data, addresses served from many places).",
);
static HIDDEN_NAMES: (&str, &str) = (
    "Manche Verbindungen bieten verschlüsselte Servernamen an (ECH); der sichtbare Name muss nicht der wirkliche sein.",
    "Some connections offer encrypted server names (ECH); the visible name need not be the real one.",
);
static ASKED_IN_SECRET: (&str, &str) = (
    "Namen wurden auch verschlüsselt erfragt; nach welchen Diensten dabei gefragt wurde, sieht nur der Betreiber der Namensauflösung.",
    "Names were also asked for in encrypted form; only the operator of the name resolver sees which services that was about.",
);
static NO_MEETING: (&str, &str) = (
    "Es wurden keine Medien einer Konferenz gefunden; Anmeldung, Chat oder vergebliche Anrufe zählen nicht als Konferenz.",
    "No media of a call were found; login, chat or unanswered calls do not count as one.",
);
static CUT: (&str, &str) = (
    "Die Aufzeichnung ist beschädigt oder abgeschnitten; was danach kam, fehlt.",
    "The capture is damaged or cut; what came after is missing.",
);
static SHORTENED: (&str, &str) = (
    "Pakete wurden gekürzt aufgezeichnet; was hinter dem gespeicherten Teil stand, fehlt.",
    "Packets were recorded in part; what stood behind the part that is stored is missing.",
);

#[cfg(test)]
mod tests {
    use super::TALK;
    use crate::exposure::samples::Scene;

    fn open(scene: Scene) -> Vec<String> {
        scene.findings().not_determinable.into_iter().map(|entry| entry.what).collect()
    }

    #[test]
    fn what_stays_open_depends_on_what_was_seen() {
        assert_eq!(open(Scene::default()), ["meeting"]);
        let mut direct = Scene::default().host("10.1.0.1", 1, 64).host("10.2.0.2", 9, 62);
        direct.call("10.1.0.1:6000", "10.2.0.2:7000", 5);
        assert_eq!(
            open(direct),
            ["identity", "stored-at-provider", "talk"],
            "nothing was encrypted, nobody is behind a relay, and one steady noise is no speech"
        );
        let mut tls = Scene::default();
        tls.tcp("10.1.0.1:6000", "198.51.100.7:443", 0, 2, b"");
        let hello = include_bytes!("../dissect/tls/samples/client_hello.bin");
        tls.tcp("10.1.0.1:6000", "198.51.100.7:443", 1, 16, hello);
        let what = open(tls);
        assert!(what.contains(&"content".to_owned()) && what.contains(&"meeting".to_owned()), "{what:?}");
    }

    fn reasons(scene: Scene) -> Vec<String> {
        let open = scene.findings().not_determinable.into_iter().filter(|open| open.what == TALK);
        open.map(|open| open.why.de).collect()
    }

    #[test]
    fn why_speech_is_hidden_is_said_of_each_call() {
        let mut scene = Scene::default();
        scene.call("10.1.0.1:6000", "198.51.100.7:7000", 5);
        scene.wait(120);
        scene.call("10.1.0.1:6000", "198.51.100.9:7000", 5);
        let steady = reasons(scene);
        assert_eq!(steady.len(), 1, "{steady:?}");
        assert!(steady[0].contains("(m1, m2)") && steady[0].contains("unterscheiden Sprechen und Stille nicht"));
        let mut sealed = Scene::default();
        // Messages of Discord's voice connection without any media that can be read.
        for number in 0..40u8 {
            sealed.udp("10.1.0.1:6000", "198.51.100.7:50001", &[0x13, 0x37, 0xca, 0xfe, number, 0, 0, 0]);
            sealed.udp("198.51.100.7:50001", "10.1.0.1:6000", &[0x13, 0x37, 0xca, 0xfe, number, 0, 0, 0]);
        }
        let sealed = reasons(sealed);
        assert_eq!(sealed.len(), 1, "{sealed:?}");
        assert!(sealed[0].contains("(m1)") && sealed[0].contains("Programm des Anbieters"));
        assert!(reasons(Scene::default()).is_empty(), "without a call there is nobody to speak");
    }
}
