//! Companies besides the provider, telemetry, and who resolves names.

use super::super::cell::{Cell, Rest, both, each, same};
use super::super::contract::{Endpoint, Flow};
use super::super::subject::{Standing, Subject};
use super::recipients::{counted, near_only};
use super::{OUTSIDE, Row, Rule, listed};
use crate::exposure::Bilingual;
use crate::model::text::bytes;

/// Purposes of hosts that count and follow users for others.
const ADVERTISING: [&str; 3] = ["advertising", "analytics", "customer-interaction"];
/// Purposes of hosts that take measurements and reports of programs.
const TELEMETRY: [&str; 5] = ["telemetry", "crash", "analytics", "experimentation", "feedback"];
/// Names listed in one cell.
const LISTED_MAX: usize = 4;

pub(super) static COMPANIES: Row = Row {
    key: "companies",
    group: &OUTSIDE,
    question: ("Weitere Unternehmen kontaktiert", "Other companies contacted"),
    rule: Rule::Capture(companies),
};
pub(super) static ADVERTISING_ROW: Row = Row {
    key: "advertising",
    group: &OUTSIDE,
    question: ("Werbe- oder Analyseunternehmen kontaktiert", "Advertising or analytics companies contacted"),
    rule: Rule::Capture(advertising),
};
pub(super) static TELEMETRY_ROW: Row = Row {
    key: "telemetry",
    group: &OUTSIDE,
    question: ("Telemetrie erkennbar", "Telemetry recognised"),
    rule: Rule::Capture(telemetry),
};
pub(super) static TELEMETRY_BYTES: Row = Row {
    key: "telemetry-bytes",
    group: &OUTSIDE,
    question: ("Als Telemetrie gesendete Daten", "Data sent as telemetry"),
    rule: Rule::Capture(telemetry_bytes),
};
pub(super) static NAME_RESOLVER: Row = Row {
    key: "name-resolver",
    group: &OUTSIDE,
    question: ("Namensauflösung sieht die Servernamen", "Name resolver sees the server names"),
    rule: Rule::Capture(name_resolver),
};

/// Hosts of a service that is not the provider's; resolvers have a row of their own.
pub(super) fn companies(subject: &Subject<'_>) -> Cell {
    if subject.is_near_only() {
        return near_only();
    }
    if subject.provider().is_none() {
        return Cell::not_stated(both(
            "Ohne erkannten Anbieter lassen sich dessen Server nicht von denen anderer unterscheiden.",
            "Without a recognised provider its servers cannot be told from those of others.",
        ));
    }
    let others: Vec<&Endpoint> = others(subject).collect();
    if !others.is_empty() {
        return named(
            &others,
            both(
                "Server mit bekanntem Zweck, die nicht zum Anbieter gehören; sie sehen Adresse und Zeitpunkt.",
                "Servers of a known purpose that do not belong to the provider; they see address and time.",
            ),
        );
    }
    absent(subject)
}

/// Whether the absence of other companies can be known.
fn absent(subject: &Subject<'_>) -> Cell {
    let unknown = subject.count(Standing::Other);
    if unknown > 0 {
        let (de, en) = counted(unknown);
        return Cell::not_stated(both(
            format!("Von {de} ist der Dienst nicht bekannt; auch Dritte sind möglich."),
            format!("The service of {en} is not known; third parties are possible too."),
        ));
    }
    match subject.is_whole() {
        true => Cell::no(both(
            "Alle Gegenstellen außerhalb des eigenen Netzes gehören erkennbar zum Anbieter.",
            "All endpoints outside the own network are known to be the provider's.",
        )),
        false => Cell::not_stated(both(
            "Bekannt sind nur Gegenstellen des Anbieters, aber ein Teil der Aufzeichnung fehlt.",
            "Only endpoints of the provider are known, but a part of the capture is missing.",
        )),
    }
}

fn others<'r>(subject: &Subject<'r>) -> impl Iterator<Item = &'r Endpoint> {
    let other = |endpoint: &&Endpoint| !endpoint.purpose.is_empty() && !subject.is_of_provider(endpoint);
    let not_names = |endpoint: &&Endpoint| !endpoint.purpose.iter().all(|purpose| purpose == "name-resolution");
    subject.hosts(Standing::Service).filter(other).filter(not_names).collect::<Vec<_>>().into_iter()
}

fn advertising(subject: &Subject<'_>) -> Cell {
    if subject.is_near_only() {
        return near_only();
    }
    let hit: Vec<&Endpoint> = others(subject).filter(|endpoint| serves(endpoint, &ADVERTISING)).collect();
    if !hit.is_empty() {
        return named(
            &hit,
            both(
                "Server, die für Werbung oder Nutzungsanalyse bekannt sind.",
                "Servers known for advertising or analytics.",
            ),
        );
    }
    let nameless =
        subject.hosts(Standing::Service).any(|endpoint| endpoint.provider.is_none() && endpoint.purpose.is_empty());
    match subject.count(Standing::Other) == 0 && !nameless && subject.is_whole() {
        true => Cell::no(both(
            "Zu jeder Gegenstelle ist der Zweck bekannt; keine dient Werbung oder Analyse durch andere.",
            "The purpose of every endpoint is known; none serves advertising or analytics by others.",
        )),
        false => Cell::not_stated(both(
            "Bekannte Werbe- oder Analyseserver kommen nicht vor; nicht jede Gegenstelle ist zuzuordnen.",
            "No known advertising or analytics servers appear; not every endpoint can be assigned.",
        )),
    }
}

fn telemetry(subject: &Subject<'_>) -> Cell {
    let hosts = subject.hosts(Standing::Service).filter(|endpoint| serves(endpoint, &TELEMETRY));
    let hosts: Vec<&Endpoint> = hosts.collect();
    match hosts.is_empty() {
        true => no_telemetry(),
        false => named(
            &hosts,
            both(
                "Server, die für Telemetrie, Absturzberichte oder Nutzungsanalyse bekannt sind, auch die des Anbieters.",
                "Servers known for telemetry, crash reports or analytics, the provider's own included.",
            ),
        ),
    }
}

fn no_telemetry() -> Cell {
    Cell::not_stated(both(
        "Keine Gegenstelle ist als Sammelstelle bekannt; Telemetrie kann in anderen verschlüsselten Verbindungen mitlaufen.",
        "No endpoint is known as a collector; telemetry may run inside other encrypted connections.",
    ))
}

/// Bytes of flows whose first purpose is telemetry: a host may serve the call as well.
fn telemetry_bytes(subject: &Subject<'_>) -> Cell {
    let collects = |flow: &&&Flow| flow.purpose.as_deref().is_some_and(|purpose| TELEMETRY.contains(&purpose));
    let service = || subject.hosts(Standing::Service);
    let sent: u64 = service()
        .flat_map(|endpoint| subject.flows_to(endpoint).collect::<Vec<_>>())
        .collect::<Vec<_>>()
        .iter()
        .filter(collects)
        .map(|flow| flow.bytes_sent)
        .fold(0, u64::saturating_add);
    if sent == 0 {
        return no_telemetry();
    }
    let all: u64 = subject.report.flows.iter().map(|flow| flow.bytes_sent).fold(0, u64::saturating_add).max(1);
    let share = sent as f64 * 100.0 / all as f64;
    let percent = |german: bool| {
        let text = if share < 0.1 { "<0.1".to_owned() } else { format!("{share:.1}") };
        if german { text.replace('.', ",") } else { text }
    };
    let detail = both(
        format!("{} ({} % des Gesendeten)", bytes(sent, true), percent(true)),
        format!("{} ({} % of what was sent)", bytes(sent, false), percent(false)),
    );
    let hosts = service().filter(|endpoint| serves(endpoint, &TELEMETRY));
    let reason = both(
        "Mindestens: nur Verbindungen zu bekannten Sammelstellen, mit Paketköpfen.",
        "At least: only connections to known collectors, packet headers included.",
    );
    Cell::given(detail, reason).on(hosts.map(Rest::endpoint))
}

fn name_resolver(subject: &Subject<'_>) -> Cell {
    let (clear, sealed) = (subject.of_keys(&["dns.query"]), subject.of_keys(&["encrypted-name-resolution"]));
    let how = match (clear.is_empty(), sealed.is_empty()) {
        (true, true) => {
            return Cell::not_stated(both(
                "Der Mitschnitt enthält keine Anfragen zur Namensauflösung; sie können vorher oder anderswo gelaufen sein.",
                "The capture holds no queries to a name resolver; they may have run before or elsewhere.",
            ));
        }
        (false, true) => both("unverschlüsselt", "in clear"),
        (true, false) => both("verschlüsselt", "encrypted"),
        (false, false) => both("teils verschlüsselt", "partly encrypted"),
    };
    let reason = match clear.is_empty() {
        true => both(
            "Anfragen gehen verschlüsselt an einen Dienst zur Namensauflösung; nur dieser liest sie.",
            "Queries go to a name resolver in encrypted form; only it reads them.",
        ),
        false => both(
            "Anfragen gehen unverschlüsselt; auch jeder auf dem Weg liest sie.",
            "Queries go in clear; everybody on the path reads them too.",
        ),
    };
    Cell::seen(reason).with(how).on(clear.into_iter().chain(sealed).map(Rest::exposure))
}

fn serves(endpoint: &Endpoint, purposes: &[&str]) -> bool {
    endpoint.purpose.iter().any(|purpose| purposes.contains(&purpose.as_str()))
}

/// `ja` with the names of hosts by which they are known, shortened to their domain.
fn named(hosts: &[&Endpoint], reason: Bilingual) -> Cell {
    let mut names: Vec<Bilingual> = Vec::new();
    for host in hosts {
        let name = same(domain(host));
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Cell::seen(reason)
        .with(each(|german| {
            let list = listed(&names, LISTED_MAX);
            if german { list.de } else { list.en }
        }))
        .on(hosts.iter().map(|host| Rest::endpoint(host)))
}

/// The last labels of a host's name, else its operator, else its address.
fn domain(endpoint: &Endpoint) -> String {
    /// Labels behind which a domain is registered: `co.uk`.
    const SECOND_LEVEL_CHARS_MAX: usize = 3;
    let asked = endpoint.names.iter().find(|name| name.source.ends_with("sni")).or(endpoint.names.first());
    let Some(name) = asked else {
        return endpoint.operator.name.clone().unwrap_or_else(|| endpoint.address.clone());
    };
    let labels: Vec<&str> = name.name.trim_end_matches('.').rsplit('.').collect();
    let short = |label: &&str| label.chars().count() <= SECOND_LEVEL_CHARS_MAX;
    let count = match labels.as_slice() {
        [top, second, ..] if short(second) && top.chars().count() == 2 => 3,
        _ => 2,
    };
    let mut end: Vec<&str> = labels.into_iter().take(count).collect();
    end.reverse();
    end.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::contract::Name;

    #[test]
    fn names_of_hosts_are_cut_to_their_domain() {
        for (name, expected) in [
            ("eu-v20.events.data.example.com.", "example.com"),
            ("a.b.co.uk", "b.co.uk"),
            ("example.de", "example.de"),
            ("localhost", "localhost"),
            ("", ""),
        ] {
            let names = vec![Name { name: name.into(), source: "dns".into() }];
            assert_eq!(domain(&Endpoint { names, ..Endpoint::default() }), expected);
        }
        let nameless = Endpoint { address: "198.51.100.7".into(), ..Endpoint::default() };
        assert_eq!(domain(&nameless), "198.51.100.7");
    }
}
