//! What RTP can state.

use crate::model::{Key, KeyInfo, Observer, Question, Sentence};

/// Every key of RTP.
pub(super) static ALL: &[&KeyInfo] =
    &[&STREAM.info, &AUDIO_LEVEL.info, &EXTENSION.info, &EXTENSION_PROFILE.info, &CONTRIBUTOR.info];

const ON_THE_PATH: &[Observer] = &[Observer::Network, Observer::Relay, Observer::Provider];

pub(super) static STREAM: Key<String> = Key::new(KeyInfo {
    name: "rtp.stream",
    question: Question::Activity,
    observers: ON_THE_PATH,
    doc: "One media stream: what it carries, its synchronisation source and its payload type on the wire",
    source: "RFC 3550 section 5.1",
    wireshark: "rtp.ssrc",
    sentence: Some(Sentence {
        de: "Art, Dauer und Umfang dieses Medienstroms sind lesbar, auch wenn der Inhalt verschlüsselt ist: {value}.",
        en: "Kind, duration and volume of this media stream can be read, even where its content is encrypted: {value}.",
    }),
});

pub(super) static AUDIO_LEVEL: Key<bool> = Key::new(KeyInfo {
    name: "rtp.audio-level",
    question: Question::Activity,
    observers: ON_THE_PATH,
    doc: "Every audio packet carries its loudness in clear (0 to 127 dB below overload)",
    source: "RFC 6464 section 3",
    wireshark: "rtp.ext.rfc5285.data",
    sentence: Some(Sentence {
        de: "Die Lautstärke jedes Tonpakets steht unverschlüsselt dabei: Wer wann spricht oder schweigt, lässt sich mitlesen.",
        en: "The loudness of every audio packet is in clear: when somebody speaks or is silent can be read along.",
    }),
});

pub(super) static EXTENSION: Key<String> = Key::new(KeyInfo {
    name: "rtp.extension",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "A header extension element, named by the shape of its values: audio-level, abs-send-time, transport-cc, \
          abs-capture-time, mid, or cryptex for encrypted elements",
    source: "RFC 8285 section 4; RFC 9335 section 4",
    wireshark: "rtp.ext.rfc5285.id",
    sentence: None,
});

pub(super) static EXTENSION_PROFILE: Key<String> = Key::new(KeyInfo {
    name: "rtp.extension-profile",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "Profile of the header extension in hexadecimal: 0xbede one-byte elements, 0x1000 two-byte elements, \
          0xdebe as WhatsApp has it, 0xc0de and 0xc2de encrypted",
    source: "RFC 3550 section 5.3.1; RFC 9335 section 4",
    wireshark: "rtp.ext.profile",
    sentence: None,
});

pub(super) static CONTRIBUTOR: Key<u64> = Key::new(KeyInfo {
    name: "rtp.csrc",
    question: Question::WithWhom,
    observers: ON_THE_PATH,
    doc: "A contributing source: the participant whose sound or picture a server passed on",
    source: "RFC 3550 section 5.1",
    wireshark: "rtp.csrc.item",
    sentence: Some(Sentence {
        de: "Der Medienstrom nennt die Quelle, die gerade zu hören oder zu sehen ist (Nummer {value}).",
        en: "The media stream names the source that is heard or seen at the moment (number {value}).",
    }),
});
