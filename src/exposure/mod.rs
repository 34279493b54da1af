//! Flows, the catalogue and places become meetings and the answers to who, with whom, when, how often, how long,
//! where from, with which device, over which providers, with which software. Rank 2.
//!
//! Three kinds of statement, never mixed: seen in the packets (`observed`), inferred from them (`inferred`, with what
//! it is inferred from), and not determinable (with the reason).

mod advice;
mod age;
mod codec;
mod device;
mod discreet;
mod endpoint;
mod entries;
mod findings;
mod kin;
mod limits;
mod links;
mod local;
mod meeting;
mod naming;
mod participant;
mod people;
mod place;
mod quality;
mod reason;
#[cfg(test)]
mod samples;
mod statement;
mod streams;
mod stretch;
#[cfg(test)]
mod tests;
mod timeline;
mod traits;
mod view;
mod words;

pub use discreet::{
    Discretion, KEY_BYTES_MIN, KeyOrigin, KeyTooShort, Pseudonyms, Treatment, discreet, is_behaviour, treatment,
};
pub use findings::*;
pub use local::{LocalSide, Sides, is_host, is_private};
pub use meeting::{MEDIA_PACKETS_MIN, MEETING_GAP_NANOS, MEETING_NANOS_MIN};
pub use place::{AddressQuery, answer};
pub use statement::FACT_EXPOSURES_MAX;
pub use stretch::FLOW_GAP_NANOS;
pub use view::{NAME_LIFE_NANOS, NAMES_PER_FLOW_MAX};

use crate::catalogue::{Catalogue, Law};
use crate::engine::Traffic;
use crate::model::{Capture, Problems};
use crate::place::Atlas;
use ipnet::IpNet;
use statement::Material;
use timeline::Timeline;

/// What is known before any packet is read.
#[derive(Clone, Copy)]
pub struct Knowledge<'k> {
    /// Signatures.
    pub catalogue: &'k Catalogue,
    /// Law by date.
    pub law: &'k Law,
    /// Places and operators of addresses.
    pub atlas: &'k Atlas,
}

/// What reading the captures gave.
pub struct Observed {
    /// Flows and names.
    pub traffic: Traffic,
    /// The captures, in the order given.
    pub captures: Vec<Capture>,
    /// Duplicate packets by capture.
    pub duplicates: Vec<u64>,
    /// What decoding could not read.
    pub problems: Problems,
}

/// What the user says of the captured side.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// Its addresses and networks.
    pub local: Vec<IpNet>,
    /// Where it is.
    pub from: Option<GivenPlace>,
}

/// A place as the user gives it.
#[derive(Clone, Debug, PartialEq)]
pub enum GivenPlace {
    /// ISO 3166 alpha-2, upper case.
    Country(String),
    /// Latitude and longitude in degrees.
    Point(f64, f64),
}

impl GivenPlace {
    /// Reads `DE` or `53.79,12.17`; `None` when it is neither.
    pub fn parse(text: &str) -> Option<GivenPlace> {
        if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Some(GivenPlace::Country(text.to_ascii_uppercase()));
        }
        let (lat, lon) = text.split_once(',')?;
        let (lat, lon): (f64, f64) = (lat.trim().parse().ok()?, lon.trim().parse().ok()?);
        ((-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)).then_some(GivenPlace::Point(lat, lon))
    }
}

/// Words for readers of a purpose in the report; an unknown one stays as it is.
pub fn purpose_words(id: &str, german: bool) -> &str {
    crate::catalogue::purpose_of(id).map_or(id, |known| if german { known.words.de } else { known.words.en })
}

/// The name of a country of the report for readers; a code that is none stays as it is.
pub fn country_words(code: &str, german: bool) -> &str {
    crate::catalogue::country_name(code, german).unwrap_or(code)
}

/// Everything that the report says.
pub fn assess(observed: &Observed, knowledge: &Knowledge<'_>, caller: &Caller) -> Findings {
    let traffic = &observed.traffic;
    let own: Vec<_> = observed.captures.iter().flat_map(|capture| capture.own_addresses.iter().copied()).collect();
    let local = LocalSide::decide_with(traffic, &caller.local, &own);
    let systems = place::systems(traffic, &local, knowledge);
    let views = view::views(traffic, &local, knowledge, &systems);
    let calls = meeting::calls(&views, traffic, &local);
    let parts: Vec<_> = calls.iter().map(|call| streams::parts(call, &views)).collect();
    let active = device::active_addresses(&local, &views, &calls);
    let public = device::public_addresses(&views, &active);
    let here = place::here(&public, &views, traffic, knowledge, caller);
    let endpoints = endpoint::endpoints(&views, &here, knowledge);
    let meetings = entries::meetings(&calls, &parts, &views, &endpoints, &public, observed, knowledge);
    let local_entry = device::local(&local, &active, &public, &views, here.location.clone());
    let material = Material {
        catalogue: knowledge.catalogue,
        views: &views,
        timeline: Timeline::of(&views),
        calls: &calls,
        parts: &parts,
        meetings: &meetings,
        local: &local_entry,
        public: &public,
    };
    let (exposures, left_out) = statement::exposures(&material);
    let transfers = endpoint::transfers(&endpoints);
    let recommendations = advice::recommendations(&exposures, &endpoints, &meetings, knowledge);
    let self_test = quality::self_test(observed, &views, &meetings);
    let not_determinable = limits::not_determinable(&views, &meetings, &endpoints, observed, &calls);
    Findings {
        schema_version: SCHEMA_VERSION,
        tool: entries::tool(knowledge),
        captures: entries::captures(observed),
        local: local_entry,
        flows: views.iter().map(|view| entries::flow(view)).collect(),
        problems: entries::problems(observed, left_out),
        meetings,
        endpoints,
        exposures,
        transfers,
        recommendations,
        not_determinable,
        self_test,
        handling: discreet::plain(),
    }
}
