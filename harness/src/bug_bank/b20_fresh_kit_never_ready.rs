//! Fresh kit is never ready.

use contract::catalogue::Who;

use super::{Bug, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B20",
    title: "fresh kit is never ready",
    group: Group::Host,
    cause: "the template comments out OMOP_DATA_DIR and the checklist insists on it",
    symptom: "a kit as it comes cannot pass the checklist",
    fix: "set OMOP_DATA_DIR",
    owner: Who::Operator,
    clauses: &["HOST-DATA-01"],
    caught_by: &[],
    play: Play::NotYet,
};
