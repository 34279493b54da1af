//! What a DHCPv6 message can state.

use crate::model::{Key, KeyInfo, Observer, Question, Sentence};
use std::net::IpAddr;

const NEAR: &[Observer] = &[Observer::Network];

/// Lasting identifier.
pub static DUID: Key<String> = Key::new(KeyInfo {
    name: "dhcpv6.duid",
    question: Question::Device,
    observers: NEAR,
    doc: "Unique identifier of the client in hexadecimal, its type first; it stays the same in every network",
    source: "RFC 8415 section 11",
    wireshark: "dhcpv6.duid.bytes",
    sentence: Some(Sentence {
        de: "Das Gerät zeigt im lokalen Netz eine Kennung, die in jedem Netz dieselbe bleibt: {value}.",
        en: "The device shows an identifier on the local network that stays the same in every network: {value}.",
    }),
});

/// Address on the link.
pub static LINK_ADDRESS: Key<String> = Key::new(KeyInfo {
    name: "dhcpv6.link-address",
    question: Question::Device,
    observers: NEAR,
    doc: "Link address within the client's identifier: it may be that of another interface of the same device",
    source: "RFC 8415 sections 11.2 and 11.4",
    wireshark: "dhcpv6.duidll.link_layer_addr || dhcpv6.duidllt.link_layer_addr",
    sentence: None,
});

/// Age of the identifier.
pub static DUID_DAY: Key<String> = Key::new(KeyInfo {
    name: "dhcpv6.duid-day",
    question: Question::Device,
    observers: NEAR,
    doc: "Day on which the client's identifier was made, in UTC: often that of the system's installation",
    source: "RFC 8415 section 11.2",
    wireshark: "dhcpv6.duidllt.time",
    sentence: Some(Sentence {
        de: "Die Kennung des Geräts nennt den Tag, an dem sie gebildet wurde, oft den der Einrichtung: {value}.",
        en: "The device's identifier names the day on which it was made, often that of the installation: {value}.",
    }),
});

/// Full name of the device.
pub static FQDN: Key<String> = Key::new(KeyInfo {
    name: "dhcpv6.fqdn",
    question: Question::Device,
    observers: NEAR,
    doc: "Name that the device gives itself, with its domain if it knows one",
    source: "RFC 4704 section 4",
    wireshark: "dhcpv6.client_fqdn",
    sentence: Some(Sentence {
        de: "Der Gerätename {value} steht unverschlüsselt im lokalen Netz, sobald das Gerät eine Adresse anfordert.",
        en: "The device name {value} stands in clear on the local network whenever the device asks for an address.",
    }),
});

/// Program that asks.
pub static VENDOR_CLASS: Key<String> = Key::new(KeyInfo {
    name: "dhcpv6.vendor-class",
    question: Question::Software,
    observers: NEAR,
    doc: "Vendor class that a client states of itself, behind the enterprise number: `311 MSFT 5.0`",
    source: "RFC 8415 section 21.16",
    wireshark: "dhcpv6.vendorclass.data",
    sentence: Some(Sentence {
        de: "Ein Gerät im lokalen Netz nennt unverschlüsselt sein System oder Programm: {value}.",
        en: "A device on the local network names its system or program in clear: {value}.",
    }),
});

/// What it asks for.
pub static OPTIONS: Key<String> = Key::new(KeyInfo {
    name: "dhcpv6.options",
    question: Question::Device,
    observers: NEAR,
    doc: "Numbers of the options asked for, in order, with commas: typical of a system",
    source: "RFC 8415 section 21.7",
    wireshark: "dhcpv6.requested_option_code",
    sentence: None,
});

/// Given address.
pub static ADDRESS: Key<IpAddr> = Key::new(KeyInfo {
    name: "dhcpv6.address",
    question: Question::Device,
    observers: NEAR,
    doc: "Address that is asked for or assigned",
    source: "RFC 8415 section 21.6",
    wireshark: "dhcpv6.iaaddr.ip",
    sentence: None,
});

/// Name servers.
pub static NAME_SERVER: Key<IpAddr> = Key::new(KeyInfo {
    name: "dhcpv6.name-server",
    question: Question::Provider,
    observers: NEAR,
    doc: "Name server that the network assigns to its devices",
    source: "RFC 3646 section 3",
    wireshark: "dhcpv6.dns_server",
    sentence: Some(Sentence {
        de: "Das Netz weist den Geräten {value} als Namensauflöser zu: Er erfährt, nach welchen Diensten gefragt wird.",
        en: "The network assigns {value} to its devices as name resolver: it learns which services are asked for.",
    }),
});

/// Name of the network.
pub static DOMAIN: Key<String> = Key::new(KeyInfo {
    name: "dhcpv6.domain",
    question: Question::Where,
    observers: NEAR,
    doc: "Domain that names are completed with in this network",
    source: "RFC 3646 section 4",
    wireshark: "dhcpv6.search_list_entry",
    sentence: Some(Sentence {
        de: "Das Netz nennt sich {value}; wer mitliest, erkennt daran oft Firma, Anschluss oder Router.",
        en: "The network calls itself {value}; this often shows a company, a line or a router to whoever reads along.",
    }),
});
