//! What names the provider of a call: sentences made from what a rule matched, so that every rule has one in both
//! languages. The rule's own reason goes with it in English, for engineers.

use super::entries::evidence;
use super::findings::{Because, Bilingual, EvidenceEntry};
use super::meeting::Call;
use super::view::View;
use super::words;
use crate::catalogue::{Reason, RuleKind, RuleRef};
use crate::model::text::day;

/// Most reasons listed for a provider.
const REASONS_MAX: usize = 6;

/// Reasons for the provider of a call, or that there is none.
pub(super) fn because(call: &Call, views: &[View<'_>]) -> Vec<Because> {
    let mut reasons = Vec::new();
    for index in &call.witnesses {
        let view = &views[*index];
        let own = view.verdict.because.iter().filter(|reason| speaks_for(reason, call));
        for reason in own {
            push(&mut reasons, entry(reason, view, call.media.contains(index)));
        }
    }
    if let Some(first) = call.media.first().filter(|_| reasons.is_empty() && call.provider.is_none()) {
        let names: Vec<_> = call.candidates.iter().map(String::as_str).collect();
        let says = match names.is_empty() {
            true => words::PROVIDER_NONE.both(&[]),
            false => words::PROVIDER_OPEN.both(&[&names.join(", ")]),
        };
        reasons.push(Because::new(says, None, evidence(views[*first].flow.first)));
    }
    reasons
}

fn speaks_for(reason: &Reason<'_>, call: &Call) -> bool {
    reason.rule.supports.iter().any(|provider| Some(provider.id()) == call.provider.as_deref())
}

fn push(reasons: &mut Vec<Because>, reason: Because) {
    if reasons.len() < REASONS_MAX && !reasons.iter().any(|known| known.says == reason.says) {
        reasons.push(reason);
    }
}

fn entry(reason: &Reason<'_>, view: &View<'_>, on_media: bool) -> Because {
    let says = says(reason);
    let says = match on_media {
        true => says,
        false => words::PROVIDER_BY_CONTEXT.fill(&[&says.de], &[&says.en]),
    };
    let at = reason.evidence.unwrap_or(view.flow.first);
    Because::new(says, Some(reason.rule.why.to_owned()), evidence(at))
}

impl Because {
    fn new(says: Bilingual, why: Option<String>, at: EvidenceEntry) -> Because {
        Because { says, why, capture: at.capture, frame: at.frame, time: at.time, filter: at.filter }
    }

    /// Where the reason can be checked.
    pub fn evidence(&self) -> EvidenceEntry {
        EvidenceEntry { capture: self.capture, frame: self.frame, time: self.time.clone(), filter: self.filter.clone() }
    }
}

/// What matched, by the kind of the rule.
fn says(reason: &Reason<'_>) -> Bilingual {
    let matched = reason.matched.as_str();
    match reason.rule.kind {
        RuleKind::Name => name(matched),
        RuleKind::Prefix => prefix(&reason.rule, matched),
        RuleKind::Trait => join(reason.marks.iter().map(|(key, value)| mark(key, value)).collect()),
        RuleKind::Port => {
            let (transport, port) = matched.split_once('/').unwrap_or_default();
            words::REASON_PORT.both(&[port, &transport.to_uppercase(), reason.rule.provider.name()])
        }
        RuleKind::Asn => system(&reason.rule, matched),
        RuleKind::SelfHosted => {
            let (name, port) = matched.rsplit_once(", ").unwrap_or((matched, ""));
            let host = name.split_once(' ').map_or(name, |(_, host)| host);
            let (transport, port) = port.split_once('/').unwrap_or_default();
            words::REASON_OWN_HOST.both(&[host, port, &transport.to_uppercase()])
        }
    }
}

/// A domain, and where a name of it was seen: `tls.sni zoom.us`.
fn name(matched: &str) -> Bilingual {
    let (source, domain) = matched.split_once(' ').unwrap_or(("", matched));
    let pattern = match domain.contains('*') {
        true => &words::REASON_NAME_FORM,
        false => &words::REASON_NAME,
    };
    let (de, en) = SOURCES.iter().find(|(known, ..)| *known == source).map_or(LEARNT, |(_, de, en)| (de, en));
    pattern.fill(&[domain, de], &[domain, en])
}

fn prefix(rule: &RuleRef<'_>, net: &str) -> Bilingual {
    let list = rule.provider.prefixes.get(rule.index).map(|rule| rule.list_date.to_string()).unwrap_or_default();
    let name = rule.provider.name();
    words::REASON_PREFIX.fill(&[net, name, &day(&list, true)], &[net, name, &list])
}

fn system(rule: &RuleRef<'_>, number: &str) -> Bilingual {
    let found = rule.provider.asns.get(rule.index);
    let holder = found.map(|rule| rule.holder.as_str()).unwrap_or_default();
    let pattern = match found.is_some_and(|rule| rule.exclusive) {
        true => &words::REASON_SYSTEM_OWN,
        false => &words::REASON_SYSTEM,
    };
    pattern.both(&[number, holder])
}

/// A mark in the packets; one without words of its own is named by its key.
fn mark(key: &str, value: &str) -> Bilingual {
    let (de, en) = MARKS.iter().find(|(known, ..)| *known == key).map_or(("", ""), |(_, de, en)| (de, en));
    if de.is_empty() {
        let text = format!("{key} {value}");
        return Bilingual { de: text.clone(), en: text };
    }
    Bilingual { de: words::fill(de, &[value]), en: words::fill(en, &[value]) }
}

fn join(parts: Vec<Bilingual>) -> Bilingual {
    let texts = |of: fn(&Bilingual) -> &str| parts.iter().map(of).collect::<Vec<_>>();
    Bilingual { de: texts(|part| &part.de).join(" und "), en: texts(|part| &part.en).join(" and ") }
}

/// Where names are seen, by the fact key or the kind of source.
const SOURCES: &[(&str, &str, &str)] = &[
    ("tls.sni", "im TLS-ClientHello", "in the TLS ClientHello"),
    ("quic.sni", "im TLS-ClientHello über QUIC", "in the TLS ClientHello over QUIC"),
    ("dtls.sni", "im DTLS-ClientHello", "in the DTLS ClientHello"),
    ("dtls.inner-sni", "im DTLS-ClientHello", "in the DTLS ClientHello"),
    ("tls.certificate-name", "im Zertifikat des Servers", "in the certificate of the server"),
    ("http.host", "in einer HTTP-Anfrage", "in an HTTP request"),
    ("dns", "in der Namensauflösung (DNS)", "in name resolution (DNS)"),
    ("other-flow", "in einer anderen Verbindung zur selben Adresse", "in another connection to the same address"),
];
const LEARNT: (&str, &str) = ("an anderer Stelle für dieselbe Adresse", "elsewhere for the same address");

/// Marks that rules rest on, by fact key. `{0}` stands for the value.
const MARKS: &[(&str, &str, &str)] = &[
    ("stun.attribute", "herstellereigenes STUN-Attribut {0}", "vendor’s own STUN attribute {0}"),
    ("stun.realm", "Betreiberangabe „{0}“ des Relays (STUN-Realm)", "operator’s name “{0}” of the relay (STUN realm)"),
    ("stun.dialect", "eigene Spielart von STUN ({0})", "own dialect of STUN ({0})"),
    (
        "stun.username",
        "Aufbau der Kennung in der Wegprüfung (STUN-Benutzername)",
        "form of the identifier in path checks (STUN user name)",
    ),
    ("stun.ms-version", "Fassung {0} von Microsofts TURN-Variante", "version {0} of Microsoft’s TURN variant"),
    ("stun.message", "STUN-Nachricht {0} außerhalb der Norm", "STUN message {0} outside the standard"),
    ("rtp.stream", "feste Nummern eines Medienstroms ({0})", "fixed numbers of a media stream ({0})"),
    ("rtp.extension-profile", "Kennung {0} der RTP-Kopferweiterung", "profile {0} of the RTP header extension"),
    ("rtcp.type", "RTCP-Kontrollpaket {0}", "RTCP control packet {0}"),
    (
        "zoom.sfu",
        "Zooms eigene Rahmung der Medien über seine Server",
        "Zoom’s own framing of media through its servers",
    ),
    (
        "zoom.p2p",
        "Zooms eigene Rahmung der Medien zwischen zwei Beteiligten",
        "Zoom’s own framing of media between two participants",
    ),
    ("zoom.framing", "Zooms Rahmung in der Fassung von {0}", "Zoom’s framing in its form of {0}"),
    ("zoom.media-type", "Medienart „{0}“ in Zooms Rahmung", "media type “{0}” in Zoom’s framing"),
    ("wechat.voice", "Aufbau der Datagramme von WeChat-Anrufen", "form of the datagrams of WeChat calls"),
    ("wechat.uin", "Kontonummer eines WeChat-Kontos in einer Anfrage", "number of a WeChat account in a request"),
    ("wechat.longlink", "Lebenszeichen der Dauerverbindung von WeChat", "keep-alive of WeChat’s long connection"),
    (
        "mmtls.seen",
        "Verschlüsselung MMTLS, die WeChat statt TLS nutzt",
        "MMTLS encryption, which WeChat uses in place of TLS",
    ),
    ("webex.keep-alive", "Lebenszeichen der Webex-Medienverbindung", "keep-alive of Webex’s media connection"),
    ("viber.message", "Viber-Nachricht „{0}“", "Viber message “{0}”"),
    ("tencent.media", "Rahmung der Echtzeitdienste von Tencent", "framing of Tencent’s real-time services"),
    (
        "tencent.client-number",
        "Kennnummer {0} der Echtzeitdienste von Tencent",
        "client number {0} of Tencent’s real-time services",
    ),
    ("telegram.message", "Telegram-Nachricht „{0}“", "Telegram message “{0}”"),
    ("quic.version", "Fassung {0} des Protokolls QUIC", "version {0} of QUIC"),
    ("imo.message", "imo-Nachricht „{0}“", "imo message “{0}”"),
    ("goto.keep-alive", "Lebenszeichen der GoTo-Medienverbindung", "keep-alive of GoTo’s media connection"),
    ("dtls.certificate-name", "Name „{0}“ im DTLS-Zertifikat", "name “{0}” in the DTLS certificate"),
    ("discord.message", "Discord-Nachricht „{0}“ neben den Medien", "Discord message “{0}” beside the media"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn every_mark_of_the_catalogue_has_words() {
        let catalogue = Catalogue::builtin().expect("signatures");
        let rules = catalogue.providers().flat_map(|provider| &provider.traits);
        let mut checked = 0;
        for condition in rules.flat_map(|rule| &rule.when) {
            assert!(MARKS.iter().any(|(key, ..)| *key == condition.key), "{}", condition.key);
            checked += 1;
        }
        assert!(checked > 30, "{checked}");
    }

    #[test]
    fn names_say_where_they_were_seen() {
        let found = name("tls.sni zoom.us");
        assert_eq!(found.de, "Servername der Domain zoom.us im TLS-ClientHello");
        assert_eq!(found.en, "Server name of the domain zoom.us in the TLS ClientHello");
        assert_eq!(
            name("dns zoom*mmr.zoom.us").de,
            "Servername der Form zoom*mmr.zoom.us in der Namensauflösung (DNS)"
        );
        assert_eq!(name("other x.example").en, "Server name of the domain x.example elsewhere for the same address");
    }

    #[test]
    fn values_of_packets_are_no_patterns() {
        assert_eq!(mark("stun.realm", "{0}{1}").de, "Betreiberangabe „{0}{1}“ des Relays (STUN-Realm)");
        assert_eq!(mark("other.key", "7").de, "other.key 7");
        let both = join(vec![mark("stun.attribute", "0x8008"), mark("stun.attribute", "0x8020")]);
        assert_eq!(both.de, "herstellereigenes STUN-Attribut 0x8008 und herstellereigenes STUN-Attribut 0x8020");
    }
}
