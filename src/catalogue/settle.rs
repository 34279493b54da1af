//! One provider for one call, from the flow that carries it and the flows beside it.

use super::classify::{Candidate, Verdict};
use super::provider::Provider;
use super::rule::Confidence;

/// What a call's companions add to its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled<'a> {
    /// The provider, if one remains.
    pub provider: Option<&'a Provider>,
    /// The providers that fit the call and its companions.
    pub candidates: Vec<Candidate<'a>>,
    /// How sure; at most strong where companions decided, because a program may run beside a call.
    pub confidence: Confidence,
}

impl<'a> Verdict<'a> {
    /// Narrows the candidates of a flow by other flows of the same host at the same time. Where relays of one
    /// company serve several products, the names that the client asks for decide. Flows that share no candidate
    /// with the call are of other programs and do not count.
    pub fn settled_by<'v>(&self, companions: impl IntoIterator<Item = &'v Verdict<'a>>) -> Settled<'a>
    where
        'a: 'v,
    {
        if self.provider.is_some() || self.candidates.is_empty() {
            return Settled {
                provider: self.provider,
                candidates: self.candidates.clone(),
                confidence: self.confidence,
            };
        }
        let mut left: Vec<Candidate<'a>> = self.best().copied().collect();
        for companion in companions {
            left = narrowed(&left, companion).unwrap_or(left);
        }
        choose(left, self.confidence)
    }

    /// The candidates of the greatest weight.
    fn best(&self) -> impl Iterator<Item = &Candidate<'a>> {
        let most = self.candidates.iter().map(|candidate| candidate.confidence).max();
        self.candidates.iter().filter(move |candidate| Some(candidate.confidence) == most)
    }
}

/// The candidates that a companion's best evidence fits too, with the better of both weights of their own; `None` if
/// it fits none.
fn narrowed<'a>(left: &[Candidate<'a>], companion: &Verdict<'a>) -> Option<Vec<Candidate<'a>>> {
    let fitting = left.iter().filter_map(|candidate| {
        let other = companion.best().find(|other| other.provider.id() == candidate.provider.id())?;
        Some(Candidate { specific: candidate.specific.max(other.specific), ..*candidate })
    });
    let fitting: Vec<Candidate<'a>> = fitting.collect();
    (!fitting.is_empty()).then_some(fitting)
}

fn choose(mut left: Vec<Candidate<'_>>, confidence: Confidence) -> Settled<'_> {
    left.sort_by(|one, other| {
        other.specific.cmp(&one.specific).then_with(|| one.provider.id().cmp(other.provider.id()))
    });
    let best = left.first().and_then(|first| first.specific);
    let alone = left.iter().filter(|candidate| candidate.specific == best).count() == 1;
    let provider = left.first().filter(|_| alone).map(|candidate| candidate.provider);
    let confidence = if provider.is_some() { confidence.min(Confidence::Strong) } else { confidence };
    Settled { provider, candidates: left, confidence }
}
