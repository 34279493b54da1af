//! The evidence of each place as a table.

use super::marks::is_contradiction;
use crate::exposure::{Endpoint, PlaceProof};
use crate::report::html::both::{Both, say};
use crate::report::html::digest::Digest;
use crate::report::html::words::{EVIDENCE, PLACE, proof_words, word};
use crate::report::html::{table as in_table, transfers};
use maud::{Markup, html};

/// Most rows of the table of places; the JSON report has all.
const ROWS_MAX: usize = 60;

pub(super) fn table(digest: &Digest<'_>) -> Markup {
    let far = digest.far();
    html! {
        (in_table("places", say("Belege für den Standort jeder Gegenstelle", "Evidence of the place of each endpoint"), html! {
            thead { tr {
                th scope="col" { (say("Gegenstelle", "Endpoint")) }
                th scope="col" { (say("Standort", "Place")) }
                th scope="col" { (say("Höchste Entfernung", "Farthest away")) }
                th scope="col" { (say("Belege", "Evidence")) }
            } }
            tbody { @for endpoint in far.iter().take(ROWS_MAX) { (row(endpoint)) } }
        }))
        (transfers::left_out(far.len(), ROWS_MAX))
    }
}

fn row(endpoint: &Endpoint) -> Markup {
    html! {
        tr {
            th scope="row" { (transfers::host(endpoint)) }
            td { (place(endpoint)) }
            td.number { @if let Some(km) = endpoint.place.max_distance_km { (Both::number(km as u64)) " km" } @else { "–" } }
            td { (evidence(endpoint)) }
        }
    }
}

/// What kinds of evidence there are in a line; each in full below, folded on screens.
fn evidence(endpoint: &Endpoint) -> Markup {
    let proofs = &endpoint.place.evidence;
    let against = proofs.iter().any(is_contradiction);
    html! {
        @if !proofs.is_empty() {
            details.because {
                summary {
                    @if against { span.tag.against { (say("Widerspruch", "Contradiction")) } }
                    (in_short(proofs))
                }
                ul.plain { @for proof in proofs { (full(proof)) } }
            }
        }
    }
}

/// The strongest piece, and how many there are besides.
fn in_short(proofs: &[PlaceProof]) -> Both {
    let Some(first) = proofs.first() else { return Both::default() };
    let (says, _) = proof_words(first);
    let strongest = Both::join(&[word(EVIDENCE, &first.kind).capitalised(), says], ": ");
    match proofs.len() {
        0 | 1 => strongest,
        all => {
            let more = ["weiterer Beleg", "weitere Belege", "more piece", "more pieces"];
            Both::join(&[strongest, Both::count(all - 1, more)], " + ")
        }
    }
}

fn full(proof: &PlaceProof) -> Markup {
    let (says, detail) = proof_words(proof);
    html! {
        li {
            @if is_contradiction(proof) { span.tag.against { (say("Widerspruch", "Contradiction")) } }
            (word(EVIDENCE, &proof.kind).capitalised()) ": " b { (says) }
            @if !detail.is_empty() { span.fine { " (" (detail) ")" } }
        }
    }
}

/// Country and how sure it is.
pub(in crate::report::html) fn place(endpoint: &Endpoint) -> Markup {
    html! {
        @if let Some(code) = &endpoint.place.country { b { (Both::country(code)) } br; }
        span.fine { (word(PLACE, &endpoint.place.verdict)) }
    }
}
