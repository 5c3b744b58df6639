//! Payload format changed overnight.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B32",
    title: "payload format changed overnight",
    group: Group::Upgrade,
    cause: "the new envelope has no reading side for the old one, so both must change in one window",
    symptom: "every task of a site that was not moved fails",
    fix: "move the hub and every site in one window",
    owner: Who::Admin,
    clauses: &["TRUST-TASK-05", "UPG-CIPHER-01"],
    caught_by: &[Catcher::Cell("hub=2026.09,trust=2026.07")],
    play: Play::NotYet,
};
