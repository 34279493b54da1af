//! Who received something, in which country, and under whose law.

use super::super::cell::{Cell, Certainty, Rest, both, each, same};
use super::super::contract::Endpoint;
use super::super::subject::{Standing, Subject};
use super::{RECIPIENTS, Row, Rule, listed};
use crate::exposure::{Bilingual, country_words};
use std::collections::BTreeMap;

/// Operators, countries or acts listed in one cell.
const LISTED_MAX: usize = 5;

pub(super) static OPERATORS: Row = Row {
    key: "operators",
    group: &RECIPIENTS,
    question: ("Betreiber der Gegenstellen", "Operators of the endpoints"),
    rule: Rule::Capture(operators),
};
pub(super) static HOSTS: Row = Row {
    key: "hosts",
    group: &RECIPIENTS,
    question: ("Zahl der Gegenstellen", "Number of endpoints"),
    rule: Rule::Capture(hosts),
};
pub(super) static COUNTRIES: Row = Row {
    key: "countries",
    group: &RECIPIENTS,
    question: ("Länder der Gegenstellen", "Countries of the endpoints"),
    rule: Rule::Capture(countries),
};
pub(super) static THIRD_COUNTRY: Row = Row {
    key: "third-country",
    group: &RECIPIENTS,
    question: (
        "Übermittlung in ein Drittland ohne allgemeinen Angemessenheitsbeschluss",
        "Transfer to a third country without a general adequacy decision",
    ),
    rule: Rule::Capture(third_country),
};
pub(super) static ADEQUATE: Row = Row {
    key: "adequate-country",
    group: &RECIPIENTS,
    question: (
        "Übermittlung in ein Drittland mit Angemessenheitsbeschluss",
        "Transfer to a third country with an adequacy decision",
    ),
    rule: Rule::Capture(adequate),
};
pub(super) static LAW: Row = Row {
    key: "law",
    group: &RECIPIENTS,
    question: ("Sitz der Muttergesellschaft der Anbieter", "Seat of the providers' parent companies"),
    rule: Rule::Capture(law),
};

/// Said where a proxy or tunnel could hide who is behind it.
pub(super) fn near_only() -> Cell {
    Cell::not_stated(both(
        "Nur Gegenstellen im eigenen oder benachbarten Netz; was dort weitergeleitet wird, zeigt der Mitschnitt nicht.",
        "Only endpoints in the own or a neighbouring network; what is passed on there does not show.",
    ))
}

fn operators(subject: &Subject<'_>) -> Cell {
    if subject.is_near_only() {
        return near_only();
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for endpoint in subject.hosts(Standing::Service) {
        *counts.entry(endpoint.operator.name.as_deref().unwrap_or_default()).or_default() += 1;
    }
    if counts.is_empty() {
        return Cell::not_stated(both(
            "Keine Gegenstelle lässt sich einem Dienst zuordnen.",
            "No endpoint can be assigned to a service.",
        ));
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
    let named: Vec<Bilingual> = counts
        .into_iter()
        .map(|(name, count)| match name {
            "" => both(format!("unbekannt ({count})"), format!("unknown ({count})")),
            name => same(format!("{name} ({count})")),
        })
        .collect();
    let reason = both(
        "Wem die Adressen zugeteilt sind, nach Datenbank; in Klammern die Zahl der Gegenstellen. Teilnehmende zählen nicht.",
        "To whom the addresses are assigned, by a database; in brackets the number of endpoints. Participants do not count.",
    );
    Cell::given(listed(&named, LISTED_MAX), reason)
        .known(Certainty::Inferred)
        .on(rests(subject.hosts(Standing::Service)))
}

fn hosts(subject: &Subject<'_>) -> Cell {
    let (service, other) = (subject.count(Standing::Service), subject.count(Standing::Other));
    if subject.is_near_only() {
        return near_only();
    }
    let detail = match other {
        0 => same(service.to_string()),
        _ => both(
            format!("{service}, dazu {other} ohne erkennbaren Bezug"),
            format!("{service}, and {other} of no known relation"),
        ),
    };
    let reason = both(
        "Außerhalb des eigenen Netzes. Ohne erkennbaren Bezug: System oder andere Programme, vielleicht auch der Dienst.",
        "Outside the own network. Of no known relation: system or other programs, perhaps the service too.",
    );
    Cell::given(detail, reason)
}

fn countries(subject: &Subject<'_>) -> Cell {
    if subject.is_near_only() {
        return near_only();
    }
    let mut places: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for endpoint in subject.hosts(Standing::Service) {
        let sure = match endpoint.place.verdict.as_str() {
            "proven-inside" | "proven-outside" => "proven",
            "plausible-inside" | "plausible-outside" => "plausible",
            _ => "open",
        };
        let country = endpoint.place.country.as_deref().filter(|_| sure != "open").unwrap_or_default();
        *places.entry((country, if country.is_empty() { "open" } else { sure })).or_default() += 1;
    }
    let mut places: Vec<_> = places.into_iter().collect();
    places.sort_by_key(|((country, sure), count)| (country.is_empty(), std::cmp::Reverse(*count), *country, *sure));
    let words: Vec<Bilingual> = places.iter().map(|((country, sure), count)| place(country, sure, *count)).collect();
    if words.is_empty() {
        return Cell::not_stated(both(
            "Keine Gegenstelle lässt sich einem Dienst zuordnen.",
            "No endpoint can be assigned to a service.",
        ));
    }
    let reason = both(
        "Nachweislich: Regionsliste oder Rechnername ohne Widerspruch; vermutlich: Datenbank. In Klammern die Zahl der Gegenstellen.",
        "Proven: region list or host name without contradiction; presumably: database. In brackets the number of endpoints.",
    );
    Cell::given(listed(&words, LISTED_MAX), reason)
        .known(Certainty::Inferred)
        .on(rests(subject.hosts(Standing::Service)))
}

fn place(country: &str, sure: &str, count: usize) -> Bilingual {
    each(|german| match (sure, german) {
        ("proven", true) => format!("{} ({count}, nachweislich)", country_words(country, true)),
        ("proven", false) => format!("{} ({count}, proven)", country_words(country, false)),
        ("plausible", true) => format!("{} ({count}, vermutlich)", country_words(country, true)),
        ("plausible", false) => format!("{} ({count}, presumably)", country_words(country, false)),
        (_, true) => format!("nicht bestimmbar ({count})"),
        (_, false) => format!("not determinable ({count})"),
    })
}

fn third_country(subject: &Subject<'_>) -> Cell {
    transfer(subject, "third-country")
}

fn adequate(subject: &Subject<'_>) -> Cell {
    transfer(subject, "adequate")
}

/// Whether data went to a country of a status on the day of the capture.
fn transfer(subject: &Subject<'_>, status: &str) -> Cell {
    if subject.is_near_only() {
        return near_only();
    }
    let service = || subject.hosts(Standing::Service);
    let hit: Vec<&Endpoint> = service().filter(|endpoint| endpoint.transfer.status == status).collect();
    if !hit.is_empty() {
        return transferred(&hit);
    }
    let open: Vec<&Endpoint> = service().filter(|endpoint| is_open(endpoint)).collect();
    let others =
        subject.hosts(Standing::Other).filter(|endpoint| endpoint.transfer.status == status || is_open(endpoint));
    let others: Vec<&Endpoint> = others.collect();
    if !open.is_empty() {
        let count = open.len();
        let (de, en) = counted(count);
        return Cell::unclear(both(
            format!("Von {de} ist der Standort nicht zu bestimmen."),
            format!("The place of {en} cannot be determined."),
        ))
        .on(rests(open.into_iter()));
    }
    if !others.is_empty() {
        let count = others.len();
        let (de, en) = counted(count);
        return Cell::unclear(both(
            format!("Nur bei {de} ohne erkennbaren Bezug zur Konferenz ist es möglich."),
            format!("It is possible only for {en} of no known relation to the call."),
        ))
        .on(rests(others.into_iter()));
    }
    let proven = service().all(|endpoint| endpoint.place.verdict == "proven-inside");
    let reason = match proven {
        true => both(
            "Alle Gegenstellen stehen nachweislich in der EU oder im EWR oder in einem Land mit anderem Status.",
            "All endpoints stand, proven, in the EU or EEA or in a country of another status.",
        ),
        false => both(
            "Alle Gegenstellen haben nach Regionslisten, Namen und Datenbanken einen anderen Status; nicht jede nachweislich.",
            "By region lists, names and databases all endpoints have another status; not each of them is proven.",
        ),
    };
    Cell::no(reason).on(rests(service()))
}

/// `einer Gegenstelle`, `3 Gegenstellen`, behind a German preposition.
pub(super) fn counted(count: usize) -> (String, String) {
    match count {
        1 => ("einer Gegenstelle".to_owned(), "one endpoint".to_owned()),
        _ => (format!("{count} Gegenstellen"), format!("{count} endpoints")),
    }
}

fn is_open(endpoint: &Endpoint) -> bool {
    !matches!(endpoint.transfer.status.as_str(), "eu" | "eea" | "adequate" | "third-country")
}

fn transferred(hit: &[&Endpoint]) -> Cell {
    let mut countries: Vec<&str> = hit.iter().filter_map(|endpoint| endpoint.place.country.as_deref()).collect();
    countries.sort_unstable();
    countries.dedup();
    let proven = hit.iter().any(|endpoint| endpoint.place.verdict == "proven-outside");
    let names: Vec<Bilingual> =
        countries.iter().map(|code| each(|german| country_words(code, german).to_owned())).collect();
    let list = listed(&names, LISTED_MAX);
    let sure = if proven { ("nachweislich", "proven") } else { ("vermutlich", "presumably") };
    let basis = hit.iter().map(|endpoint| &endpoint.transfer).find(|transfer| !transfer.basis.de.is_empty());
    let (de, en) = basis.map(|transfer| (transfer.basis.de.as_str(), transfer.basis.en.as_str())).unwrap_or_default();
    let reason = both(sentence(de), sentence(en));
    Cell::inferred(reason)
        .with(both(format!("{}, {}", list.de, sure.0), format!("{}, {}", list.en, sure.1)))
        .on(rests(hit.iter().copied()))
}

/// The act and its conditions as a sentence; the act names the day.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    let whole = format!("{first}{}", letters.as_str());
    if whole.ends_with('.') { whole } else { format!("{whole}.") }
}

fn law(subject: &Subject<'_>) -> Cell {
    if subject.is_near_only() {
        return near_only();
    }
    let mut countries: BTreeMap<&str, usize> = BTreeMap::new();
    for endpoint in subject.hosts(Standing::Service) {
        let seat = endpoint.jurisdiction.as_ref().and_then(|law| law.parent_country.as_deref());
        if let Some(country) = seat {
            *countries.entry(country).or_default() += 1;
        }
    }
    if countries.is_empty() {
        return Cell::not_stated(both(
            "Zu keiner Gegenstelle ist ein Anbieter mit Sitz bekannt.",
            "Of no endpoint is a provider with its seat known.",
        ));
    }
    let names: Vec<Bilingual> =
        countries.keys().map(|code| each(|german| country_words(code, german).to_owned())).collect();
    let outside = subject.hosts(Standing::Service).filter(|endpoint| endpoint.jurisdiction.is_some());
    let reason = both(
        "Behörden dieser Länder können nach ihrem Recht Zugriff verlangen, auch wenn der Server anderswo steht.",
        "Authorities of these countries can demand access under their law, even where the server stands elsewhere.",
    );
    Cell::given(listed(&names, LISTED_MAX), reason).known(Certainty::Inferred).on(rests(outside))
}

fn rests<'e>(endpoints: impl Iterator<Item = &'e Endpoint>) -> Vec<Rest> {
    endpoints.map(Rest::endpoint).collect()
}
