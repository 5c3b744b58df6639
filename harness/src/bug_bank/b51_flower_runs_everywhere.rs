//! Flower trains where nobody chose to.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B51",
    title: "Flower trains where nobody chose to",
    group: Group::Images,
    cause: "a Flower run goes to every SuperNode of the net: only their number is passed on, not which",
    symptom: "a site that was not chosen, or did not approve, trains all the same",
    fix: "one net for each set of sites, or NVFLARE",
    owner: Who::FlDev,
    clauses: &["FL-CLIENT-02"],
    caught_by: &[Catcher::Cell("hub=2026.11,trust=2026.11")],
    play: Play::Elsewhere {
        why_not: "it needs the dispatch of a real SuperLink; the FL server beside the mock hub asks the clients it is told",
    },
};
