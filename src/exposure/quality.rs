//! The self-test of the capture: what would make the evidence weak. Every check is told, also where all is well, so that
//! a reader knows what was looked at.

use super::Observed;
use super::findings::{Bilingual, Meeting, SelfCheck};
use super::local::is_private;
use super::statement::resolver;
use super::view::View;
use super::words::Words;
use crate::flow::Protocol;
use crate::model::text::{bytes, grouped};
use crate::model::{Capture, LinkType};

/// Packets of a flow from which on an answer is to be expected: more than a connection is tried for.
const ANSWER_PACKETS_MIN: u64 = 10;
/// One packet in so many may lack its other direction, be doubled or be lost before that weakens the evidence.
const STRAY_SHARE: u64 = 20;
const DOUBLED_SHARE: u64 = 100;
const LOST_SHARE: u64 = 1_000;
/// Flows that end at the very same number of packets from which on somebody seems to have counted, and that number.
const EQUAL_FLOWS_MIN: usize = 4;
const EQUAL_PACKETS_MIN: u64 = 8;
/// Protocols whose sender always hears something in return. Checks by STUN are sent to addresses that never answer.
const ANSWERED: [&str; 4] = ["quic", "dtls", "rtp", "zoom"];

/// What a check found.
enum Outcome {
    Good,
    Weak,
    Unknown,
}

/// A check before its words are written: the numbers stand for `{0}`, `{1}`, ... in them.
struct Finding {
    outcome: Outcome,
    words: &'static Words,
    numbers: Vec<Number>,
    count: u64,
    first_frame: Option<u64>,
}

/// A number as readers see it.
#[derive(Clone, Copy)]
enum Number {
    Plain(u64),
    Bytes(u64),
    /// Of so many.
    Share(u64, u64),
    /// In nanoseconds.
    Seconds(u64),
}

/// All checks, in an order that does not change.
pub(super) fn self_test(observed: &Observed, views: &[View<'_>], meetings: &[Meeting]) -> Vec<SelfCheck> {
    let checks = [
        ("capture-drops", stated_drops(&observed.captures)),
        ("lost-packets", lost(observed, meetings)),
        ("whole-packets", cut(observed)),
        ("both-directions", directions(views)),
        ("wire-size", wire_size(observed)),
        ("duplicates", duplicates(observed)),
        ("clock", clock(observed)),
        ("whole-call", whole_call(meetings)),
        ("whole-flows", whole_flows(views)),
        ("server-names", names(observed, views)),
        ("link-addresses", link(&observed.captures)),
    ];
    checks.into_iter().map(|(check, finding)| finding.told(check)).collect()
}

impl Finding {
    fn new(outcome: Outcome, words: &'static Words, numbers: &[Number]) -> Finding {
        Finding { outcome, words, numbers: numbers.to_vec(), count: 0, first_frame: None }
    }

    /// With how often what is at fault was seen, and in which frame first (0: in none).
    fn seen(self, count: u64, first_frame: u64) -> Finding {
        Finding { count, first_frame: Some(first_frame).filter(|frame| *frame > 0), ..self }
    }

    fn told(self, check: &str) -> SelfCheck {
        let outcome = match self.outcome {
            Outcome::Good => "good",
            Outcome::Weak => "weak",
            Outcome::Unknown => "unknown",
        };
        let texts = |german: bool| self.numbers.iter().map(|number| number.text(german)).collect::<Vec<_>>();
        let (de, en) = (texts(true), texts(false));
        let says: Bilingual = self.words.fill(&borrowed(&de), &borrowed(&en));
        SelfCheck {
            check: check.into(),
            outcome: outcome.into(),
            says,
            count: self.count,
            first_frame: self.first_frame,
        }
    }
}

fn borrowed(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

impl Number {
    fn text(self, german: bool) -> String {
        let decimal = |text: String| if german { text.replace('.', ",") } else { text };
        match self {
            Number::Plain(number) => grouped(number, german),
            Number::Bytes(number) => bytes(number, german),
            Number::Share(part, 0) => grouped(part, german),
            // A share that rounds to nothing is still there.
            Number::Share(part, whole) => match part as f64 * 100.0 / whole as f64 {
                share if part > 0 && share < 0.1 => decimal("< 0.1 %".into()),
                share => decimal(format!("{share:.1} %")),
            },
            Number::Seconds(nanos) => decimal(format!("{:.1} s", nanos as f64 / 1e9)),
        }
    }
}

fn stated_drops(captures: &[Capture]) -> Finding {
    let stated: Vec<u64> = captures.iter().filter_map(|capture| capture.dropped).collect();
    let dropped: u64 = stated.iter().sum();
    match dropped {
        0 if stated.len() < captures.len() || captures.is_empty() => {
            Finding::new(Outcome::Unknown, &DROPS_UNSTATED, &[])
        }
        0 => Finding::new(Outcome::Good, &NO_DROPS, &[]),
        _ => {
            let packets = captures.iter().map(|capture| capture.packets).sum::<u64>();
            let numbers = [Number::Plain(dropped), Number::Share(dropped, packets.saturating_add(dropped))];
            Finding::new(Outcome::Weak, &DROPS, &numbers).seen(dropped, 0)
        }
    }
}

/// What is missing beyond doubt: TCP data that arrived, and numbers that are missing in what this side sent itself.
fn lost(observed: &Observed, meetings: &[Meeting]) -> Finding {
    let quality = &observed.traffic.quality;
    let sent = || meetings.iter().flat_map(|meeting| &meeting.streams).filter(|stream| stream.direction == "sent");
    let (packets, gaps) =
        (sent().map(|stream| stream.packets).sum::<u64>(), sent().map(|stream| stream.lost_packets).sum::<u64>());
    let unseen = quality.unseen;
    let numbers = [
        Number::Plain(unseen.count),
        Number::Bytes(unseen.measure),
        Number::Plain(gaps),
        Number::Share(gaps, packets.saturating_add(gaps)),
    ];
    let (asked, missing) = (quality.segments.saturating_add(packets), unseen.count.saturating_add(gaps));
    match () {
        () if asked == 0 => Finding::new(Outcome::Unknown, &LOSS_UNKNOWN, &[]),
        () if missing == 0 => Finding::new(Outcome::Good, &NO_LOSS, &[]),
        () if exceeds(missing, asked, LOST_SHARE) => {
            Finding::new(Outcome::Weak, &LOSS, &numbers).seen(missing, unseen.first_frame)
        }
        () => Finding::new(Outcome::Good, &LITTLE_LOSS, &numbers).seen(missing, unseen.first_frame),
    }
}

fn cut(observed: &Observed) -> Finding {
    let (cut, packets) = sums(observed, |capture| capture.cut_packets);
    // What could not be read because bytes are missing is named so.
    let is_cut = |name: &str| name.ends_with("-cut") || name.ends_with("-cut-short");
    let problems = observed.traffic.problems.iter().chain(observed.problems.iter());
    let lacking: Vec<_> = problems.filter(|(name, _)| is_cut(name)).map(|(_, problem)| problem).collect();
    let short: u64 = lacking.iter().map(|problem| problem.count).sum();
    let first = lacking.iter().map(|problem| problem.first_frame).filter(|frame| *frame > 0).min().unwrap_or_default();
    let numbers = [Number::Plain(cut), Number::Share(cut, packets), Number::Plain(short)];
    match (cut, short) {
        (0, _) => Finding::new(Outcome::Good, &WHOLE, &[]),
        (_, 0) => Finding::new(Outcome::Good, &CUT_CONTENT, &numbers).seen(cut, 0),
        _ => Finding::new(Outcome::Weak, &CUT, &numbers).seen(cut, first),
    }
}

/// Flows of protocols that need an answer, of which one direction alone was captured.
fn directions(views: &[View<'_>]) -> Finding {
    let needs_answer = |view: &&View<'_>| {
        let spoken = ANSWERED.iter().any(|name| view.flow.protocols.contains(name));
        let to_one = ![view.flow.opener.ip(), view.flow.responder.ip()].iter().any(|address| address.is_multicast());
        to_one && (view.flow.protocol == Protocol::Tcp || spoken) && view.flow.packets() >= ANSWER_PACKETS_MIN
    };
    let asked: Vec<_> = views.iter().filter(needs_answer).collect();
    let one_way: Vec<_> = asked.iter().filter(|view| !view.answered()).collect();
    let packets: u64 = asked.iter().map(|view| view.flow.packets()).sum();
    let stray: u64 = one_way.iter().map(|view| view.flow.packets()).sum();
    let count = one_way.len() as u64;
    let numbers = [Number::Plain(count), Number::Plain(asked.len() as u64), Number::Share(stray, packets)];
    let first = one_way.iter().map(|view| view.flow.first.frame).min().unwrap_or_default();
    match () {
        () if asked.is_empty() => Finding::new(Outcome::Unknown, &DIRECTIONS_UNKNOWN, &[]),
        () if count == 0 => Finding::new(Outcome::Good, &BOTH_WAYS, &numbers),
        () if exceeds(stray, packets, STRAY_SHARE) => {
            Finding::new(Outcome::Weak, &ONE_WAY, &numbers).seen(count, first)
        }
        () => Finding::new(Outcome::Good, &FEW_ONE_WAY, &numbers).seen(count, first),
    }
}

fn wire_size(observed: &Observed) -> Finding {
    let quality = &observed.traffic.quality;
    let (segments, datagrams) = (quality.large_segments, quality.large_datagrams);
    let count = segments.count + datagrams.count;
    let largest = segments.measure.max(datagrams.measure);
    let numbers = [Number::Plain(count), Number::Bytes(largest), Number::Plain(datagrams.count)];
    let frames = [segments, datagrams].into_iter().filter(|seen| seen.count > 0).map(|seen| seen.first_frame);
    let first = frames.min().unwrap_or_default();
    match (segments.count, datagrams.count) {
        (0, 0) => Finding::new(Outcome::Good, &WIRE_SIZED, &[]),
        (_, 0) => Finding::new(Outcome::Weak, &LARGE_SEGMENTS, &numbers).seen(count, first),
        _ => Finding::new(Outcome::Weak, &LARGE_DATAGRAMS, &numbers).seen(count, first),
    }
}

fn duplicates(observed: &Observed) -> Finding {
    let doubled: u64 = observed.duplicates.iter().sum();
    let (_, packets) = sums(observed, |_| 0);
    let numbers = [Number::Plain(doubled), Number::Share(doubled, packets)];
    match doubled {
        0 => Finding::new(Outcome::Good, &SINGLE, &[]),
        _ if exceeds(doubled, packets, DOUBLED_SHARE) => {
            Finding::new(Outcome::Weak, &DOUBLED, &numbers).seen(doubled, 0)
        }
        _ => Finding::new(Outcome::Good, &FEW_DOUBLED, &numbers).seen(doubled, 0),
    }
}

fn clock(observed: &Observed) -> Finding {
    let back = observed.traffic.quality.clock_back;
    let parts = observed.traffic.recordings.len() as u64;
    match (back.count, parts) {
        (0, 0) => Finding::new(Outcome::Unknown, &NO_CLOCK, &[]),
        (0, 1) => Finding::new(Outcome::Good, &STEADY, &[]),
        (0, _) => Finding::new(Outcome::Weak, &PARTS, &[Number::Plain(parts)]).seen(parts - 1, 0),
        (count, _) => {
            let numbers = [Number::Plain(count), Number::Seconds(back.measure)];
            Finding::new(Outcome::Weak, &STEPS, &numbers).seen(count, back.first_frame)
        }
    }
}

fn whole_call(meetings: &[Meeting]) -> Finding {
    let begun = meetings.iter().filter(|meeting| meeting.began_before_capture.is_some()).count() as u64;
    let open = meetings.iter().filter(|meeting| meeting.ended_after_capture).count() as u64;
    let either = |meeting: &&Meeting| meeting.began_before_capture.is_some() || meeting.ended_after_capture;
    let count = meetings.iter().filter(either).count() as u64;
    let numbers = [Number::Plain(begun), Number::Plain(open), Number::Plain(meetings.len() as u64)];
    match () {
        () if meetings.is_empty() => Finding::new(Outcome::Unknown, &NO_CALL, &[]),
        () if count == 0 => Finding::new(Outcome::Good, &WHOLE_CALL, &numbers),
        () => Finding::new(Outcome::Weak, &PART_OF_CALL, &numbers).seen(count, 0),
    }
}

/// Whether flows end at one number of packets, as where a program keeps only the first of each.
fn whole_flows(views: &[View<'_>]) -> Finding {
    let counts = || views.iter().filter(|view| view.flow.flows == 1).map(|view| view.flow.packets());
    let longest = counts().max().unwrap_or_default();
    let equal = counts().filter(|count| *count == longest).count();
    match longest {
        0 => Finding::new(Outcome::Unknown, &NO_FLOWS, &[]),
        EQUAL_PACKETS_MIN.. if equal >= EQUAL_FLOWS_MIN => {
            let numbers = [Number::Plain(equal as u64), Number::Plain(longest)];
            Finding::new(Outcome::Weak, &FIRST_PACKETS, &numbers).seen(equal as u64, 0)
        }
        _ => Finding::new(Outcome::Good, &WHOLE_FLOWS, &[]),
    }
}

/// Whether names of the servers in use were asked for within the capture and in clear.
fn names(observed: &Observed, views: &[View<'_>]) -> Finding {
    let answered = |view: &&View<'_>| view.answered() && !is_private(view.sides.remote.ip());
    let mut servers: Vec<_> = views.iter().filter(answered).map(|view| view.sides.remote.ip()).collect();
    servers.sort_unstable();
    servers.dedup();
    let nameless = servers.iter().filter(|address| !observed.traffic.names.contains_key(address)).count() as u64;
    let all = servers.len() as u64;
    let numbers = [Number::Plain(nameless), Number::Plain(all)];
    let secret = views.iter().any(|view| resolver::asks_encrypted(view).is_some());
    match () {
        () if all == 0 => Finding::new(Outcome::Unknown, &NO_SERVERS, &[]),
        () if nameless * 2 <= all => Finding::new(Outcome::Good, &NAMED, &numbers).seen(nameless, 0),
        () if secret => Finding::new(Outcome::Weak, &NAMES_ENCRYPTED, &numbers).seen(nameless, 0),
        () => Finding::new(Outcome::Weak, &NAMES_LACKING, &numbers).seen(nameless, 0),
    }
}

/// Whether frames name their sender and receiver on the link.
fn link(captures: &[Capture]) -> Finding {
    let mut types = captures.iter().flat_map(|capture| &capture.link_types).peekable();
    let (mut cooked, mut bare) = (false, false);
    if types.peek().is_none() {
        return Finding::new(Outcome::Unknown, &NO_LINK, &[]);
    }
    for link in types {
        cooked |= [LinkType::LINUX_SLL, LinkType::LINUX_SLL2].contains(link);
        bare |= ![LinkType::ETHERNET, LinkType::IEEE802_11, LinkType::IEEE802_11_RADIOTAP].contains(link);
    }
    match (cooked, bare) {
        (true, _) => Finding::new(Outcome::Weak, &COOKED, &[]),
        (_, true) => Finding::new(Outcome::Weak, &BARE, &[]),
        _ => Finding::new(Outcome::Good, &LINKED, &[]),
    }
}

/// A number of the captures summed up, and their packets.
fn sums(observed: &Observed, number: impl Fn(&Capture) -> u64) -> (u64, u64) {
    let captures = &observed.captures;
    (captures.iter().map(number).sum(), captures.iter().map(|capture| capture.packets).sum())
}

/// Whether `part` is more than one in `share` of `whole`.
fn exceeds(part: u64, whole: u64, share: u64) -> bool {
    part.saturating_mul(share) > whole
}

macro_rules! words {
    ($($name:ident: $de:literal, $en:literal;)*) => {
        $(static $name: Words = Words { de: $de, en: $en };)*
    };
}

words! {
    NO_DROPS: "Laut Aufzeichnungsprogramm ist kein Paket verloren gegangen.",
        "The capturing program states that no packet was dropped.";
    DROPS: "Laut Aufzeichnungsprogramm gingen Pakete verloren: {0} ({1}). Mengen und Dauern sind damit Mindestwerte.",
        "The capturing program states that packets were dropped: {0} ({1}). Amounts and durations are thus lower bounds.";
    DROPS_UNSTATED: "Das Aufzeichnungsprogramm gibt nicht an, ob Pakete verloren gingen; siehe die nächste Zeile.",
        "The capturing program does not state whether packets were dropped; see the next line.";

    NO_LOSS: "Kein Paketverlust erkennbar: Alle Daten, deren Empfang bestätigt wurde, und alle laufenden Nummern der gesendeten Medien sind enthalten.",
        "No packet loss can be seen: all data whose receipt was acknowledged and all sequence numbers of the media sent are there.";
    LITTLE_LOSS: "Kaum Paketverlust erkennbar. Lücken in Daten, deren Empfang bestätigt wurde: {0} ({1}); fehlende Pakete in gesendeten Medien: {2} ({3}).",
        "Hardly any packet loss can be seen. Gaps in data whose receipt was acknowledged: {0} ({1}); packets missing from the media sent: {2} ({3}).";
    LOSS: "Im Mitschnitt fehlen Pakete. Lücken in Daten, deren Empfang bestätigt wurde: {0} ({1}); fehlende Pakete in gesendeten Medien: {2} ({3}). Mengen und Dauern sind damit Mindestwerte.",
        "Packets are missing from the capture. Gaps in data whose receipt was acknowledged: {0} ({1}); packets missing from the media sent: {2} ({3}). Amounts and durations are thus lower bounds.";
    LOSS_UNKNOWN: "Ob Pakete fehlen, lässt sich nicht prüfen: Es sind weder TCP-Verbindungen noch gesendete Medienströme mit laufenden Nummern enthalten.",
        "Whether packets are missing cannot be checked: there are neither TCP connections nor media sent with sequence numbers.";

    WHOLE: "Alle Pakete sind in voller Länge gespeichert.", "All packets are stored in full length.";
    CUT: "Gekürzt gespeicherte Pakete: {0} ({1}). Angaben, die hinter der Schnittstelle standen, fehlen im Bericht (Fundstellen: {2}).",
        "Packets stored cut: {0} ({1}). What stood behind the cut is missing from the report (places: {2}).";
    CUT_CONTENT: "Gekürzt gespeicherte Pakete: {0} ({1}). Alles, was ausgewertet wird, ist erkennbar enthalten; es fehlen Inhalte. Wann gesprochen wird, lässt sich bei unverschlüsseltem Ton nicht mehr am Ton selbst ablesen.",
        "Packets stored cut: {0} ({1}). All that is analysed is there as far as can be told; content is missing. When somebody speaks can no longer be told from unencrypted sound itself.";

    BOTH_WAYS: "Beide Richtungen sind zu sehen (geprüfte Verbindungen: {1}).",
        "Both directions are seen (connections checked: {1}).";
    FEW_ONE_WAY: "Beide Richtungen sind fast überall zu sehen; bei {0} von {1} geprüften Verbindungen nur eine ({2} der Pakete).",
        "Both directions are seen nearly everywhere; only one of them for {0} of {1} connections checked ({2} of the packets).";
    ONE_WAY: "Bei {0} von {1} geprüften Verbindungen ({2} der Pakete) ist nur eine Richtung zu sehen; was die andere Seite gesendet hat, fehlt. Häufige Ursachen sind ein falsch eingestellter Spiegelport oder getrennte Wege.",
        "For {0} of {1} connections checked ({2} of the packets) only one direction is seen; what the other side sent is missing. Frequent causes are a misconfigured mirror port or separate paths.";
    DIRECTIONS_UNKNOWN: "Ob beide Richtungen zu sehen sind, lässt sich nicht prüfen: Keine Verbindung ist dafür lang genug.",
        "Whether both directions are seen cannot be checked: no connection is long enough.";

    WIRE_SIZED: "Kein Paket ist größer, als ein Ethernet-Netz es überträgt; Anzahl und Größe entsprechen der Leitung.",
        "No packet is larger than an Ethernet carries; counts and sizes are those of the wire.";
    LARGE_SEGMENTS: "TCP-Pakete, die größer sind, als ein gewöhnliches Ethernet-Netz sie überträgt: {0} (bis {1}). Netzwerkkarte oder Betriebssystem haben mehrere zusammengefasst; Anzahl und Größe weichen dort von der Leitung ab. Medien über UDP sind nicht betroffen.",
        "TCP packets larger than an ordinary Ethernet carries: {0} (up to {1}). The network card or the operating system joined several; counts and sizes differ from the wire there. Media over UDP are not affected.";
    LARGE_DATAGRAMS: "Pakete, die größer sind, als ein gewöhnliches Ethernet-Netz sie überträgt: {0} (bis {1}), davon über UDP: {2}. Netzwerkkarte oder Betriebssystem haben mehrere zusammengefasst; Anzahl und Größe, auch von Medienpaketen, weichen von der Leitung ab. Abhilfe: das Zusammenfassen (GRO, LRO, TSO, USO) vor der Aufzeichnung abschalten.",
        "Packets larger than an ordinary Ethernet carries: {0} (up to {1}), of them over UDP: {2}. The network card or the operating system joined several; counts and sizes, of media packets too, differ from the wire. Remedy: switch joining (GRO, LRO, TSO, USO) off before the capture.";

    SINGLE: "Kein Paket ist doppelt aufgezeichnet.", "No packet was captured twice.";
    FEW_DOUBLED: "Doppelt aufgezeichnete Pakete: {0} ({1}); sie sind einfach gezählt.",
        "Packets captured twice: {0} ({1}); they are counted once.";
    DOUBLED: "Doppelt aufgezeichnete Pakete: {0} ({1}), etwa auf zwei Schnittstellen oder an einem Spiegelport für beide Richtungen. Sie sind einfach gezählt; wo ein Paket nicht sicher als Doppel zu erkennen war, können Mengen zu hoch sein.",
        "Packets captured twice: {0} ({1}), as on two interfaces or at a mirror port for both directions. They are counted once; where a packet could not be told for certain to be a duplicate, amounts may be too high.";

    STEADY: "Die Zeitstempel laufen stetig; die Uhr wurde während der Aufzeichnung nicht erkennbar zurückgestellt.",
        "Time stamps run steadily; the clock was not seen to be set back during the capture.";
    STEPS: "Rücksprünge der Zeitstempel: {0} (bis zu {1}). Die Uhr wurde gestellt, oder Aufzeichnungen wurden falsch zusammengefügt; Zeitpunkte und Dauern um diese Stellen sind unsicher.",
        "Steps back of the time stamps: {0} (up to {1}). The clock was set, or captures were joined wrongly; times and durations around these places are uncertain.";
    PARTS: "Der Mitschnitt besteht aus {0} Abschnitten, zwischen denen mehr als eine Stunde liegt: Die Aufzeichnung pausierte, oder die Uhr wurde gestellt.",
        "The capture consists of {0} parts more than an hour from each other: it paused, or the clock was set.";
    NO_CLOCK: "Die Zeitstempel lassen sich nicht prüfen: Der Mitschnitt enthält keine lesbaren Pakete.",
        "Time stamps cannot be checked: the capture holds no readable packets.";

    WHOLE_CALL: "Beginn und Ende sind aufgezeichnet (geprüfte Konferenzen: {2}).",
        "Beginning and end are in the capture (calls checked: {2}).";
    PART_OF_CALL: "Nicht jede Konferenz ist ganz aufgezeichnet: Von {2} liefen {0} schon zu Beginn des Mitschnitts und {1} noch an seinem Ende. Anmeldung, Verbindungsaufbau oder Dauer sind dann unvollständig.",
        "Not every call was captured whole: of {2}, {0} were already running when the capture began and {1} still when it ended. Login, setup or duration are then incomplete.";
    NO_CALL: "Keine Konferenz im Mitschnitt, deren Beginn und Ende zu prüfen wären.",
        "There is no call in the capture whose beginning and end could be checked.";

    WHOLE_FLOWS: "Verbindungen brechen nicht nach einer festen Zahl von Paketen ab.", "Connections do not end after a fixed number of packets.";
    FIRST_PACKETS: "{0} Verbindungen enden nach genau {1} Paketen: Offenbar wurden nur die ersten Pakete jeder Verbindung gespeichert. Dauer und Umfang sind damit Mindestwerte.",
        "{0} connections end after exactly {1} packets: it seems that only the first packets of each were kept. Durations and amounts are thus lower bounds.";
    NO_FLOWS: "Der Mitschnitt enthält keine Verbindungen, die zu prüfen wären.", "The capture holds no connections to check.";

    NAMED: "Namensauflösungen sind enthalten; ohne solche bleiben {0} von {1} öffentlichen Gegenstellen.",
        "Name resolutions are in the capture; {0} of {1} public endpoints are without.";
    NAMES_ENCRYPTED: "Zu {0} von {1} öffentlichen Gegenstellen fehlt die Namensauflösung, denn Namen wurden verschlüsselt erfragt. Die Zuordnung zu Anbietern stützt sich dort auf andere Merkmale.",
        "The name resolution of {0} of {1} public endpoints is missing, as names were asked for in encrypted form. Providers are recognised by other marks there.";
    NAMES_LACKING: "Zu {0} von {1} öffentlichen Gegenstellen fehlt die Namensauflösung: Sie lag vor dem Beginn des Mitschnitts, ging an ihm vorbei oder war verschlüsselt. Die Zuordnung zu Anbietern stützt sich dort auf andere Merkmale.",
        "The name resolution of {0} of {1} public endpoints is missing: it was before the beginning of the capture, passed it by or was encrypted. Providers are recognised by other marks there.";
    NO_SERVERS: "Keine öffentliche Gegenstelle, zu der eine Namensauflösung zu erwarten wäre.",
        "There is no public endpoint that a name resolution would be expected for.";

    LINKED: "Die Pakete nennen Absender und Empfänger im lokalen Netz (Hardwareadressen).",
        "Frames name sender and receiver on the local network (hardware addresses).";
    COOKED: "Aufgezeichnet wurde auf allen Schnittstellen zugleich („any“): Hardwareadressen der Empfänger fehlen, und Pakete können doppelt erscheinen. Besser ist die Aufzeichnung auf einer bestimmten Schnittstelle.",
        "All interfaces were captured at once (“any”): hardware addresses of receivers are missing, and packets may appear twice. A capture on one interface is better.";
    BARE: "Die Aufzeichnung enthält keine Hardwareadressen; Geräte im lokalen Netz sind nur an ihren IP-Adressen zu unterscheiden.",
        "The capture holds no hardware addresses; devices on the local network can be told apart by their IP addresses only.";
    NO_LINK: "Der Mitschnitt enthält keine Pakete, deren Netzschicht zu prüfen wäre.", "The capture holds no packets whose link layer could be checked.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exposure::samples::{Scene, ip};
    use crate::model::Problems;

    fn outcome(scene: Scene, name: &str) -> (String, u64) {
        let checks = scene.findings().self_test;
        let check = checks.into_iter().find(|check| check.check == name).unwrap();
        (check.outcome, check.count)
    }

    fn servers() -> Scene {
        let mut scene = Scene::default().captured_on("10.1.0.1");
        for last in 1..=4 {
            scene.talk("10.1.0.1:6000", &format!("198.51.100.{last}:443"));
        }
        scene
    }

    #[test]
    fn names_of_servers_within_the_capture() {
        assert_eq!(outcome(Scene::default(), "server-names"), ("unknown".into(), 0));
        assert_eq!(outcome(servers(), "server-names"), ("weak".into(), 4));
        let mut named = servers();
        named.names.extend([1, 2].map(|last| (ip(&format!("198.51.100.{last}")), "one.test")));
        assert_eq!(outcome(named, "server-names"), ("good".into(), 2));
    }

    #[test]
    fn an_empty_capture_has_nothing_to_check() {
        let checks = Scene::default().findings().self_test;
        let good: Vec<_> = checks.iter().filter(|check| check.outcome == "good").map(|check| &check.check).collect();
        assert_eq!(good, ["whole-packets", "wire-size", "duplicates"]);
        assert!(checks.iter().all(|check| check.outcome != "weak" && check.first_frame.is_none()));
    }

    #[test]
    fn links_without_hardware_addresses() {
        let capture = |links: &[LinkType]| Capture {
            path: String::new(),
            sha256: String::new(),
            format: String::new(),
            link_types: links.to_vec(),
            packets: 1,
            bytes: 1,
            first: None,
            last: None,
            cut_packets: 0,
            out_of_order: 0,
            dropped: None,
            comments: Vec::new(),
            names: Vec::new(),
            has_secrets: false,
            own_addresses: Vec::new(),
            damage: None,
        };
        let says = |links: &[LinkType]| link(&[capture(links)]).told("link-addresses").says.en;
        assert!(says(&[LinkType::ETHERNET]).contains("name sender and receiver"));
        assert!(says(&[LinkType::ETHERNET, LinkType::LINUX_SLL2]).contains("All interfaces"));
        assert!(says(&[LinkType::RAW]).contains("no hardware addresses"));
        assert!(says(&[]).contains("could be checked"));
        let observed = Observed {
            traffic: Default::default(),
            captures: vec![Capture { dropped: Some(0), ..capture(&[]) }, capture(&[])],
            duplicates: Vec::new(),
            problems: Problems::default(),
        };
        let stated = |observed: &Observed| stated_drops(&observed.captures).told("capture-drops").outcome;
        assert_eq!(stated(&observed), "unknown", "one of two captures says nothing");
    }

    #[test]
    fn shares_are_never_shown_as_nothing() {
        assert_eq!(Number::Share(1, 100_000).text(true), "< 0,1 %");
        assert_eq!(Number::Share(0, 100).text(true), "0,0 %");
        assert_eq!(Number::Share(1, 8).text(false), "12.5 %");
        assert_eq!(Number::Share(3, 0).text(false), "3");
        assert_eq!(Number::Seconds(1_500_000_000).text(true), "1,5 s");
    }
}
