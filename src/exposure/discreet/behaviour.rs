//! Leaves out what single participants did: who spoke, was silent, showed a picture or a screen, came and went. That
//! such a thing can be read at all stays said, once a call, without whose it is, without times and frames.

use super::keys::is_behaviour;
use crate::exposure::findings::{Bilingual, ExposureEntry, Findings, FlowEntry, Meeting};
use std::collections::BTreeSet;

/// Fields of a call that are emptied.
const FIELDS: [&str; 2] = ["participants_seen", "streams"];

/// Protocols of the media: the frames that show their facts are those in which somebody's sound or picture begins.
const MEDIA: [&str; 5] = ["rtp.", "rtcp.", "zoom.", "tencent.", "wechat.voice"];
/// How the report names that those frames are left out.
const MEDIA_EVIDENCE: &str = "evidence-of-media";

/// (key of the exposure, German, English): what is still said of it.
const STILL_SAID: [(&str, &str, &str); 9] = [
    (
        "talk",
        "Wann einzelne Personen sprechen, ist ohne Entschlüsselung abzulesen.",
        "When single persons speak can be read without decryption.",
    ),
    (
        "silent-or-muted",
        "Wann von einzelnen Personen kein Ton kam, ist abzulesen.",
        "When no sound came from single persons can be read.",
    ),
    (
        "camera-off",
        "Wann die Kamera einzelner Personen aus war, ist abzulesen.",
        "When the camera of single persons was off can be read.",
    ),
    (
        "screen-share",
        "Ob und wann einzelne Personen ihren Bildschirm teilten, ist abzulesen.",
        "Whether and when single persons shared a screen can be read.",
    ),
    (
        "presence",
        "Wann einzelne Personen dabei waren, ist an den Medien zu erkennen.",
        "The media show when single persons were there.",
    ),
    (
        "media-sent",
        "Wann Mikrofon und Kamera der erfassten Seite in Betrieb waren, ist zu erkennen.",
        "It shows when microphone and camera of the captured side were in use.",
    ),
    (
        "rtcp.bye",
        "Wann einzelne Personen die Konferenz verlassen, steht unverschlüsselt in den Paketen.",
        "When single persons leave the call is told in clear.",
    ),
    (
        "rtcp.report",
        "Wer wessen Medien empfängt, steht unverschlüsselt in den Paketen.",
        "Who receives whose media is told in clear.",
    ),
    (
        "rtp.stream",
        "Art, Dauer und Umfang der einzelnen Medienströme sind abzulesen, auch wo ihr Inhalt verschlüsselt ist.",
        "Kind, duration and volume of single media streams can be read, even where their content is encrypted.",
    ),
];
const LEFT_OUT: (&str, &str) =
    (" Einzelheiten sind auf Wunsch weggelassen (--minimise).", " Details are left out on demand (--minimise).");

/// Empties and shortens `findings`, and notes what is left out.
pub(super) fn minimise(findings: &mut Findings) {
    let mut left_out: BTreeSet<String> = FIELDS.iter().map(|field| format!("meetings.{field}")).collect();
    findings.meetings.iter_mut().for_each(empty);
    findings.flows.iter_mut().for_each(|flow| thin_out(flow, &mut left_out));
    shorten(findings, &mut left_out);
    forget_missing(findings);
    findings.handling.left_out = left_out.into_iter().collect();
}

fn thin_out(flow: &mut FlowEntry, left_out: &mut BTreeSet<String>) {
    flow.facts.retain(|fact| {
        let goes = is_behaviour(&fact.key);
        if goes {
            left_out.insert(fact.key.clone());
        }
        !goes
    });
    for fact in flow.facts.iter_mut().filter(|fact| is_of_media(&fact.key) && !fact.evidence.is_empty()) {
        fact.evidence.clear();
        left_out.insert(MEDIA_EVIDENCE.to_owned());
    }
}

/// Exposures of behaviour are said in general, once a call.
fn shorten(findings: &mut Findings, left_out: &mut BTreeSet<String>) {
    let before: Vec<_> = std::mem::take(&mut findings.exposures);
    let mut told: BTreeSet<(Option<String>, String)> = BTreeSet::new();
    for mut exposure in before {
        if is_of_media(&exposure.key) {
            exposure.evidence.clear();
        }
        if !is_behaviour(&exposure.key) {
            findings.exposures.push(exposure);
            continue;
        }
        left_out.insert(exposure.key.clone());
        if let Some(short) = shortened(&exposure)
            && told.insert((exposure.meeting.clone(), exposure.key.clone()))
        {
            findings.exposures.push(short);
        }
    }
}

fn is_of_media(key: &str) -> bool {
    MEDIA.iter().any(|protocol| key.starts_with(protocol))
}

fn empty(meeting: &mut Meeting) {
    meeting.streams.clear();
    meeting.participants_seen.clear();
}

fn shortened(exposure: &ExposureEntry) -> Option<ExposureEntry> {
    let (_, de, en) = STILL_SAID.iter().find(|(key, ..)| *key == exposure.key)?;
    let statement = Bilingual { de: format!("{de}{}", LEFT_OUT.0), en: format!("{en}{}", LEFT_OUT.1) };
    Some(ExposureEntry { value: String::new(), statement, evidence: Vec::new(), ..exposure.clone() })
}

/// Advice rests on what is still there.
fn forget_missing(findings: &mut Findings) {
    let ids: BTreeSet<&str> = findings.exposures.iter().map(|exposure| exposure.id.as_str()).collect();
    for advice in &mut findings.recommendations {
        advice.because.retain(|id| !id.starts_with('x') || ids.contains(id.as_str()));
    }
}
