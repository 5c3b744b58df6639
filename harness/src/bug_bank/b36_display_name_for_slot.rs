//! FL client under its display name.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B36",
    title: "FL client under its display name",
    group: Group::Images,
    cause: "SUPERNODE_NAME holds the name people see instead of the slot",
    symptom: "metrics are refused with 400, the refusal is swallowed, the charts stay empty",
    fix: "set SUPERNODE_NAME to the slot",
    owner: Who::Operator,
    clauses: &["FL-METRIC-03"],
    caught_by: &[Catcher::Oracle("fl-loss")],
    play: Play::NotYet,
};
