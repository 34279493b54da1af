//! What NetBIOS name service, datagrams and browser announcements can state.

use crate::model::{Key, KeyInfo, Observer, Question, Sentence};

const NEAR: &[Observer] = &[Observer::Network];

/// Names sought.
pub static NAME: Key<String> = Key::new(KeyInfo {
    name: "nbns.name",
    question: Question::Device,
    observers: NEAR,
    doc: "NetBIOS name asked for, with its kind in hexadecimal: `FILESERVER<20>`; other bytes than letters likewise",
    source: "RFC 1001 section 14.1, RFC 1002 section 4.2",
    wireshark: "nbns.name",
    sentence: Some(Sentence {
        de: "Im lokalen Netz wird der Rechner oder die Gruppe {value} für alle Geräte lesbar gesucht.",
        en: "On the local network the computer or group {value} is sought, readable by every device.",
    }),
});

/// Name of the device.
pub static HOST: Key<String> = Key::new(KeyInfo {
    name: "nbns.host",
    question: Question::Device,
    observers: NEAR,
    doc: "Name that the sender claims for itself as a computer (kinds 00 and 20, no group)",
    source: "RFC 1002 sections 4.2.2 and 4.2.18",
    wireshark: "nbns.flags.opcode == 5 || nbns.type == 33",
    sentence: Some(Sentence {
        de: "Der Gerätename {value} steht unverschlüsselt im lokalen Netz.",
        en: "The device name {value} stands in clear on the local network.",
    }),
});

/// Name of a user.
pub static USER: Key<String> = Key::new(KeyInfo {
    name: "nbns.user",
    question: Question::Who,
    observers: NEAR,
    doc: "Name for messages that the sender claims (kind 03), where it is not the computer's: that of the person signed in",
    source: "RFC 1002 section 4.2.18, MS-NBTE section 2.2",
    wireshark: "nbns.name contains \"<03>\"",
    sentence: Some(Sentence {
        de: "Das Benutzerkonto {value} steht unverschlüsselt im lokalen Netz.",
        en: "The user account {value} stands in clear on the local network.",
    }),
});

/// Group of devices.
pub static GROUP: Key<String> = Key::new(KeyInfo {
    name: "nbns.group",
    question: Question::Where,
    observers: NEAR,
    doc: "Workgroup or domain that the sender belongs to",
    source: "RFC 1002 sections 4.2.2 and 4.2.18",
    wireshark: "nbns.nb_flags.group == 1",
    sentence: Some(Sentence {
        de: "Das Gerät nennt im lokalen Netz seine Arbeitsgruppe oder Domäne: {value}.",
        en: "The device names its workgroup or domain on the local network: {value}.",
    }),
});

/// Address on the link.
pub static UNIT: Key<String> = Key::new(KeyInfo {
    name: "nbns.unit",
    question: Question::Device,
    observers: NEAR,
    doc: "Link address in an answer about a node's state",
    source: "RFC 1002 section 4.2.18",
    wireshark: "nbns.unit_id",
    sentence: None,
});

/// Sender of a datagram.
pub static SENDER: Key<String> = Key::new(KeyInfo {
    name: "netbios.sender",
    question: Question::Device,
    observers: NEAR,
    doc: "Name of the sender of a NetBIOS datagram, with its kind in hexadecimal",
    source: "RFC 1002 section 4.4",
    wireshark: "nbdgm.source_name",
    sentence: None,
});

/// Announced name.
pub static BROWSER_HOST: Key<String> = Key::new(KeyInfo {
    name: "browser.host",
    question: Question::Device,
    observers: NEAR,
    doc: "Name under which a computer announces itself to all others",
    source: "MS-BRWS sections 2.2.1 and 2.2.6",
    wireshark: "browser.server",
    sentence: Some(Sentence {
        de: "Der Rechner gibt sich im lokalen Netz allen Geräten bekannt als {value}.",
        en: "The computer announces itself to every device on the local network as {value}.",
    }),
});

/// Announced description.
pub static BROWSER_COMMENT: Key<String> = Key::new(KeyInfo {
    name: "browser.comment",
    question: Question::Device,
    observers: NEAR,
    doc: "Description that a computer announces with its name",
    source: "MS-BRWS section 2.2.1",
    wireshark: "browser.comment",
    sentence: Some(Sentence {
        de: "Der Rechner gibt im lokalen Netz eine Beschreibung bekannt: {value}.",
        en: "The computer announces a description on the local network: {value}.",
    }),
});

/// Announced system.
pub static BROWSER_SYSTEM: Key<String> = Key::new(KeyInfo {
    name: "browser.system",
    question: Question::Software,
    observers: NEAR,
    doc: "Version of the system that a computer announces, major and minor; Windows 10 and later say 10.0",
    source: "MS-BRWS section 2.2.1",
    wireshark: "browser.os_major",
    sentence: Some(Sentence {
        de: "Der Rechner gibt im lokalen Netz die Version seines Systems bekannt: {value}.",
        en: "The computer announces the version of its system on the local network: {value}.",
    }),
});
