//! SSDP (UPnP Device Architecture 2.0, section 1): devices and programs on the local network seek each other and say
//! what they are.

use super::head::{self, Head};
use super::{Carrier, Dissector, Protocol, needs};
use crate::model::{Evidence, Input, Key, KeyInfo, Observer, Output, Piece, Question, Sentence, Step};

/// The protocol.
pub static PROTOCOL: Protocol = Protocol {
    name: "ssdp",
    summary: "SSDP: devices and programs on the local network say what they are and what they seek",
    source: "UPnP Device Architecture 2.0 section 1",
    carrier: Carrier::Datagram,
    recognise,
    needs: needs::whole,
    create: || Box::new(Ssdp),
    keys: &[&SERVER.info, &USER_AGENT.info, &TARGET.info, &LOCATION.info, &UNIQUE_NAME.info],
};

const NEAR: &[Observer] = &[Observer::Network];

/// System and program of a device.
pub static SERVER: Key<String> = Key::new(KeyInfo {
    name: "ssdp.server",
    question: Question::Software,
    observers: NEAR,
    doc: "System, UPnP version and product that a device states of itself",
    source: "UPnP Device Architecture 2.0 sections 1.2.2 and 1.3.3",
    wireshark: "http.server",
    sentence: Some(Sentence {
        de: "Ein Gerät im lokalen Netz nennt sein System und Produkt: {value}.",
        en: "A device on the local network names its system and product: {value}.",
    }),
});

/// Program that seeks.
pub static USER_AGENT: Key<String> = Key::new(KeyInfo {
    name: "ssdp.user-agent",
    question: Question::Software,
    observers: NEAR,
    doc: "Program and system that seek devices: browsers do so with their version",
    source: "UPnP Device Architecture 2.0 section 1.3.2",
    wireshark: "http.user_agent",
    sentence: Some(Sentence {
        de: "Das Programm {value} sucht im lokalen Netz nach Geräten und nennt dabei Fassung und System.",
        en: "The program {value} seeks devices on the local network and thereby tells its version and system.",
    }),
});

/// What is sought or offered.
pub static TARGET: Key<String> = Key::new(KeyInfo {
    name: "ssdp.target",
    question: Question::Device,
    observers: NEAR,
    doc: "Kind of device or service that is sought or offered",
    source: "UPnP Device Architecture 2.0 sections 1.2.2 and 1.3.2",
    wireshark: "ssdp",
    sentence: None,
});

/// Where a device describes itself.
pub static LOCATION: Key<String> = Key::new(KeyInfo {
    name: "ssdp.location",
    question: Question::Device,
    observers: NEAR,
    doc: "Address at which a device describes itself: maker, model, serial number",
    source: "UPnP Device Architecture 2.0 section 1.2.2",
    wireshark: "http.location",
    sentence: None,
});

/// Lasting identifier.
pub static UNIQUE_NAME: Key<String> = Key::new(KeyInfo {
    name: "ssdp.unique-name",
    question: Question::Device,
    observers: NEAR,
    doc: "Identifier of a device, which stays the same: `uuid:…`, without what it offers",
    source: "UPnP Device Architecture 2.0 section 1.1.4",
    wireshark: "ssdp",
    sentence: None,
});

/// Port of the protocol.
const PORT: u16 = 1900;
/// Starts of its three kinds of message.
const STARTS: [&[u8]; 3] = [b"NOTIFY * HTTP/1.", b"M-SEARCH * HTTP/1.", b"HTTP/1.1 200"];

fn recognise(input: &Input<'_>) -> bool {
    input.piece == Piece::Datagram
        && (input.source.port() == PORT || input.destination.port() == PORT)
        && STARTS.iter().any(|start| input.bytes.starts_with(start))
}

/// Every message stands for itself.
#[derive(Clone)]
struct Ssdp;

impl Dissector for Ssdp {
    fn read<'p>(&mut self, input: &Input<'p>, out: &mut Output) -> Step<'p> {
        state(&Head::new(input.bytes), input.at, out);
        if input.cut > 0 && head::length(input.bytes).is_none() {
            out.problems.count("ssdp.message-cut", input.at.capture, input.at.frame);
        }
        Step::Taken
    }
}

fn state(head: &Head<'_>, at: Evidence, out: &mut Output) {
    let fields: [(&[&str], &'static Key<String>); 4] =
        [(&["server"], &SERVER), (&["user-agent"], &USER_AGENT), (&["st", "nt"], &TARGET), (&["location"], &LOCATION)];
    for (names, key) in fields {
        if let Some(value) = head.value(names).filter(|value| !value.is_empty()) {
            out.facts.state(key, value, at);
        }
    }
    let unique = head.value(&["usn"]).unwrap_or_default();
    let device = unique.split("::").next().unwrap_or_default();
    if device.starts_with("uuid:") {
        out.facts.state(&UNIQUE_NAME, device.to_owned(), at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Direction, Timestamp};

    const NOTIFY: &[u8] = b"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNT: upnp:rootdevice\r\n\
        LOCATION: http://192.0.2.9:80/desc.xml\r\nServer: Linux/3.4, UPnP/1.0, Example/2\r\n\
        USN: uuid:00000000-1111-2222-3333-444444444444::upnp:rootdevice\r\n\r\n";
    const SEARCH: &[u8] =
        b"M-SEARCH * HTTP/1.1\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: urn:dial-multiscreen-org:service:dial:1\r\n\
        USER-AGENT: Example Browser/111.0 Windows\r\n\r\n";

    fn read(bytes: &[u8], port: u16) -> Option<Output> {
        let at = Evidence { capture: 0, frame: 1, time: Timestamp::default(), direction: Direction::Forward };
        let (source, destination) = (([192, 0, 2, 9], 40_000).into(), ([239, 255, 255, 250], port).into());
        let direction = Direction::Forward;
        let input = Input { bytes, piece: Piece::Datagram, direction, at, source, destination, cut: 0, tunnel: None };
        let mut out = Output::default();
        recognise(&input).then(|| Ssdp.read(&input, &mut out))?;
        Some(out)
    }

    fn stated(bytes: &[u8]) -> Vec<String> {
        let out = read(bytes, PORT).unwrap();
        out.facts.iter().map(|fact| format!("{} {}", fact.key.name, fact.value)).collect()
    }

    #[test]
    fn a_device_says_what_it_is() {
        let expected = [
            "ssdp.server Linux/3.4, UPnP/1.0, Example/2",
            "ssdp.target upnp:rootdevice",
            "ssdp.location http://192.0.2.9:80/desc.xml",
            "ssdp.unique-name uuid:00000000-1111-2222-3333-444444444444",
        ];
        assert_eq!(stated(NOTIFY), expected);
    }

    #[test]
    fn a_program_says_what_it_seeks() {
        let expected =
            ["ssdp.user-agent Example Browser/111.0 Windows", "ssdp.target urn:dial-multiscreen-org:service:dial:1"];
        assert_eq!(stated(SEARCH), expected);
    }

    #[test]
    fn other_ports_and_requests_are_not_ssdp() {
        assert!(read(SEARCH, 1901).is_none());
        assert!(read(b"GET / HTTP/1.1\r\n\r\n", PORT).is_none());
    }

    #[test]
    fn no_prefix_and_no_flipped_byte_panics() {
        for sample in [NOTIFY, SEARCH] {
            for length in 0..=sample.len() {
                read(&sample[..length], PORT);
            }
            for at in 0..sample.len() {
                let mut bytes = sample.to_vec();
                for value in [bytes[at] ^ 0xff, b'\n', b':'] {
                    bytes[at] = value;
                    read(&bytes, PORT);
                }
            }
        }
    }
}
