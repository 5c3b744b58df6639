//! May this ship while that is live? Every mixed state of the window against what is live now.

use contract::edition::UpgradeOrder;
use serde::{Deserialize, Serialize};

use super::cell::{Cell, Trace, Verdict};
use super::release::{Part, Release};
use crate::event::SCHEMA_VERSION;

/// What is live, and what would be.
#[derive(Clone, Debug)]
pub struct Window {
    /// What is live.
    pub live: Release,
    /// What would be.
    pub candidate: Release,
}

/// The answer, with its reasons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// Version of this shape.
    pub schema_version: u32,
    /// Seed.
    pub seed: u64,
    /// What is live.
    pub live: String,
    /// What would be.
    pub candidate: String,
    /// Whether no state of the window is worse than what is live.
    pub may_ship: bool,
    /// Every state of the window, what is live first, the candidate last.
    pub states: Vec<State>,
}

/// One state the window can be in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Parts that have moved already.
    pub moved: Vec<Part>,
    /// The pairing in that state.
    pub cell: Cell,
    /// What is worse than what is live: a reason not to ship.
    pub worse: Vec<Trace>,
    /// What means less than what is live: worth knowing.
    pub poorer: Vec<Trace>,
}

impl Window {
    /// Whether the hub may go first and its sites later: the release says so, and no step of the window
    /// changes the cipher.
    pub fn lets_sites_follow(&self) -> bool {
        let (live, next) = (self.live.hub, self.candidate.hub);
        next.upgrade_order == UpgradeOrder::HubFirst && live.cipher == next.cipher
    }

    /// Every state: parts move one after another in any order.
    pub fn states(&self) -> Vec<(Vec<Part>, Release)> {
        let moving = self.candidate.differs_from(&self.live);
        let mut states: Vec<(Vec<Part>, Release)> = (0_usize..1 << moving.len())
            .map(|mask| {
                let moved = |(at, part): (usize, &Part)| (mask & (1 << at) != 0).then_some(*part);
                let moved: Vec<Part> = moving.iter().enumerate().filter_map(moved).collect();
                let release = self.live.with(&moved, &self.candidate);
                (moved, release)
            })
            .collect();
        states.sort_by_key(|(moved, _)| moved.len());
        states
    }

    /// The answer from the judged states, in the order of [`Window::states`].
    pub fn answer(&self, seed: u64, cells: Vec<Cell>) -> Gate {
        let baseline = cells.first().cloned();
        let states = self.states().into_iter().zip(cells).map(|((moved, _), cell)| {
            let before = baseline.as_ref().map(|cell| cell.findings.as_slice()).unwrap_or_default();
            let new = |trace: &&Trace| !before.iter().any(|old| covers(old, trace));
            let (worse, poorer): (Vec<Trace>, Vec<Trace>) = cell
                .findings
                .iter()
                .filter(new)
                .cloned()
                .partition(|trace| trace.verdict >= Verdict::RefusedLoudly);
            State { moved, cell, worse, poorer }
        });
        let states: Vec<State> = states.collect();
        Gate {
            schema_version: SCHEMA_VERSION,
            seed,
            live: self.live.to_string(),
            candidate: self.candidate.to_string(),
            may_ship: states.iter().all(|state| state.worse.is_empty()),
            states,
        }
    }
}

/// Whether what is live has this already, as badly.
fn covers(old: &Trace, new: &Trace) -> bool {
    let lost = |trace: &Trace| trace.sent.saturating_sub(trace.stored);
    old.kind == new.kind && old.verdict >= new.verdict && lost(old) >= lost(new)
}

#[cfg(test)]
mod tests {
    use contract::edition::EditionId;
    use contract::fl_line::FlLineId;

    use super::super::cell::{Counts, Kind};
    use super::*;

    fn window(candidate: &str) -> Window {
        let live = Release::live("hub=2026.06,fl=0.1.8").expect("a release");
        let candidate = Release::candidate(candidate, &live).expect("a candidate");
        Window { live, candidate }
    }

    fn cell(found: Vec<(Kind, u64, Verdict)>) -> Cell {
        let id = EditionId::V2026_06;
        let trace = |(kind, stored, verdict)| Trace {
            requirement: "FL-LOSS-01".to_owned(),
            kind,
            sent: 4,
            stored,
            sentence: String::new(),
            verdict,
        };
        let found = found.into_iter().map(trace).collect();
        Cell::new((id, id, "fl-0.1.8".to_owned(), FlLineId::V0_1_8)).with(found, Counts::new())
    }

    #[test]
    fn every_mixture_of_moved_parts_is_a_state() {
        assert_eq!(window("hub=2026.09").states().len(), 2);
        let states = window("hub=2026.09,trust=2026.09,fl=0.13.1").states();
        assert_eq!(states.len(), 16);
        assert!(states[0].0.is_empty() && states[15].0.len() == 4);
    }

    #[test]
    fn only_what_is_worse_than_live_stops_a_release() {
        let window = window("hub=2026.07");
        let silent = Verdict::LostInSilence;
        let live = || cell(vec![(Kind::Metrics, 2, silent)]);
        let same = window.answer(1, vec![live(), live()]);
        assert!(same.may_ship);
        let more = window.answer(1, vec![live(), cell(vec![(Kind::Metrics, 0, silent)])]);
        assert!(!more.may_ship);
        let other = window.answer(1, vec![live(), cell(vec![(Kind::Logs, 2, silent)])]);
        assert!(!other.may_ship);
        let poorer = window.answer(1, vec![live(), cell(vec![(Kind::Axis, 0, Verdict::Degraded)])]);
        assert!(poorer.may_ship && poorer.states[1].poorer.len() == 1);
    }
}
