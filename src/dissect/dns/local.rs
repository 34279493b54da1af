//! What devices say of themselves in multicast DNS and LLMNR: only records that the sender answers with or claims,
//! never those that it asks for.

use super::{MDNS_NAME, RECORDS_MAX, Variant, text};
use crate::model::{Evidence, Input, Key, KeyInfo, Observer, Output, Question, Sentence};
use domain::base::message::Section;
use domain::base::record::ParsedRecord;
use domain::base::{Message, ParsedName};
use domain::rdata::{A, Aaaa, Ptr, Txt};
use std::net::IpAddr;

const NEAR: &[Observer] = &[Observer::Network];

/// Name of the device.
pub static MDNS_HOST: Key<String> = Key::new(KeyInfo {
    name: "mdns.host",
    question: Question::Device,
    observers: NEAR,
    doc: "Name that the sender has for its own address, in its own letter case, without `.local`",
    source: "RFC 6762 sections 3 and 8",
    wireshark: "mdns && (dns.a || dns.aaaa)",
    sentence: Some(Sentence {
        de: "Der Gerätename {value} steht unverschlüsselt im lokalen Netz.",
        en: "The device name {value} stands in clear on the local network.",
    }),
});

/// Name that others see.
pub static MDNS_DISPLAY_NAME: Key<String> = Key::new(KeyInfo {
    name: "mdns.display-name",
    question: Question::Device,
    observers: NEAR,
    doc: "Name under which the sender offers a service, or that a service's data give for readers (`fn`)",
    source: "RFC 6763 sections 4.1.1 and 6",
    wireshark: "mdns && (dns.ptr.domain_name || dns.txt)",
    sentence: Some(Sentence {
        de: "Ein Gerät bietet sich im lokalen Netz unter dem Namen {value} an; oft steckt darin ein Personenname.",
        en: "A device offers itself on the local network under the name {value}; often a person's name is part of it.",
    }),
});

/// Service offered.
pub static MDNS_SERVICE: Key<String> = Key::new(KeyInfo {
    name: "mdns.service",
    question: Question::Device,
    observers: NEAR,
    doc: "Service that the sender offers: `_airplay._tcp`, `_ipp._tcp`",
    source: "RFC 6763 sections 4.1.2 and 9",
    wireshark: "mdns && dns.ptr.domain_name",
    sentence: None,
});

/// Model of the device.
pub static MDNS_MODEL: Key<String> = Key::new(KeyInfo {
    name: "mdns.model",
    question: Question::Device,
    observers: NEAR,
    doc: "Model of the device, from the data of a service it offers (`model`, `md`, `am`, `ty`)",
    source: "RFC 6763 section 6",
    wireshark: "mdns && dns.txt",
    sentence: Some(Sentence {
        de: "Ein Gerät gibt im lokalen Netz sein Modell bekannt: {value}.",
        en: "A device tells its model on the local network: {value}.",
    }),
});

/// Version of the system.
pub static MDNS_SYSTEM: Key<String> = Key::new(KeyInfo {
    name: "mdns.system",
    question: Question::Software,
    observers: NEAR,
    doc: "Version of the system, with the name of the field that holds it: `osxvers 21`, `ov 17.5`",
    source: "RFC 6763 section 6",
    wireshark: "mdns && dns.txt",
    sentence: Some(Sentence {
        de: "Ein Gerät gibt im lokalen Netz die Version seines Systems bekannt: {value}.",
        en: "A device tells the version of its system on the local network: {value}.",
    }),
});

/// Name in place of an address.
pub static MDNS_ICE_NAME: Key<String> = Key::new(KeyInfo {
    name: "mdns.ice-name",
    question: Question::Activity,
    observers: NEAR,
    doc: "Random name that a browser uses in place of its address while it prepares a call, without `.local`",
    source: "draft-ietf-mmusic-mdns-ice-candidates section 3.1",
    wireshark: "mdns && dns.qry.name matches \"^[0-9a-f]{8}-\"",
    sentence: Some(Sentence {
        de: "Ein Browser bereitet einen Anruf vor und nennt sich dafür im lokalen Netz {value}; der Zeitpunkt ist für \
             alle Geräte sichtbar.",
        en: "A browser prepares a call and calls itself {value} on the local network for it; every device sees when.",
    }),
});

/// Name of the device.
pub static LLMNR_HOST: Key<String> = Key::new(KeyInfo {
    name: "llmnr.host",
    question: Question::Device,
    observers: NEAR,
    doc: "Name that the sender has for its own address, in its own letter case",
    source: "RFC 4795 section 2.3",
    wireshark: "llmnr && (dns.a || dns.aaaa)",
    sentence: Some(Sentence {
        de: "Der Gerätename {value} steht unverschlüsselt im lokalen Netz.",
        en: "The device name {value} stands in clear on the local network.",
    }),
});

/// Fields of a service's data that name a model: of Apple's services, of Google's and of HomeKit, of AirPlay, of
/// printers.
const MODEL_FIELDS: [&str; 4] = ["model", "md", "am", "ty"];
/// Fields that tell the version of the system.
const SYSTEM_FIELDS: [&str; 2] = ["osxvers", "ov"];
/// Field with a name for readers.
const NAME_FIELD: &str = "fn";
/// Owner of the list of services (RFC 6763 section 9).
const SERVICE_LIST: &str = "_services._dns-sd._udp";
/// Domain of the local network.
const LOCAL: &str = ".local";

/// States what a message of the local network says of its sender, and the names outside of its answer section.
pub(super) fn state(message: &Message<[u8]>, variant: Variant, input: &Input<'_>, out: &mut Output) {
    state_ice_questions(message, input.at, out);
    let answers = message.header().qr();
    for (record, section) in message.iter().take(RECORDS_MAX).filter_map(Result::ok) {
        // A claim of a name stands in the authority section of a question (RFC 6762 section 8.2).
        let claims = section == Section::Authority && !answers;
        let owner = text(&record.owner(), variant);
        if variant == Variant::Multicast && section != Section::Answer && !owner.is_empty() {
            out.facts.state(&MDNS_NAME, owner, input.at);
        }
        if answers || claims {
            Told { record: &record, source: input.source.ip(), at: input.at }.state(variant, out);
        }
    }
}

fn state_ice_questions(message: &Message<[u8]>, at: Evidence, out: &mut Output) {
    for question in message.question().take(RECORDS_MAX).filter_map(Result::ok) {
        let name = plain(question.qname());
        if let Some(name) = ice_name(&name) {
            out.facts.state(&MDNS_ICE_NAME, name.to_owned(), at);
        }
    }
}

/// A record that the sender stands for.
struct Told<'r, 'm> {
    record: &'r ParsedRecord<'m, [u8]>,
    source: IpAddr,
    at: Evidence,
}

impl Told<'_, '_> {
    fn state(&self, variant: Variant, out: &mut Output) {
        let owner = plain(&self.record.owner());
        if let Some(address) = self.address() {
            self.state_host(&owner, address, variant, out);
        } else if let Ok(Some(pointer)) = self.record.to_record::<Ptr<ParsedName<&[u8]>>>() {
            self.state_service(&owner, pointer.data().ptrdname(), out);
        } else if let Ok(Some(text)) = self.record.to_record::<Txt<&[u8]>>() {
            text.data().iter().for_each(|field| self.state_field(field, out));
        }
    }

    fn address(&self) -> Option<IpAddr> {
        if let Ok(Some(address)) = self.record.to_record::<A>() {
            return Some(address.data().addr().into());
        }
        let address = self.record.to_record::<Aaaa>().ok()??;
        Some(address.data().addr().into())
    }

    /// The name of an address. That of the sender's own is the device's; a proxy answers for others.
    fn state_host(&self, owner: &str, address: IpAddr, variant: Variant, out: &mut Output) {
        if let Some(name) = ice_name(owner) {
            out.facts.state(&MDNS_ICE_NAME, name.to_owned(), self.at);
        } else if address == self.source && !owner.is_empty() {
            let key = if variant == Variant::LinkLocal { &LLMNR_HOST } else { &MDNS_HOST };
            out.facts.state(key, without_local(owner).to_owned(), self.at);
        }
    }

    /// A service in the list of all, or an instance of one with its name in the first label.
    fn state_service(&self, owner: &str, target: &ParsedName<&[u8]>, out: &mut Output) {
        let service = without_local(owner);
        if service == SERVICE_LIST {
            let offered = plain(target);
            out.facts.state(&MDNS_SERVICE, without_local(&offered).to_owned(), self.at);
        } else if service.starts_with('_') {
            let kind = service.rsplit("._sub.").next().unwrap_or(service);
            out.facts.state(&MDNS_SERVICE, kind.to_owned(), self.at);
            let instance = target.iter().next().map(|label| String::from_utf8_lossy(label.as_slice()).into_owned());
            if let Some(name) = instance.filter(|name| !name.is_empty() && !name.starts_with('_')) {
                out.facts.state(&MDNS_DISPLAY_NAME, name, self.at);
            }
        }
    }

    /// `key=value` of a service's data (RFC 6763 section 6.4).
    fn state_field(&self, field: &[u8], out: &mut Output) {
        let field = String::from_utf8_lossy(field);
        let Some((key, value)) = field.split_once('=').filter(|(_, value)| !value.is_empty()) else { return };
        let key = key.to_ascii_lowercase();
        if MODEL_FIELDS.contains(&key.as_str()) {
            out.facts.state(&MDNS_MODEL, value.to_owned(), self.at);
        } else if SYSTEM_FIELDS.contains(&key.as_str()) {
            out.facts.state(&MDNS_SYSTEM, format!("{key} {value}"), self.at);
        } else if key == NAME_FIELD {
            out.facts.state(&MDNS_DISPLAY_NAME, value.to_owned(), self.at);
        }
    }
}

/// A name as it stands, labels joined with dots.
fn plain<Octs: AsRef<[u8]>>(name: &ParsedName<Octs>) -> String {
    let labels = name.iter().filter(|label| !label.is_root());
    labels.map(|label| String::from_utf8_lossy(label.as_slice()).into_owned()).collect::<Vec<_>>().join(".")
}

fn without_local(name: &str) -> &str {
    name.strip_suffix(LOCAL).unwrap_or(name)
}

/// A random name of WebRTC: a UUID below `.local`.
fn ice_name(name: &str) -> Option<&str> {
    let name = name.strip_suffix(LOCAL)?;
    let groups: Vec<&str> = name.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let hexadecimal = groups.iter().all(|group| group.bytes().all(|digit| digit.is_ascii_hexdigit()));
    (lengths == [8, 4, 4, 4, 12] && hexadecimal).then_some(name)
}
