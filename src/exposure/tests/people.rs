use crate::exposure::Findings;
use crate::exposure::samples::Scene;

const LOCAL: &str = "192.168.1.5:40000";
const PEER: &str = "203.0.113.9:50000";
/// A media server of Zoom by its address range.
const SERVER: &str = "170.114.1.1:8801";

/// RTP with the loudness that `level` gives for each packet (RFC 6464), one packet every 20 ms for `seconds`.
fn voice(scene: &mut Scene, from: &str, to: &str, ssrc: u32, seconds: i64, level: impl Fn(i64) -> Option<u8>) {
    for number in 0..seconds * 50 {
        let Some(level) = level(number) else { continue };
        let mut packet = vec![0x90, 111];
        packet.extend((number as u16).to_be_bytes());
        packet.extend((number as u32 * 960).to_be_bytes());
        packet.extend(ssrc.to_be_bytes());
        packet.extend([0xbe, 0xde, 0, 1, 0x10, 0x80 | level, 0, 0]);
        packet.extend([7; 60]);
        scene.plain(1000 + number * 20, from, to).payload = packet;
    }
}

fn told(findings: &Findings, key: &str) -> Vec<String> {
    findings.exposures.iter().filter(|entry| entry.key == key).map(|entry| entry.statement.de.clone()).collect()
}

#[test]
fn speech_and_a_muted_microphone_are_told_with_their_times() {
    let mut scene = Scene::default();
    let own = |number: i64| match number {
        100..200 => Some(25),
        300..500 => Some(127),
        _ => Some(70),
    };
    voice(&mut scene, LOCAL, PEER, 1, 20, own);
    voice(&mut scene, PEER, LOCAL, 2, 20, |number| (!(500..700).contains(&number)).then_some(70));
    let findings = scene.findings();
    let sentence = "Wann die erfasste Seite spricht, ist ohne Entschlüsselung abzulesen: 2 Sekunden in einem Abschnitt, \
                    aus der Lautstärke, die jedes Paket unverschlüsselt nennt (RFC 6464).";
    assert_eq!(told(&findings, "talk"), [sentence]);
    let quiet = told(&findings, "silent-or-muted");
    assert_eq!(quiet.len(), 2);
    assert!(quiet[0].starts_with("Von der erfassten Seite kam kein Ton: 05:33:27–05:33:31 UTC;"), "{}", quiet[0]);
    assert!(quiet[1].starts_with("Von Person 2 kam kein Ton: 05:33:30–05:33:35 UTC;"), "{}", quiet[1]);
    let people: Vec<_> = findings.meetings[0].participants_seen.iter().map(|person| person.basis.as_str()).collect();
    assert_eq!(people, ["captured-side", "direct-path"]);
    assert_eq!(told(&findings, "presence").len(), 1);
}

#[test]
fn voices_one_after_another_can_be_one_person_and_at_once_cannot() {
    let least = |second_at: i64| {
        let mut scene = Scene::default();
        scene.sound(1_000..9_000, LOCAL, SERVER, 1);
        scene.sound(1_000..4_000, SERVER, LOCAL, 2);
        scene.sound(second_at..second_at + 3_000, SERVER, LOCAL, 3);
        scene.findings().meetings[0].participants.clone()
    };
    assert_eq!((least(5_000).at_least, least(2_000).at_least), (2, 3));
    assert_eq!(least(2_000).basis, "received-voices");
}
