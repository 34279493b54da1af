//! What a DHCP message can state.

use crate::model::{Key, KeyInfo, Observer, Question, Sentence};
use std::net::IpAddr;

const NEAR: &[Observer] = &[Observer::Network];

/// Name of the device.
pub static HOST_NAME: Key<String> = Key::new(KeyInfo {
    name: "dhcp.host-name",
    question: Question::Device,
    observers: NEAR,
    doc: "Name that the device gives itself when it asks for an address",
    source: "RFC 2132 section 3.14",
    wireshark: "dhcp.option.hostname",
    sentence: Some(Sentence {
        de: "Der Gerätename {value} steht unverschlüsselt im lokalen Netz, sobald das Gerät eine Adresse anfordert.",
        en: "The device name {value} stands in clear on the local network whenever the device asks for an address.",
    }),
});

/// Full name of the device.
pub static FQDN: Key<String> = Key::new(KeyInfo {
    name: "dhcp.fqdn",
    question: Question::Device,
    observers: NEAR,
    doc: "Name with domain that the device wants in the DNS",
    source: "RFC 4702 section 2",
    wireshark: "dhcp.fqdn.name",
    sentence: Some(Sentence {
        de: "Der Gerätename {value} steht unverschlüsselt im lokalen Netz und soll ins Namensverzeichnis.",
        en: "The device name {value} stands in clear on the local network and is meant for the name directory.",
    }),
});

/// Program that asks.
pub static VENDOR_CLASS: Key<String> = Key::new(KeyInfo {
    name: "dhcp.vendor-class",
    question: Question::Software,
    observers: NEAR,
    doc: "Vendor class that a device or server states of itself: often system or program with version",
    source: "RFC 2132 section 9.13",
    wireshark: "dhcp.option.vendor_class_id",
    sentence: Some(Sentence {
        de: "Ein Gerät im lokalen Netz nennt unverschlüsselt sein System oder Programm: {value}.",
        en: "A device on the local network names its system or program in clear: {value}.",
    }),
});

/// What it asks for.
pub static PARAMETERS: Key<String> = Key::new(KeyInfo {
    name: "dhcp.parameters",
    question: Question::Device,
    observers: NEAR,
    doc: "Numbers of the options asked for, in order, with commas: typical of a system",
    source: "RFC 2132 section 9.8",
    wireshark: "dhcp.option.request_list_item",
    sentence: None,
});

/// Lasting identifier.
pub static CLIENT_ID: Key<String> = Key::new(KeyInfo {
    name: "dhcp.client-id",
    question: Question::Device,
    observers: NEAR,
    doc: "Client identifier in hexadecimal, its type first",
    source: "RFC 2132 section 9.14, RFC 4361 section 6.1",
    wireshark: "dhcp.option.dhcp_client_id",
    sentence: None,
});

/// Address on the link.
pub static LINK_ADDRESS: Key<String> = Key::new(KeyInfo {
    name: "dhcp.link-address",
    question: Question::Device,
    observers: NEAR,
    doc: "Link address of the client",
    source: "RFC 2131 section 2",
    wireshark: "dhcp.hw.mac_addr",
    sentence: None,
});

/// Joined statement of one client.
pub static CLIENT: Key<String> = Key::new(KeyInfo {
    name: "dhcp.client",
    question: Question::Device,
    observers: NEAR,
    doc: "Link address of a client, one of `name`, `class`, `parameters`, `address`, and its value: whose the others are",
    source: "RFC 2131 section 2",
    wireshark: "dhcp",
    sentence: None,
});

/// Wanted address.
pub static REQUESTED_ADDRESS: Key<IpAddr> = Key::new(KeyInfo {
    name: "dhcp.requested-address",
    question: Question::Where,
    observers: NEAR,
    doc: "Address that the device asks for: usually the one that it had before, perhaps in another network",
    source: "RFC 2132 section 9.1",
    wireshark: "dhcp.option.requested_ip_address",
    sentence: None,
});

/// Given address.
pub static ASSIGNED_ADDRESS: Key<IpAddr> = Key::new(KeyInfo {
    name: "dhcp.assigned-address",
    question: Question::Device,
    observers: NEAR,
    doc: "Address that the server acknowledges",
    source: "RFC 2131 section 2",
    wireshark: "dhcp.ip.your",
    sentence: None,
});

/// Router.
pub static ROUTER: Key<IpAddr> = Key::new(KeyInfo {
    name: "dhcp.router",
    question: Question::Where,
    observers: NEAR,
    doc: "Router of the network",
    source: "RFC 2132 section 3.5",
    wireshark: "dhcp.option.router",
    sentence: None,
});

/// Name of the network.
pub static DOMAIN: Key<String> = Key::new(KeyInfo {
    name: "dhcp.domain",
    question: Question::Where,
    observers: NEAR,
    doc: "Domain name of the network",
    source: "RFC 2132 section 3.17",
    wireshark: "dhcp.option.domain_name",
    sentence: Some(Sentence {
        de: "Das Netz nennt sich {value}; wer mitliest, erkennt daran oft Firma, Anschluss oder Router.",
        en: "The network calls itself {value}; this often shows a company, a line or a router to whoever reads along.",
    }),
});

/// Name servers.
pub static NAME_SERVER: Key<IpAddr> = Key::new(KeyInfo {
    name: "dhcp.name-server",
    question: Question::Provider,
    observers: NEAR,
    doc: "Name server that the network assigns to its devices",
    source: "RFC 2132 section 3.8",
    wireshark: "dhcp.option.domain_name_server",
    sentence: Some(Sentence {
        de: "Das Netz weist den Geräten {value} als Namensauflöser zu: Er erfährt, nach welchen Diensten gefragt wird.",
        en: "The network assigns {value} to its devices as name resolver: it learns which services are asked for.",
    }),
});
