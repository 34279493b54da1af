//! From pieces of evidence to a verdict about the EU and the EEA.
//!
//! The order of weight, and why:
//!
//! 1. **Physics.** No packet is faster than light in glass. A short round trip from a known place leaves few countries
//!    ([`Vantage::within`]); what names another is contradicted. It is the only evidence that nobody can misstate, except
//!    by answering in the server's place, which is why handshakes that boxes answer weigh less when they are very short.
//!    If the caller's place is known from a database only, what follows from it is as weak as that database. A long
//!    round trip proves nothing.
//! 2. **The operator's word**: its list of regions, and place codes in the names that it gives its machines. The operator
//!    knows where its machines stand. Both prove a place while nothing contradicts them; neither outranks the other.
//! 3. **Many places.** An anycast address answers wherever the next machine is, so nothing that names one place decides;
//!    the operator of such an address often lists it under one region all the same. A round trip alone can still tell
//!    that the machine that answered this caller was near.
//! 4. **Databases** tell where a prefix is registered or announced. Alone they make a place plausible, never proven.
//!
//! The grave claim is held to the stricter rule: `proven-outside` needs a list or a name and nothing that contradicts it.
//! A round trip that excludes the EU and EEA makes "outside" plausible and no more, since it rests on the caller's word.
//! Evidence that contradicts is kept, and says that it does.

use super::country::Country;
use super::evidence::{EvidenceKind, PlaceEvidence, Says};
use super::reach::{Reach, discount, explain};

/// Whether the machine stands in the EU or EEA, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlaceVerdict {
    /// Inside: a list or name says so and nothing contradicts, or a round trip leaves no other country.
    ProvenInside,
    /// Inside by databases only, or by better evidence that something contradicts.
    PlausibleInside,
    /// Nothing is known, or the evidence contradicts itself.
    Undecidable,
    /// Outside by databases or a round trip only, or by better evidence that something contradicts.
    PlausibleOutside,
    /// Outside: a list or name says so and nothing contradicts.
    ProvenOutside,
}

impl PlaceVerdict {
    /// Name in the JSON report.
    pub const fn name(self) -> &'static str {
        match self {
            PlaceVerdict::ProvenInside => "proven-inside",
            PlaceVerdict::PlausibleInside => "plausible-inside",
            PlaceVerdict::Undecidable => "undecidable",
            PlaceVerdict::PlausibleOutside => "plausible-outside",
            PlaceVerdict::ProvenOutside => "proven-outside",
        }
    }

    const fn at_most_plausible(self) -> Self {
        match self {
            PlaceVerdict::ProvenInside => PlaceVerdict::PlausibleInside,
            PlaceVerdict::ProvenOutside => PlaceVerdict::PlausibleOutside,
            other => other,
        }
    }

    const fn proven(inside: bool) -> Self {
        if inside { PlaceVerdict::ProvenInside } else { PlaceVerdict::ProvenOutside }
    }

    const fn plausible(inside: bool) -> Self {
        if inside { PlaceVerdict::PlausibleInside } else { PlaceVerdict::PlausibleOutside }
    }
}

/// Where an address is.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The country, unless it is unknown or the evidence contradicts itself.
    pub country: Option<Country>,
    /// Whether that is in the EU or EEA.
    pub verdict: PlaceVerdict,
    /// Everything that speaks for or against, the strongest kind first, databases in order of precedence.
    pub evidence: Vec<PlaceEvidence>,
    /// Greatest possible distance from the capturing host in kilometres.
    pub max_distance_km: Option<f64>,
}

/// Tells whether a country (ISO 3166-1 alpha-2) is in the EU or EEA on the day that counts; `None` means that the law
/// table does not know.
pub type IsEea<'f> = &'f dyn Fn(&str) -> Option<bool>;

/// Combines the evidence. `reach` is what the round trips among it leave possible.
pub fn judge(mut evidence: Vec<PlaceEvidence>, reach: Option<Reach<'_>>, is_eea: IsEea<'_>) -> Place {
    let sources = Sources::of(&evidence);
    let (country, verdict) = match reach {
        None => sources.judge(is_eea),
        Some(reach) if reach.is_answered_on_the_way(&sources.named()) => {
            discount(&mut evidence, &reach, &sources.named());
            let (country, verdict) = sources.judge(is_eea);
            (country, verdict.at_most_plausible())
        }
        Some(reach) => {
            let possible = reach.vantage.within(reach.km);
            let near = side(&possible, is_eea);
            explain(&mut evidence, &reach, &sources.named(), near);
            sources.judge_within(&possible, near, &reach, is_eea)
        }
    };
    evidence.sort_by_key(|piece| piece.kind);
    note_contradictions(&mut evidence);
    let max_distance_km = evidence.iter().filter_map(distance).min_by(f64::total_cmp);
    Place { country, verdict, evidence, max_distance_km }
}

/// The countries that evidence names.
#[derive(Debug)]
struct Sources {
    /// By region lists and host names.
    strong: Vec<Country>,
    /// By databases.
    weak: Vec<Country>,
    many_places: bool,
}

impl Sources {
    fn of(evidence: &[PlaceEvidence]) -> Self {
        Sources {
            strong: countries(evidence, |kind| matches!(kind, EvidenceKind::Region | EvidenceKind::HostName)),
            weak: countries(evidence, |kind| kind == EvidenceKind::Database),
            many_places: evidence.iter().any(|piece| piece.says == Says::ManyPlaces),
        }
    }

    fn judge(&self, is_eea: IsEea<'_>) -> (Option<Country>, PlaceVerdict) {
        match (self.many_places, self.strong.is_empty()) {
            (true, _) => (None, PlaceVerdict::Undecidable),
            (false, true) => by_databases(&self.weak, is_eea),
            (false, false) => by_lists(&self.strong, &self.weak, is_eea),
        }
    }

    fn named(&self) -> Vec<Country> {
        self.strong.iter().chain(&self.weak).copied().collect()
    }

    fn judge_within(
        &self,
        possible: &[Country],
        near: Option<bool>,
        reach: &Reach<'_>,
        is_eea: IsEea<'_>,
    ) -> (Option<Country>, PlaceVerdict) {
        if self.many_places {
            return by_nearness(near, the_only(possible), reach);
        }
        let strong = kept(&self.strong, reach);
        match (self.strong.is_empty(), strong.is_empty()) {
            (true, _) => self.databases_within(possible, near, reach, is_eea),
            (false, true) => self.contradicted(near, reach, is_eea),
            (false, false) => self.lists_within(&strong, near, reach, is_eea),
        }
    }

    /// All that lists and names say is out of reach. Only where both say the same of the EU and EEA, that much stands.
    fn contradicted(
        &self,
        near: Option<bool>,
        reach: &Reach<'_>,
        is_eea: IsEea<'_>,
    ) -> (Option<Country>, PlaceVerdict) {
        let agree = near.is_some() && near == side(&self.strong, is_eea);
        by_nearness(near.filter(|_| agree), None, reach)
    }

    /// What is out of reach contradicts nothing if the reach is sure.
    fn lists_within(
        &self,
        strong: &[Country],
        near: Option<bool>,
        reach: &Reach<'_>,
        is_eea: IsEea<'_>,
    ) -> (Option<Country>, PlaceVerdict) {
        let weak = if reach.is_firm() { kept(&self.weak, reach) } else { self.weak.clone() };
        let (country, verdict) = by_lists(strong, &weak, is_eea);
        match near {
            Some(true) if reach.is_firm() => (country, PlaceVerdict::ProvenInside),
            _ if strong.len() < self.strong.len() => (country, verdict.at_most_plausible()),
            _ => (country, verdict),
        }
    }

    fn databases_within(
        &self,
        possible: &[Country],
        near: Option<bool>,
        reach: &Reach<'_>,
        is_eea: IsEea<'_>,
    ) -> (Option<Country>, PlaceVerdict) {
        let weak = kept(&self.weak, reach);
        if weak.len() < self.weak.len() && !reach.is_firm() {
            // One database places the caller, another the server, and they cannot both be right.
            return (None, PlaceVerdict::Undecidable);
        }
        match near {
            Some(_) => by_nearness(near, the_only(&weak).or(the_only(possible)), reach),
            None => by_databases(&weak, is_eea),
        }
    }
}

/// What a round trip alone tells.
fn by_nearness(near: Option<bool>, country: Option<Country>, reach: &Reach<'_>) -> (Option<Country>, PlaceVerdict) {
    match near {
        Some(true) if reach.is_firm() => (country, PlaceVerdict::ProvenInside),
        Some(true) => (country, PlaceVerdict::PlausibleInside),
        Some(false) => (country, PlaceVerdict::PlausibleOutside),
        None => (None, PlaceVerdict::Undecidable),
    }
}

fn kept(countries: &[Country], reach: &Reach<'_>) -> Vec<Country> {
    countries.iter().copied().filter(|country| reach.allows(*country)).collect()
}

/// Adds to each piece that names another country than the first one does that it contradicts it.
fn note_contradictions(evidence: &mut [PlaceEvidence]) {
    let named = |piece: &PlaceEvidence| match piece.says {
        Says::Country(country) => Some((country, piece.kind)),
        _ => None,
    };
    let Some((country, kind)) = evidence.iter().find_map(named) else { return };
    for piece in evidence.iter_mut() {
        if named(piece).is_some_and(|(other, _)| other != country) {
            piece.detail.add(
                &format!("; widerspricht der Angabe {country} ({})", kind.name_de()),
                &format!("; contradicts {country} ({})", kind.name()),
            );
        }
    }
}

fn countries(evidence: &[PlaceEvidence], of: impl Fn(EvidenceKind) -> bool) -> Vec<Country> {
    let country = |piece: &PlaceEvidence| match piece.says {
        Says::Country(country) => Some(country),
        _ => None,
    };
    evidence.iter().filter(|piece| of(piece.kind)).filter_map(country).collect()
}

fn distance(piece: &PlaceEvidence) -> Option<f64> {
    match piece.says {
        Says::WithinKm(kilometres) => Some(kilometres),
        _ => None,
    }
}

/// Databases agree on the side or nothing is decided. The country is the one of the first, which is the user's own.
fn by_databases(weak: &[Country], is_eea: IsEea<'_>) -> (Option<Country>, PlaceVerdict) {
    match side(weak, is_eea) {
        Some(inside) => (weak.first().copied(), PlaceVerdict::plausible(inside)),
        None => (the_only(weak), PlaceVerdict::Undecidable),
    }
}

/// A database cannot overrule a list, but while it says the other side, nothing is proven.
fn by_lists(strong: &[Country], weak: &[Country], is_eea: IsEea<'_>) -> (Option<Country>, PlaceVerdict) {
    let country = the_only(strong);
    let Some(inside) = side(strong, is_eea) else { return (country, PlaceVerdict::Undecidable) };
    let contradicted = weak.iter().any(|country| is_eea(country.as_str()) == Some(!inside));
    (country, if contradicted { PlaceVerdict::plausible(inside) } else { PlaceVerdict::proven(inside) })
}

/// Whether all countries lie inside (`true`) or all outside; `None` when they differ, one is unknown, or none is there.
fn side(countries: &[Country], is_eea: IsEea<'_>) -> Option<bool> {
    let first = is_eea(countries.first()?.as_str())?;
    countries.iter().all(|country| is_eea(country.as_str()) == Some(first)).then_some(first)
}

fn the_only(countries: &[Country]) -> Option<Country> {
    let first = *countries.first()?;
    countries.iter().all(|country| *country == first).then_some(first)
}

#[cfg(test)]
mod tests;
