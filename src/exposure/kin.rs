//! Flows of one call: checks, relays and media that share a socket, a name of connectivity checks, an account at a
//! relay, or a peer that a relay was told. That two flows run at the same time never ties them.

use super::timeline::Timeline;
use super::view::View;
use crate::flow::Protocol;
use crate::model::{Timestamp, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

/// Signalling this long before the first or after the last media packet still belongs to a call, in nanoseconds.
pub(super) const CONTEXT_NANOS: i64 = 120_000_000_000;
/// Most flows tied to one call.
const KIN_FLOWS_MAX: usize = 512;
/// Steps from flow to flow: a check from another socket, and the relay that this socket asked.
const STEPS_MAX: usize = 3;

/// What ties flows together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tie<'v> {
    /// A local socket: two programs cannot share it.
    Socket(Protocol, SocketAddr),
    /// Both halves of the name in connectivity checks (RFC 8445 section 7.2.2), in order.
    Checks(&'v str, &'v str),
    /// Account at relays, which clients get for one call.
    Account(&'v str),
    /// A peer that a relay was told.
    Told(SocketAddr),
}

/// The ties of all flows.
pub(super) struct Kin<'v> {
    views: &'v [View<'v>],
    /// All flows by time.
    pub(super) timeline: Timeline,
    flows: BTreeMap<Tie<'v>, Vec<usize>>,
}

impl<'v> Kin<'v> {
    /// Collects the ties of `views`.
    pub(super) fn of(views: &'v [View<'v>]) -> Self {
        let mut flows: BTreeMap<Tie<'v>, Vec<usize>> = BTreeMap::new();
        for (index, view) in views.iter().enumerate() {
            for tie in ties(view) {
                flows.entry(tie).or_default().push(index);
            }
        }
        Kin { views, timeline: Timeline::of(views), flows }
    }

    /// The flows around that time that are tied to `seed`, which is left out.
    pub(super) fn around(&self, seed: &BTreeSet<usize>, from: Timestamp, to: Timestamp) -> BTreeSet<usize> {
        let (mut found, mut edge) = (seed.clone(), seed.clone());
        for _ in 0..STEPS_MAX {
            let mut next = BTreeSet::new();
            let looked_for = |index: &usize| {
                let view = &self.views[*index];
                ties(view).into_iter().chain([Tie::Told(view.sides.remote)])
            };
            let tied = edge.iter().flat_map(looked_for).collect::<BTreeSet<_>>();
            for index in tied.iter().filter_map(|tie| self.flows.get(tie)).flatten() {
                if found.len() < KIN_FLOWS_MAX && is_near(&self.views[*index], from, to) && found.insert(*index) {
                    next.insert(*index);
                }
            }
            edge = next;
        }
        found.difference(seed).copied().collect()
    }
}

/// Whether a flow ran around that time.
pub(super) fn is_near(view: &View<'_>, from: Timestamp, to: Timestamp) -> bool {
    view.flow.last.plus(CONTEXT_NANOS) >= from && view.flow.first.time <= to.plus(CONTEXT_NANOS)
}

fn ties<'v>(view: &'v View<'v>) -> Vec<Tie<'v>> {
    let facts = &view.flow.facts;
    let mut ties = vec![Tie::Socket(view.flow.protocol, view.sides.local)];
    for fact in facts.of("stun.turn-username") {
        ties.extend(text(&fact.value).map(Tie::Account));
    }
    for fact in facts.of("stun.username").filter(|_| facts.has("stun.ice-role")) {
        ties.extend(text(&fact.value).and_then(|name| name.split_once(':')).map(|(one, other)| match one < other {
            true => Tie::Checks(one, other),
            false => Tie::Checks(other, one),
        }));
    }
    for fact in facts.of("stun.peer-address") {
        if let Value::Socket(peer) = fact.value {
            ties.push(Tie::Told(peer));
        }
    }
    ties
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}
