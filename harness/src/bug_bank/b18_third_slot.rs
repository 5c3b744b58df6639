//! Third slot cannot start.

use contract::catalogue::Who;

use super::{Bug, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B18",
    title: "third slot cannot start",
    group: Group::Host,
    cause: "site networks were made for two slots only",
    symptom: "the start stops with a network that was not found",
    fix: "make the network of each slot that is dealt",
    owner: Who::Operator,
    clauses: &["HOST-SWARM-01"],
    caught_by: &[],
    play: Play::NotYet,
};
