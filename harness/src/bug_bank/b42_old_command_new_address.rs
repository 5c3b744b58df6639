//! Old command for a new address.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B42",
    title: "old command for a new address",
    group: Group::Network,
    cause: "the single-address variable it sets is not read any more",
    symptom: "the command ends well and the site is still shut out",
    fix: "edit the list of record, then run the verb",
    owner: Who::Admin,
    clauses: &["NET-NLB-04"],
    caught_by: &[Catcher::Oracle("address-opened")],
    play: Play::NotYet,
};
