//! What RTP can state.

use crate::model::{Key, KeyInfo, Observer, Question, Sentence};

/// Every key of RTP.
pub(super) static ALL: &[&KeyInfo] = &[
    &STREAM.info,
    &REPAIR.info,
    &SCREEN.info,
    &CLEAR_SPEECH.info,
    &AUDIO_LEVEL.info,
    &JITTER.info,
    &LOSS.info,
    &EXTENSION.info,
    &EXTENSION_PROFILE.info,
    &MEDIA_ID.info,
    &ORIENTATION.info,
    &CLOCK_OFFSET.info,
    &CONTRIBUTOR.info,
    &RTCP_MUX.info,
];

const ON_THE_PATH: &[Observer] = &[Observer::Network, Observer::Relay, Observer::Provider];

pub(super) static STREAM: Key<String> = Key::new(KeyInfo {
    name: "rtp.stream",
    question: Question::Activity,
    observers: ON_THE_PATH,
    doc: "One media stream: what it carries, its synchronisation source and its payload type on the wire",
    source: "RFC 3550 section 5.1",
    wireshark: "rtp.ssrc",
    // What the streams of a call show is said of the call.
    sentence: None,
});

pub(super) static REPAIR: Key<String> = Key::new(KeyInfo {
    name: "rtp.repair",
    question: Question::Activity,
    observers: ON_THE_PATH,
    doc: "A stream of retransmissions, error correction or probes, and the source whose time stamps it copies",
    source: "RFC 4588 section 4, RFC 8627 section 4.2.2",
    wireshark: "rtp.ssrc",
    sentence: None,
});

pub(super) static SCREEN: Key<bool> = Key::new(KeyInfo {
    name: "rtp.screen-share",
    question: Question::Activity,
    observers: ON_THE_PATH,
    doc: "A stream announces in clear that it shows a screen and not a camera",
    source: "WebRTC video content type header extension; Michel et al., IMC 2022",
    wireshark: "rtp.ext.rfc5285.data",
    sentence: Some(Sentence {
        de: "Ein Medienstrom gibt unverschlüsselt an, dass er einen geteilten Bildschirm zeigt: Beginn und Dauer der Freigabe sind lesbar.",
        en: "A media stream says in clear that it shows a shared screen: when sharing began and how long it lasted can be read.",
    }),
});

pub(super) static CLEAR_SPEECH: Key<bool> = Key::new(KeyInfo {
    name: "rtp.clear-speech",
    question: Question::Content,
    observers: ON_THE_PATH,
    doc: "Packets of a codec of fixed rate are exactly as long as their speech: it has no authentication tag and so is \
          not encrypted",
    source: "RFC 3551 section 4.5, RFC 3711 section 5.2",
    wireshark: "rtp.payload",
    sentence: Some(Sentence {
        de: "Das gesprochene Wort ist unverschlüsselt: Wer die Pakete hat, kann mithören.",
        en: "The spoken word is not encrypted: whoever has the packets can listen.",
    }),
});

pub(super) static JITTER: Key<String> = Key::new(KeyInfo {
    name: "rtp.jitter",
    question: Question::Activity,
    observers: ON_THE_PATH,
    doc: "Interarrival jitter of a stream where it was captured, in milliseconds: at its end and at most",
    source: "RFC 3550 section 6.4.1 and appendix A.8",
    wireshark: "rtp.analysis",
    sentence: None,
});

pub(super) static LOSS: Key<String> = Key::new(KeyInfo {
    name: "rtp.loss",
    question: Question::Activity,
    observers: ON_THE_PATH,
    doc: "Packets of a stream that never came, came behind later ones, and came again",
    source: "RFC 3550 appendices A.1 and A.3",
    wireshark: "rtp.seq",
    sentence: None,
});

pub(super) static MEDIA_ID: Key<String> = Key::new(KeyInfo {
    name: "rtp.media-id",
    question: Question::Activity,
    observers: ON_THE_PATH,
    doc: "The name that signalling gave the medium of a source (mid), and its layer (rid): streams of one name show the \
          same camera or screen",
    source: "RFC 9143 section 15, RFC 8852 section 3",
    wireshark: "rtp.ext.rfc5285.data",
    sentence: None,
});

pub(super) static ORIENTATION: Key<String> = Key::new(KeyInfo {
    name: "rtp.orientation",
    question: Question::Device,
    observers: ON_THE_PATH,
    doc: "How the camera is held: front or back, mirrored, and clockwise turns; stated where it is not upright",
    source: "3GPP TS 26.114 section 7.4.5",
    wireshark: "rtp.ext.rfc5285.data",
    sentence: Some(Sentence {
        de: "Wie das Gerät gehalten wird und welche Kamera läuft, steht unverschlüsselt dabei: {value}.",
        en: "How the device is held and which camera runs is in clear: {value}.",
    }),
});

pub(super) static CLOCK_OFFSET: Key<String> = Key::new(KeyInfo {
    name: "rtp.clock-offset",
    question: Question::Device,
    observers: ON_THE_PATH,
    doc: "How far the wall clock of the capturing device is ahead of the clock of this capture, less the packet's way, \
          in milliseconds",
    source: "WebRTC absolute capture time header extension",
    wireshark: "rtp.ext.rfc5285.data",
    sentence: Some(Sentence {
        de: "Die Uhrzeit des aufnehmenden Geräts steht unverschlüsselt in den Paketen (Abweichung {value}); eine gleichbleibende Abweichung verbindet Gespräche desselben Geräts.",
        en: "The wall clock of the capturing device is in clear in the packets (off by {value}); an offset that stays the same links calls of one device.",
    }),
});

pub(super) static RTCP_MUX: Key<bool> = Key::new(KeyInfo {
    name: "rtp.rtcp-mux",
    question: Question::Software,
    observers: ON_THE_PATH,
    doc: "Media and reports about them share a pair of ports",
    source: "RFC 5761 section 5",
    wireshark: "rtcp",
    sentence: None,
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
    doc: "A header extension element, named by how its values look and behave: audio-level, csrc-audio-level, \
          abs-send-time, transport-cc, abs-capture-time, mid, rid, video-orientation, content-type, playout-delay, \
          transmission-offset, video-timing, color-space, dependency-descriptor; cryptex or encrypted where they \
          cannot be read",
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
