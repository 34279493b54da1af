//! The exposures: what became visible, to whom, in plain sentences with evidence.
//!
//! Sources: what follows from a call as a whole (`call`), what its people did (`activity`), what went on beside it
//! (`beside`), encrypted name resolution (`resolver`), names of organisations inside host names (`tenant`), and facts
//! whose key carries a sentence (`facts`). Names in
//! statements come from packets; the formats make them safe.

mod activity;
mod beside;
mod call;
mod facts;
pub(super) mod resolver;
mod shown;
mod tenant;

use super::device::{self, PublicAddress};
use super::findings::{Bilingual, ExposureEntry, Local, Meeting};
use super::meeting::Call;
use super::streams::Part;
use super::timeline::Timeline;
use super::traits::System;
use super::view::View;
use crate::catalogue::Catalogue;
use crate::model::{Observer, Question};
use std::collections::BTreeMap;
use std::net::IpAddr;

pub use facts::FACT_EXPOSURES_MAX;

/// Most pieces of evidence listed of one exposure.
const EVIDENCE_MAX: usize = 4;

/// What the statements are made from.
pub(super) struct Material<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) views: &'a [View<'a>],
    pub(super) timeline: Timeline,
    pub(super) calls: &'a [Call],
    /// The streams of each call.
    pub(super) parts: &'a [Vec<Part<'a>>],
    pub(super) meetings: &'a [Meeting],
    pub(super) local: &'a Local,
    pub(super) public: &'a [PublicAddress],
}

/// What the calls' statements look up again and again.
struct Index {
    /// System of each device of the local side.
    systems: Vec<Option<System>>,
    /// Views by the address of their other side.
    remotes: BTreeMap<IpAddr, Vec<usize>>,
}

impl Index {
    fn new(material: &Material<'_>) -> Index {
        let systems = material.local.devices.iter().map(|device| device::system(device, material.views)).collect();
        let mut remotes: BTreeMap<IpAddr, Vec<usize>> = BTreeMap::new();
        for (index, view) in material.views.iter().enumerate() {
            remotes.entry(view.sides.remote.ip()).or_default().push(index);
        }
        Index { systems, remotes }
    }
}

/// Exposures, and how many facts found no room.
#[derive(Default)]
pub(super) struct Exposed {
    list: Vec<(Question, ExposureEntry)>,
    pub(super) left_out: u64,
}

/// All exposures, by question: those of the calls as a whole, then facts of the calls' flows, then those of others,
/// each in order of first sighting.
pub(super) fn exposures(material: &Material<'_>) -> (Vec<ExposureEntry>, u64) {
    let mut exposed = Exposed::default();
    let lookup = Index::new(material);
    for (index, (call, meeting)) in material.calls.iter().zip(material.meetings).enumerate() {
        let observers = call::tell(call, meeting, material, &lookup, &mut exposed);
        activity::tell(index, meeting, &observers, material, &mut exposed);
        beside::tell(call, meeting, material, &mut exposed);
    }
    resolver::tell(material, &mut exposed);
    facts::tell(material, &mut exposed);
    tenant::tell(material, &mut exposed);
    exposed.list.sort_by_key(|(question, _)| *question);
    let entry = |(index, (question, entry)): (usize, (Question, ExposureEntry))| ExposureEntry {
        id: format!("x{}", index + 1),
        question: question.name().into(),
        ..entry
    };
    (exposed.list.into_iter().enumerate().map(entry).collect(), exposed.left_out)
}

/// An entry for what packets show.
fn observed(key: &str, value: String, observers: &[Observer], statement: Bilingual) -> ExposureEntry {
    ExposureEntry {
        key: key.into(),
        value,
        observers: observers.iter().map(|observer| observer.name().to_owned()).collect(),
        certainty: "observed".into(),
        statement,
        ..ExposureEntry::default()
    }
}

/// An entry for what follows from packets.
fn inferred(key: &str, value: String, observers: &[Observer], statement: Bilingual) -> ExposureEntry {
    ExposureEntry { certainty: "inferred".into(), ..observed(key, value, observers, statement) }
}
