//! What the shortest round trip leaves possible, and the words for it.

use super::country::Country;
use super::evidence::{PlaceEvidence, Says, Told};
use super::vantage::Vantage;

/// Most countries that a round trip's detail lists; of more it gives the number.
const POSSIBLE_LISTED_MAX: usize = 12;

/// What the shortest clean round trip leaves possible.
#[derive(Clone, Copy, Debug)]
pub struct Reach<'v> {
    /// Where it was measured from.
    pub vantage: &'v Vantage,
    /// Greatest possible distance in kilometres.
    pub km: f64,
    /// Whether a box in the house may have answered.
    pub may_be_box: bool,
}

impl Reach<'_> {
    pub(super) fn allows(&self, country: Country) -> bool {
        self.vantage.least_km(country).is_none_or(|least| least <= self.km)
    }

    /// Whether the conclusion is as sure as physics.
    pub(super) fn is_firm(&self) -> bool {
        self.vantage.is_given() && !self.may_be_box
    }

    /// An answer after less than a millisecond, while everything else names places out of reach: a proxy, NAT box or VPN
    /// answered the handshake, and the time says nothing of the server.
    pub(super) fn is_answered_on_the_way(&self, named: &[Country]) -> bool {
        self.may_be_box && !named.is_empty() && !named.iter().any(|country| self.allows(*country))
    }
}

/// Adds to the shortest round trip what it leaves possible and what it contradicts.
pub(super) fn explain(evidence: &mut [PlaceEvidence], reach: &Reach<'_>, named: &[Country], near: Option<bool>) {
    let possible = reach.vantage.within(reach.km);
    let Some(piece) = evidence.iter_mut().find(|piece| piece.says == Says::WithinKm(reach.km)) else { return };
    let (eea_de, eea) = match near {
        Some(true) => ("alle in EU oder EWR", "all in the EU or EEA"),
        Some(false) => ("EU und EWR sind ausgeschlossen", "the EU and EEA are excluded"),
        None => ("teils in EU oder EWR, teils nicht", "some in the EU or EEA, some not"),
    };
    let listed = match possible.len() {
        0..=POSSIBLE_LISTED_MAX => Told::same(codes(&possible)),
        more => Told::new(format!("{more} Länder"), format!("{more} countries")),
    };
    let from = reach.vantage.words();
    piece.detail.add(
        &format!("; gemessen von {}, möglich: {}, {eea_de}", from.de, listed.de),
        &format!("; from {}, possible: {}, {eea}", from.en, listed.en),
    );
    if reach.may_be_box {
        piece.detail.add(
            "; so kurz, dass ein Gerät im Haus geantwortet haben kann",
            "; so short that a box in the house may have answered",
        );
    }
    let far = out_of_reach(reach, named);
    piece.detail.add(&far.de, &far.en);
}

/// `; contradicts US, which is at least 5840 km away`.
fn out_of_reach(reach: &Reach<'_>, named: &[Country]) -> Told {
    let mut told: Vec<Country> = Vec::new();
    let mut text = Told::default();
    for country in named.iter().filter(|country| !reach.allows(**country)) {
        if let Some(least) = reach.vantage.least_km(*country).filter(|_| !told.contains(country)) {
            told.push(*country);
            text.add(
                &format!("; widerspricht der Angabe {country}, mindestens {least:.0} km entfernt"),
                &format!("; contradicts {country}, which is at least {least:.0} km away"),
            );
        }
    }
    text
}

/// Marks the round trips as no word about the server.
pub(super) fn discount(evidence: &mut [PlaceEvidence], reach: &Reach<'_>, named: &[Country]) {
    let (from, why) = (reach.vantage.words(), out_of_reach(reach, named));
    for piece in evidence.iter_mut().filter(|piece| matches!(piece.says, Says::WithinKm(_))) {
        piece.says = Says::NotCounted;
        piece.detail.add(
            &format!("; gemessen von {}{}: Ein Gerät auf dem Weg (Proxy, NAT, VPN) hat geantwortet", from.de, why.de),
            &format!("; from {}{}: a box on the way (proxy, NAT, VPN) answered", from.en, why.en),
        );
    }
}

fn codes(countries: &[Country]) -> String {
    countries.iter().map(Country::as_str).collect::<Vec<_>>().join(" ")
}
