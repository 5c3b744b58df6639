//! Wrong-kit guard not connected.

use contract::catalogue::Who;

use super::{Bug, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B12",
    title: "wrong-kit guard not connected",
    group: Group::Host,
    cause: "EXPECTED_TRUST_ID never reaches the container, and an empty value switches the guard off",
    symptom: "a host with a foreign kit works under the other trust's name",
    fix: "pass the variable in compose; let the checklist look for it",
    owner: Who::Operator,
    clauses: &["HOST-GUARD-01", "TRUST-ID-01"],
    caught_by: &[],
    play: Play::NotYet,
};
