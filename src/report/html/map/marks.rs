//! What the map marks: countries that data went to, and claims that other evidence contradicts.

use super::land::middle;
use crate::exposure::{Endpoint, PlaceProof};
use crate::report::html::digest::{Digest, known_status, weight};
use std::collections::BTreeMap;

/// Most places within a country that its mark names.
const PLACES_MAX: usize = 2;

/// How sure a mark is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sure {
    /// By more than a database.
    Proven,
    /// By a database, or by better evidence that something contradicts.
    Plausible,
    /// Only evidence that did not decide names the country.
    Claimed,
    /// Other evidence contradicts.
    Against,
}

impl Sure {
    pub(super) fn class(self) -> &'static str {
        match self {
            Sure::Proven => "proven",
            Sure::Plausible => "plausible",
            Sure::Claimed => "claimed",
            Sure::Against => "against",
        }
    }

    /// Whether the country is known, and not only named.
    pub(super) fn is_known(self) -> bool {
        matches!(self, Sure::Proven | Sure::Plausible)
    }
}

/// A country with what went there.
pub(super) struct Mark<'f> {
    pub(super) code: &'f str,
    pub(super) status: &'static str,
    pub(super) bytes: u64,
    pub(super) sure: Sure,
    /// Cities or areas by region lists and host names.
    pub(super) places: Vec<&'f str>,
    /// Latitude and longitude of the country's middle.
    pub(super) at: (f64, f64),
}

/// Marks by their bytes, the heaviest first; contradicted claims at the end.
pub(super) fn marks<'f>(digest: &Digest<'f>) -> Vec<Mark<'f>> {
    let mut marks: BTreeMap<(&str, u8), Mark<'f>> = BTreeMap::new();
    for endpoint in digest.far() {
        add_place(&mut marks, endpoint);
        for code in contradicted(endpoint) {
            if let Some((at, _)) = middle(code) {
                let new = Mark { code, status: "unknown", bytes: 0, sure: Sure::Against, places: Vec::new(), at };
                marks.entry((code, 2)).or_insert(new);
            }
        }
    }
    let mut marks: Vec<_> = marks.into_values().collect();
    marks.sort_by_key(|mark| (mark.sure == Sure::Against, std::cmp::Reverse(mark.bytes)));
    marks
}

fn add_place<'f>(marks: &mut BTreeMap<(&'f str, u8), Mark<'f>>, endpoint: &'f Endpoint) {
    let known = endpoint.place.country.as_deref();
    let claim = || endpoint.place.evidence.iter().find(|proof| proof.kind == "database" && proof.says.len() == 2);
    let code = known.or_else(|| claim().map(|proof| proof.says.as_str()));
    let Some((code, at)) = code.and_then(|code| Some((code, middle(code)?.0))) else { return };
    let proven = endpoint.place.verdict.starts_with("proven");
    let (status, sure) = match known {
        Some(_) if proven => (known_status(&endpoint.transfer.status), Sure::Proven),
        Some(_) => (known_status(&endpoint.transfer.status), Sure::Plausible),
        None => ("unknown", Sure::Claimed),
    };
    let new = Mark { code, status, bytes: 0, sure, places: Vec::new(), at };
    let mark = marks.entry((code, u8::from(known.is_none()))).or_insert(new);
    mark.bytes = mark.bytes.saturating_add(weight(endpoint));
    mark.sure = mark.sure.min(sure);
    for place in endpoint.place.evidence.iter().filter(|proof| known == Some(proof.says.as_str())).filter_map(place) {
        if mark.places.len() < PLACES_MAX && !mark.places.contains(&place) {
            mark.places.push(place);
        }
    }
}

/// The city or area that a region list or a host name names: `(Frankfurt)` in its detail.
fn place(proof: &PlaceProof) -> Option<&str> {
    let own = proof.detail.split(';').next()?;
    let (_, inside) = own.split_once('(').filter(|_| matches!(proof.kind.as_str(), "region" | "host-name"))?;
    inside.split_once(')').map(|(place, _)| place).filter(|place| !place.is_empty())
}

/// Whether a piece of evidence contradicts another one, or another one it.
pub(super) fn is_contradiction(proof: &PlaceProof) -> bool {
    proof.detail.contains("; contradicts ")
}

/// Countries that are named of an endpoint although other evidence contradicts: by a round trip, or by better evidence.
fn contradicted(endpoint: &Endpoint) -> Vec<&str> {
    let mut codes = Vec::new();
    for proof in endpoint.place.evidence.iter().filter(|proof| is_contradiction(proof)) {
        if proof.says.len() == 2 {
            codes.push(proof.says.as_str());
            continue;
        }
        let told = proof.detail.split("; contradicts ").skip(1);
        codes.extend(told.filter_map(|rest| rest.get(..2)));
    }
    codes.retain(|code| Some(*code) != endpoint.place.country.as_deref());
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proof(kind: &str, says: &str, detail: &str) -> PlaceProof {
        PlaceProof { kind: kind.into(), says: says.into(), detail: detail.into(), detail_de: String::new() }
    }

    #[test]
    fn places_and_contradictions_are_read_from_the_evidence() {
        let region =
            proof("region", "DE", "Example eu-central-1 (Frankfurt), 192.0.2.0-192.0.2.255; list of 2026-10-01");
        assert_eq!(place(&region), Some("Frankfurt"));
        assert_eq!(place(&proof("database", "DE", "x (y)")), None);
        let mut endpoint = Endpoint::default();
        let far = "STUN 9.000 ms; from DE as given, possible: DE; contradicts US, which is at least 5000 km away";
        endpoint.place.evidence = vec![
            region,
            proof("round-trip", "at most 900 km", far),
            proof("database", "JP", "x; contradicts DE (region)"),
        ];
        assert_eq!(contradicted(&endpoint), ["US", "JP"]);
    }
}
