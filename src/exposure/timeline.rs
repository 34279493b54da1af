//! Flows by time: which of many can have run in a window, without asking each.

use super::view::View;
use crate::model::Timestamp;
use std::ops::Range;

/// Flows of one block. Few enough to ask each of them, many enough that the blocks are quickly passed.
const BLOCK_FLOWS: usize = 64;

/// First and last packet of each block of flows, in the order of the views, which is that of their first packets.
pub(super) struct Timeline {
    blocks: Vec<(Timestamp, Timestamp)>,
    flows: usize,
}

impl Timeline {
    /// Of all flows.
    pub(super) fn of(views: &[View<'_>]) -> Timeline {
        let bounds = |block: &[View<'_>]| {
            let first = block.iter().map(|view| view.flow.first.time).min()?;
            Some((first, block.iter().map(|view| view.flow.last).max()?))
        };
        Timeline { blocks: views.chunks(BLOCK_FLOWS).filter_map(bounds).collect(), flows: views.len() }
    }

    /// Indices, in order, of all flows that may have had packets from `from` to `to`: none that had is missing.
    pub(super) fn around(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = usize> + use<'_> {
        let touched = move |(_, (first, last)): &(usize, &(Timestamp, Timestamp))| *first <= to && *last >= from;
        self.blocks.iter().enumerate().filter(touched).flat_map(|(block, _)| self.flows_of(block))
    }

    fn flows_of(&self, block: usize) -> Range<usize> {
        let start = block * BLOCK_FLOWS;
        start..(start + BLOCK_FLOWS).min(self.flows)
    }
}
