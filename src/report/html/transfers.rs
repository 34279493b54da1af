//! Transfers: each recipient, its place, whose law it obeys, the status on the day; then the advice.

use super::both::{Both, say};
use super::digest::{Digest, NAME_CHARS_MAX, operator, status, weight};
use super::{chapter, map, table};
use crate::exposure::{Endpoint, Recommendation};
use crate::model::text::day;
use maud::{Markup, html};

/// Most recipients in the table; the JSON report has all.
const ROWS_MAX: usize = 60;

pub(super) fn section(digest: &Digest<'_>) -> Markup {
    let far = digest.far();
    let lead = say(
        "Standort der Maschine und Recht des Betreibers sind zwei Fragen. Maßgeblich ist der Stand am Tag der Aufzeichnung.",
        "Where the machine stands and whose law its operator obeys are two questions. What counts is the law on the day of the capture.",
    );
    chapter(
        "transfers",
        say("Übermittlungen", "Transfers"),
        lead,
        html! {
            @if far.is_empty() {
                p.empty { (say("Keine Gegenstelle außerhalb des eigenen oder eines benachbarten Netzes.", "No endpoint outside the own or a neighbouring network.")) }
            } @else {
                (table("recipients", say("Empfänger nach Datenmenge", "Recipients by amount of data"), html! {
                    thead { tr {
                        th scope="col" { (say("Empfänger", "Recipient")) }
                        th scope="col" { (say("Zweck", "Purpose")) }
                        th scope="col" { (say("Standort und Gewissheit", "Place and certainty")) }
                        th scope="col" { (say("Recht des Betreibers", "Law of the operator")) }
                        th scope="col" { (say("Status und Rechtsakt", "Status and act")) }
                        th.number scope="col" { (say("gesendet", "sent")) }
                        th.number scope="col" { (say("empfangen", "received")) }
                    } }
                    tbody { @for endpoint in far.iter().take(ROWS_MAX) { (row(digest, endpoint)) } }
                }))
                (left_out(far.len(), ROWS_MAX))
            }
        },
    )
}

fn row(digest: &Digest<'_>, endpoint: &Endpoint) -> Markup {
    html! {
        tr {
            th scope="row" {
                @if let Some(id) = &endpoint.provider { b { (digest.provider_name(id)) } br; }
                (host(endpoint))
            }
            td { @if endpoint.purpose.is_empty() { "–" } @else { (Both::purposes(&endpoint.purpose)) } }
            td { (map::place(endpoint)) }
            td { (law(endpoint)) }
            td {
                (status(&endpoint.transfer.status))
                p.fine {
                    (Both::from(&endpoint.transfer.basis))
                    @if let Some(day) = &endpoint.transfer.on { " · " (Both::day(day)) }
                }
            }
            td.number { (Both::bytes(endpoint.bytes_sent)) }
            td.number { (Both::bytes(endpoint.bytes_received)) }
        }
    }
}

/// Name, operator and address of an endpoint.
pub(super) fn host(endpoint: &Endpoint) -> Markup {
    let name = endpoint.names.first().map(|name| Both::same(name.name.as_str()).cut(NAME_CHARS_MAX));
    let run_by = operator(endpoint);
    html! {
        @if run_by != endpoint.address { span { (run_by) } br; }
        @if let Some(name) = name { span.host { (name) } br; }
        span.host { (endpoint.address) }
    }
}

fn law(endpoint: &Endpoint) -> Markup {
    html! {
        @match &endpoint.jurisdiction {
            Some(whose) => {
                @if let Some(country) = &whose.country { b { (Both::country(country)) } }
                @if let Some(parent) = whose.parent_country.as_ref().filter(|parent| whose.country.as_ref() != Some(parent)) {
                    br; (say("Mutter: ", "Parent: ")) (Both::country(parent))
                }
                @if let Some(entity) = &whose.entity { p.fine { (entity) } }
            }
            None => {
                @if let Some(country) = &endpoint.operator.country {
                    (Both::country(country))
                    p.fine { (say("nach Eintrag des Netzbetreibers", "by the network operator’s registration")) }
                } @else { "–" }
            }
        }
    }
}

/// Says how many entries a table leaves out.
pub(super) fn left_out(count: usize, shown: usize) -> Markup {
    html! {
        @if count > shown {
            p.fine { (Both::count(count - shown, [
                "weiterer Eintrag steht im JSON-Bericht", "weitere Einträge stehen im JSON-Bericht",
                "more entry is in the JSON report", "more entries are in the JSON report",
            ])) }
        }
    }
}

/// What to do: for controllers, then for participants.
pub(super) fn advice(digest: &Digest<'_>) -> Markup {
    let title = say("Empfehlungen", "Advice");
    chapter(
        "advice",
        title,
        Both::default(),
        html! {
            @if digest.findings.recommendations.is_empty() {
                p.empty { (say("Aus diesem Mitschnitt ergibt sich keine Empfehlung.", "No advice follows from this capture.")) }
            }
            div.audiences {
                (for_audience(digest, "controller", say("Für Verantwortliche", "For controllers")))
                (for_audience(digest, "participant", say("Für Teilnehmende", "For participants")))
            }
        },
    )
}

fn for_audience(digest: &Digest<'_>, audience: &str, title: Both) -> Markup {
    let is_for = |advice: &&Recommendation| advice.audience == audience;
    let list: Vec<_> = digest.findings.recommendations.iter().filter(is_for).collect();
    html! {
        @if !list.is_empty() {
            div {
                h3 { (title) }
                ol.advice { @for advice in list {
                    li { p { (Both::from(&advice.text)) } p.fine { (because(advice)) (source(&advice.source)) } }
                } }
            }
        }
    }
}

/// Whose advice, with days and short names in the form of each language.
fn source(text: &str) -> Both {
    let pairs = [
        ("DSGVO/GDPR", "DSGVO", "GDPR"),
        ("EDPB / EDSA", "EDSA", "EDPB"),
        ("general knowledge / allgemeines Wissen", "allgemeines Wissen", "general knowledge"),
    ];
    let put = |german: bool| {
        let named =
            pairs.iter().fold(text.to_owned(), |text, (both, de, en)| text.replace(both, if german { de } else { en }));
        let words: Vec<String> = named.split(' ').map(|word| dated(word, german)).collect();
        words.join(" ")
    };
    Both::of(put)
}

/// `(2026-10-23)` in the form of the language.
fn dated(word: &str, german: bool) -> String {
    let inner = word.trim_matches(['(', ')', ',', ';']);
    let is_day = inner.len() == 10 && inner.chars().all(|character| character.is_ascii_digit() || character == '-');
    if is_day { word.replace(inner, &day(inner, german)) } else { word.to_owned() }
}

/// Links to the exposures that a piece of advice rests on.
fn because(advice: &Recommendation) -> Markup {
    html! {
        @for id in advice.because.iter().filter(|id| id.starts_with('x')) { a href={ "#" (id) } { (id) } " " }
    }
}

/// The heaviest endpoints outside the EU and EEA or of unknown place, and how much went to each status.
pub(super) fn sum(digest: &Digest<'_>, name: &str) -> (usize, u64) {
    let of = digest.far().into_iter().filter(|endpoint| endpoint.transfer.status == name);
    of.fold((0, 0), |(count, bytes), endpoint| (count + 1, bytes.saturating_add(weight(endpoint))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_advice_have_the_form_of_their_language() {
        let found = source("Art. 44-49 DSGVO/GDPR; EDPB / EDSA, Recommendations 01/2020 (2021-06-18)");
        assert_eq!(found.de, "Art. 44-49 DSGVO; EDSA, Recommendations 01/2020 (18.06.2021)");
        assert_eq!(found.en, "Art. 44-49 GDPR; EDPB, Recommendations 01/2020 (2021-06-18)");
    }
}
