//! What is encrypted on the way, and which identifiers are not.

use super::super::cell::{Answer, Cell, Rest, both, same};
use super::super::contract::{Fact, Flow, Meeting};
use super::super::subject::{Subject, address_in};
use super::{PROTECTION, Row, Rule, listed, names, no_call};
use crate::exposure::{Bilingual, is_host};
use std::collections::BTreeSet;

/// Exposures of names and accounts of people.
const PERSONS_KEYS: [&str; 15] = [
    "http.person",
    "http.cookie",
    "nbns.user",
    "rtcp.email",
    "rtcp.name",
    "rtcp.phone",
    "sip.asserted-identity",
    "sip.auth-user",
    "sip.contact",
    "sip.diversion",
    "sip.from",
    "sip.target",
    "sip.to",
    "tls.client-certificate-name",
    "wechat.uin",
];
/// Exposures of identifiers that may be those of a person, or last for one call only.
const MARKS_KEYS: [&str; 3] = ["rtcp.cname", "stun.turn-username", "tencent.client-number"];
/// Exposures of identifiers of the call.
const MEETING_KEYS: [&str; 4] = ["zoom.meeting-id", "http.meeting", "stun.ms-session-id", "sip.call-id"];
/// Exposures of the device's name.
const HOST_KEYS: [&str; 11] = [
    "browser.host",
    "dhcp.fqdn",
    "dhcp.host-name",
    "dhcpv6.fqdn",
    "llmnr.host",
    "mdns.display-name",
    "mdns.host",
    "nbns.host",
    "netbios.sender",
    "browser.comment",
    "dhcp.client",
];
/// Exposures of the system.
const SYSTEM_KEYS: [&str; 6] =
    ["hop-limit", "tcp.opening", "mdns.system", "browser.system", "dhcp.vendor-class", "dhcpv6.vendor-class"];
/// Exposures of the program with its name or version.
const PROGRAM_KEYS: [&str; 8] = [
    "http.user-agent",
    "quic.user-agent",
    "rtcp.tool",
    "sip.user-agent",
    "sip.sdp-tool",
    "ssdp.user-agent",
    "stun.software",
    "wechat.client-version",
];
/// Framings of vendors that are readable themselves and say nothing of how what they carry is encrypted.
const FRAMINGS: [&str; 8] = ["zoom", "tencent", "wechat", "viber", "telegram", "discord", "imo", "goto"];
/// Protocols that are encrypted, or of the network and the device rather than of a call.
const SEALED_OR_AROUND: [&str; 11] =
    ["tls", "quic", "dtls", "dns", "dhcp", "dhcpv6", "nbns", "netbios", "ssdp", "ntp", "stun"];
/// Versions listed.
const LISTED_MAX: usize = 4;

const fn row(key: &'static str, de: &'static str, en: &'static str, rule: Rule) -> Row {
    Row { key, group: &PROTECTION, question: (de, en), rule }
}

pub(super) static SIGNALLING: Row =
    row("signalling-encryption", "Anrufsteuerung verschlüsselt", "Signalling encrypted", Rule::Capture(signalling));
pub(super) static MEDIA: Row =
    row("media-encryption", "Medien auf dem Weg verschlüsselt", "Media encrypted on the way", Rule::Call(media));
pub(super) static END_TO_END: Row =
    row("end-to-end", "Ende-zu-Ende verschlüsselt", "Encrypted end to end", Rule::Call(end_to_end));
pub(super) static PERSONS: Row = row(
    "person-names",
    "Namen oder Konten von Personen unverschlüsselt",
    "Names or accounts of people in clear",
    Rule::Capture(persons),
);
pub(super) static MEETING: Row = row(
    "meeting-id",
    "Kennung der Konferenz unverschlüsselt",
    "Identifier of the call in clear",
    Rule::Capture(meeting_id),
);
pub(super) static ORGANISATION: Row = row(
    "organisation",
    "Name der eigenen Einrichtung in Servernamen",
    "Own organisation's name in server names",
    Rule::Capture(organisation),
);
pub(super) static HOST_NAME: Row =
    row("host-name", "Name des eigenen Geräts sichtbar", "Own device's name visible", Rule::Capture(host_name));
pub(super) static SYSTEM: Row =
    row("system", "Betriebssystem erkennbar", "Operating system recognisable", Rule::Capture(system));
pub(super) static PROGRAM: Row = row(
    "program",
    "Programm oder Version auf dem Gerät lesbar",
    "Program or version on the device readable",
    Rule::Capture(program),
);

fn speaks(flow: &Flow, protocol: &str) -> bool {
    flow.protocols.iter().any(|name| name == protocol)
}

/// TLS and QUIC of the provider's servers; where no provider is known, of all that could carry it.
pub(super) fn signalling(subject: &Subject<'_>) -> Cell {
    if subject.meeting.is_none() && subject.provider().is_none() {
        return no_call();
    }
    let clear = subject.report.flows.iter().filter(|flow| speaks(flow, "sip") && !speaks(flow, "tls"));
    let clear: Vec<Rest> = clear.take(1).map(|flow| first_of(flow, "sip.")).collect();
    if !clear.is_empty() {
        return Cell::no(both(
            "Die Anrufsteuerung (SIP) ist lesbar, mit Namen und Gesprächspartnern.",
            "The signalling (SIP) can be read, names and parties included.",
        ))
        .on(clear);
    }
    let sealed = |flow: &&Flow| speaks(flow, "tls") || speaks(flow, "quic");
    let own: Vec<&Flow> = match subject.provider() {
        Some(provider) => subject
            .report
            .flows
            .iter()
            .filter(sealed)
            .filter(|flow| flow.provider.as_deref() == Some(provider))
            .collect(),
        None => subject.report.flows.iter().filter(sealed).collect(),
    };
    if own.is_empty() {
        return Cell::not_stated(both(
            "Keine Verbindung der Anrufsteuerung im Mitschnitt erkannt.",
            "No connection of the signalling was recognised in the capture.",
        ));
    }
    let rests = own.iter().map(|flow| first_of(flow, "tls.version")).filter(|rest| rest.frame.is_some());
    let cell = match (subject.provider(), unread_flow(subject)) {
        (Some(_), _) => Cell::seen(both(
            "Die Verbindungen zum Anbieter nutzen TLS oder QUIC.",
            "The connections to the provider use TLS or QUIC.",
        )),
        (None, false) => Cell::inferred(both(
            "Neben den Medien laufen nur Verbindungen mit TLS oder QUIC; welche die Anrufsteuerung ist, ist nicht zu sehen.",
            "Beside the media only connections with TLS or QUIC run; which is the signalling does not show.",
        )),
        (None, true) => {
            return Cell::unclear(both(
                "Neben TLS oder QUIC laufen Verbindungen anderer Form; welche die Anrufsteuerung ist, ist nicht zu sehen.",
                "Beside TLS or QUIC, connections of another form run; which is the signalling does not show.",
            ))
            .on(rests);
        }
    };
    cell.with(listed(&versions(&own), LISTED_MAX)).on(rests)
}

/// Whether something beside the call's media ran that is neither encrypted nor a service of the network.
fn unread_flow(subject: &Subject<'_>) -> bool {
    let media: BTreeSet<&str> = subject.flows().map(|flow| flow.id.as_str()).collect();
    let known = |flow: &Flow| flow.protocols.iter().any(|name| SEALED_OR_AROUND.contains(&name.as_str()));
    let to_host = |flow: &Flow| address_in(&flow.remote).is_some_and(is_host);
    subject.report.flows.iter().any(|flow| !media.contains(flow.id.as_str()) && to_host(flow) && !known(flow))
}

fn versions(flows: &[&Flow]) -> Vec<Bilingual> {
    let mut list: BTreeSet<String> = BTreeSet::new();
    for flow in flows {
        let stated = flow.facts.iter().filter(|fact| fact.key == "tls.version").map(|fact| fact.value.clone());
        list.extend(stated);
        if speaks(flow, "quic") {
            list.insert("QUIC".into());
        }
    }
    if list.is_empty() {
        return vec![both("TLS, Version nicht zu sehen", "TLS, version not seen")];
    }
    list.into_iter().map(same).collect()
}

fn first_of(flow: &Flow, key: &str) -> Rest {
    let fact = flow.facts.iter().find(|fact| fact.key.starts_with(key));
    Rest::of(fact.and_then(|fact| fact.evidence.first()))
}

fn media(subject: &Subject<'_>, _meeting: &Meeting) -> Cell {
    media_of(subject)
}

pub(super) fn media_of(subject: &Subject<'_>) -> Cell {
    let facts = || subject.flows().flat_map(|flow| &flow.facts);
    let at = |fact: Option<&Fact>| fact.map(|fact| Rest::of(fact.evidence.first()));
    let clear = subject.of_keys(&["rtp.clear-speech"]);
    if !clear.is_empty() {
        return Cell::no(both(
            "Der Ton ist unverschlüsselt und für jeden auf dem Weg zu hören.",
            "The sound is not encrypted; everybody on the path can listen.",
        ))
        .on(clear.into_iter().map(Rest::exposure));
    }
    if let Some(key) = facts().find(|fact| fact.key == "sip.sdp-key") {
        return Cell::no(both(
            "Der Schlüssel der Medien steht lesbar in der Anrufsteuerung.",
            "The key of the media can be read in the signalling.",
        ))
        .on(at(Some(key)));
    }
    let profile = facts().find(|fact| fact.key.starts_with("dtls.srtp-profile"));
    if profile.is_some() {
        return Cell::seen(both(
            "Ein Schlüssel für SRTP wurde mit DTLS vereinbart.",
            "A key for SRTP was agreed with DTLS.",
        ))
        .with(same("DTLS-SRTP"))
        .on(at(profile));
    }
    if let Some(inside) = facts().find(|fact| matches!(fact.key.as_str(), "dtls.media-inside" | "dtls.data")) {
        return Cell::seen(both(
            "Die Medien laufen in einem verschlüsselten Kanal (DTLS).",
            "The media run inside an encrypted channel (DTLS).",
        ))
        .with(same("DTLS"))
        .on(at(Some(inside)));
    }
    if let Some(sealed) = facts().find(|fact| fact.key == "rtcp.protected") {
        return Cell::inferred(both(
            "Die Berichte zu den Medien sind nach SRTP geschützt; woher der Schlüssel kommt, ist nicht zu sehen.",
            "The reports on the media are protected by SRTP; where the key is from does not show.",
        ))
        .with(same("SRTP"))
        .on(at(Some(sealed)));
    }
    if subject.flows().any(|flow| FRAMINGS.iter().any(|name| speaks(flow, name))) {
        return Cell::not_stated(both(
            "Die Rahmung des Anbieters ist lesbar; ob und wie ihr Inhalt verschlüsselt ist, sagt sie nicht.",
            "The provider's framing can be read; it does not say whether and how its content is encrypted.",
        ));
    }
    Cell::not_stated(both(
        "Eine Vereinbarung von Schlüsseln ist im Mitschnitt nicht zu sehen.",
        "No agreement on keys shows in the capture.",
    ))
}

fn end_to_end(subject: &Subject<'_>, meeting: &Meeting) -> Cell {
    let media = media_of(subject);
    // Other ways hand the key over in the signalling, which the provider reads.
    let agreed = || subject.flows().flat_map(|flow| &flow.facts).any(|fact| fact.key.starts_with("dtls.srtp-profile"));
    match (media.answer, meeting.topology.as_str()) {
        (Answer::No, _) => Cell::no(media.reason).on(media.rests_on),
        (Answer::Yes, "peer-to-peer") if agreed() => Cell::inferred(both(
            "Der Schlüssel wurde unmittelbar zwischen den Teilnehmenden vereinbart; ob beide ihn prüften, ist nicht zu sehen.",
            "The key was agreed directly between the participants; whether both checked it does not show.",
        ))
        .on(media.rests_on),
        _ => Cell::not_stated(both(
            "Ob der Anbieter die Medien entschlüsseln kann, steht in keinem Paket.",
            "Whether the provider can decrypt the media is in no packet.",
        )),
    }
}

/// `ja` with the kinds of what shows, in sentences of the report or in facts of the call's own flows.
fn visible(subject: &Subject<'_>, keys: &[&str]) -> Option<Cell> {
    let exposures = subject.of_keys(keys);
    if exposures.is_empty() {
        let fact = subject.flows().flat_map(|flow| &flow.facts).find(|fact| keys.contains(&fact.key.as_str()))?;
        return Some(Cell::seen(names::shown([fact.key.as_str()])).on([Rest::of(fact.evidence.first())]));
    }
    let observed = exposures.iter().any(|exposure| exposure.certainty == "observed");
    let reason = names::shown(exposures.iter().map(|exposure| exposure.key.as_str()));
    let cell = if observed { Cell::seen(reason) } else { Cell::inferred(reason) };
    Some(cell.on(exposures.into_iter().map(Rest::exposure)))
}

fn persons(subject: &Subject<'_>) -> Cell {
    if let Some(cell) = visible(subject, &PERSONS_KEYS) {
        return cell;
    }
    let marks = subject.of_keys(&MARKS_KEYS);
    if marks.is_empty() {
        return unread(subject);
    }
    let kinds = names::shown(marks.iter().map(|exposure| exposure.key.as_str()));
    Cell::unclear(both(
        format!("{} Ob das dauerhaft zu einer Person gehört, ist nicht zu erkennen.", kinds.de),
        format!("{} Whether it belongs to one person for long cannot be told.", kinds.en),
    ))
    .on(marks.into_iter().map(Rest::exposure))
}

fn meeting_id(subject: &Subject<'_>) -> Cell {
    visible(subject, &MEETING_KEYS).unwrap_or_else(|| unread(subject))
}

/// What the absence of an identifier in clear is worth: it would have been read where every connection of the call is
/// one that is encrypted or known to the byte.
fn unread(subject: &Subject<'_>) -> Cell {
    let Some(meeting) = subject.meeting else { return no_call() };
    let sealed = protection_is_known(subject);
    match sealed && subject.is_whole() && !meeting.flows.is_empty() {
        true => Cell::no(both(
            "Anrufsteuerung und Medien sind verschlüsselt; in den lesbaren Köpfen steht keine solche Angabe.",
            "Signalling and media are encrypted; the readable headers hold no such thing.",
        )),
        false => Cell::not_stated(both(
            "Nicht gefunden; ein Teil der Verbindungen ist nicht zu lesen oder fehlt.",
            "Not found; a part of the connections cannot be read or is missing.",
        )),
    }
}

fn protection_is_known(subject: &Subject<'_>) -> bool {
    signalling(subject).answer == Answer::Yes && media_of(subject).answer == Answer::Yes
}

fn organisation(subject: &Subject<'_>) -> Cell {
    visible(subject, &["tenant-name"]).unwrap_or_else(|| {
        Cell::not_stated(both(
            "Kein Servername folgt einem bekannten Muster dafür; eigene Server tragen den Namen oft ohne Muster.",
            "No server name follows a known pattern for it; own servers often bear the name without one.",
        ))
    })
}

fn host_name(subject: &Subject<'_>) -> Cell {
    if let Some(cell) = visible(subject, &HOST_KEYS) {
        return cell.with(both("im lokalen Netz", "in the local network"));
    }
    match subject.report.local.devices.iter().any(|device| !device.names.is_empty()) {
        true => Cell::seen(both("Das Gerät nennt seinen Namen.", "The device states its name.")),
        false => Cell::not_stated(both(
            "Im Mitschnitt nennt das Gerät keinen Namen; zu anderer Zeit oder in anderen Netzen kann es das tun.",
            "The device states no name in the capture; it may do so at other times or in other networks.",
        )),
    }
}

fn system(subject: &Subject<'_>) -> Cell {
    let names: BTreeSet<&str> =
        subject.report.local.devices.iter().filter_map(|device| device.system.as_deref()).collect();
    let exposures = subject.of_keys(&SYSTEM_KEYS);
    if names.is_empty() && exposures.is_empty() {
        return Cell::not_stated(both("Kein Merkmal im Mitschnitt.", "No mark of it in the capture."));
    }
    let reason = match exposures.is_empty() {
        true => both("Aus Merkmalen der Pakete.", "From marks of the packets."),
        false => names::shown(exposures.iter().map(|exposure| exposure.key.as_str())),
    };
    let names: Vec<Bilingual> = names.into_iter().map(|name| both(name.replace(" or ", " oder "), name)).collect();
    let cell = Cell::inferred(reason).on(exposures.into_iter().map(Rest::exposure));
    if names.is_empty() { cell } else { cell.with(listed(&names, LISTED_MAX)) }
}

fn program(subject: &Subject<'_>) -> Cell {
    visible(subject, &PROGRAM_KEYS).unwrap_or_else(|| {
        Cell::not_stated(both(
            "Kein Programm nennt sich lesbar; Fingerabdrücke seiner Verschlüsselung können es dennoch verraten.",
            "No program states its name in clear; fingerprints of its encryption may give it away all the same.",
        ))
    })
}
