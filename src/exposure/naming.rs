//! Whose call it is: the media flows' own verdicts first, then the flows that are tied to them, then what settles
//! between products that share servers. That some service is in use beside a call names nobody.

use super::kin::{CONTEXT_NANOS, Kin, is_near};
use super::view::View;
use crate::catalogue::{Candidate, Confidence, Verdict};
use crate::model::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Whose call it is.
#[derive(Debug)]
pub(super) struct Naming {
    /// Provider's signature id.
    pub(super) provider: Option<String>,
    /// How sure.
    pub(super) confidence: Confidence,
    /// Views that speak for the provider, best first.
    pub(super) witnesses: Vec<usize>,
    /// Providers that could not be told apart.
    pub(super) candidates: BTreeSet<String>,
}

/// Votes by provider: the greatest confidence and who gave it.
type Votes<'v> = BTreeMap<&'v str, (Confidence, Vec<usize>)>;

/// Providers that a flow's own verdict allows.
pub(super) fn names_of<'v>(view: &'v View<'_>) -> Vec<&'v str> {
    match view.verdict.provider {
        Some(provider) => vec![provider.id()],
        None => strongest(&view.verdict).collect(),
    }
}

/// Whether a flow's own verdict allows one of `names`, or any because it names nobody.
pub(super) fn allows_any(view: &View<'_>, names: &[&str]) -> bool {
    if let Some(provider) = view.verdict.provider {
        return names.contains(&provider.id());
    }
    let mut allowed = strongest(&view.verdict).peekable();
    allowed.peek().is_none() || allowed.any(|name| names.contains(&name))
}

/// The candidates at the verdict's own weight; a weak verdict allows anything.
fn strongest<'v>(verdict: &'v Verdict<'_>) -> impl Iterator<Item = &'v str> {
    let top = move |candidate: &&Candidate<'_>| candidate.confidence == verdict.confidence;
    let strong = verdict.confidence > Confidence::Weak;
    verdict.candidates.iter().filter(move |_| strong).filter(top).map(|candidate| candidate.provider.id())
}

impl Naming {
    /// Names the call that `media` carried from `from` to `to`; `kin` knows the flows tied to it.
    pub(super) fn of(
        media: &BTreeSet<usize>,
        kin: &Kin<'_>,
        views: &[View<'_>],
        from: Timestamp,
        to: Timestamp,
    ) -> Naming {
        let mut votes = Votes::new();
        let mut candidates: BTreeSet<String> = BTreeSet::new();
        for index in media {
            let verdict = &views[*index].verdict;
            candidates.extend(names_of(&views[*index]).into_iter().map(str::to_owned));
            if let Some(provider) = verdict.provider {
                vote(&mut votes, provider.id(), verdict.confidence, *index);
            }
        }
        let sure = votes.values().any(|(confidence, _)| *confidence > Confidence::Weak);
        let own = Naming::best(&votes, &candidates);
        if sure && own.is_some() {
            return own.unwrap_or_else(|| Naming::none(candidates));
        }
        Naming::settled(media, views, &companions(media, kin, views, from, to))
            .or_else(|| {
                Naming::best(&tied(&kin.around(media, from, to), views), &candidates)
                    .filter(|_| candidates.is_empty() || own.is_some())
            })
            .or(own)
            .unwrap_or_else(|| Naming::none(candidates))
    }

    fn none(candidates: BTreeSet<String>) -> Naming {
        Naming { provider: None, confidence: Confidence::Weak, witnesses: Vec::new(), candidates }
    }

    /// A flow that fits several services of one company is settled by the names that its companions use.
    fn settled(media: &BTreeSet<usize>, views: &[View<'_>], companions: &[usize]) -> Option<Naming> {
        let open = media.iter().find(|index| {
            let verdict = &views[**index].verdict;
            verdict.provider.is_none() && strongest(verdict).next().is_some()
        })?;
        let settled = views[*open].verdict.settled_by(companions.iter().map(|index| &views[*index].verdict));
        let provider = settled.provider?;
        let names = |index: &&usize| names_of(&views[**index]).contains(&provider.id());
        let mut witnesses = vec![*open];
        witnesses.extend(companions.iter().filter(names));
        Some(Naming {
            provider: Some(provider.id().to_owned()),
            confidence: settled.confidence,
            witnesses,
            candidates: settled.candidates.iter().map(|candidate| candidate.provider.id().to_owned()).collect(),
        })
    }

    /// The provider with the strongest vote, unless two share it.
    fn best(votes: &Votes<'_>, candidates: &BTreeSet<String>) -> Option<Naming> {
        let top = votes.values().map(|(confidence, _)| *confidence).max()?;
        let mut leaders = votes.iter().filter(|(_, (confidence, _))| *confidence == top);
        let (name, (confidence, witnesses)) = leaders.next()?;
        if leaders.next().is_some() {
            return None;
        }
        Some(Naming {
            provider: Some((*name).to_owned()),
            confidence: *confidence,
            witnesses: witnesses.clone(),
            candidates: candidates.clone(),
        })
    }
}

fn vote<'v>(votes: &mut Votes<'v>, name: &'v str, confidence: Confidence, index: usize) {
    let entry = votes.entry(name).or_insert((confidence, Vec::new()));
    entry.0 = entry.0.max(confidence);
    entry.1.push(index);
}

/// Other flows of the same local addresses around that time.
fn companions(
    media: &BTreeSet<usize>,
    kin: &Kin<'_>,
    views: &[View<'_>],
    from: Timestamp,
    to: Timestamp,
) -> Vec<usize> {
    let locals: BTreeSet<IpAddr> = media.iter().map(|index| views[*index].sides.local.ip()).collect();
    let beside = |index: &usize| {
        let view = &views[*index];
        is_near(view, from, to) && !media.contains(index) && locals.contains(&view.sides.local.ip())
    };
    kin.timeline.around(from.plus(-CONTEXT_NANOS), to.plus(CONTEXT_NANOS)).filter(beside).collect()
}

/// Providers of the flows that are tied to the media; what they say is strong at most, because it is said of them.
fn tied<'v>(kin: &BTreeSet<usize>, views: &'v [View<'v>]) -> Votes<'v> {
    let mut votes = Votes::new();
    for index in kin {
        let verdict = &views[*index].verdict;
        if let Some(provider) = verdict.provider.filter(|_| verdict.confidence > Confidence::Weak) {
            vote(&mut votes, provider.id(), Confidence::Strong, *index);
        }
    }
    votes
}
