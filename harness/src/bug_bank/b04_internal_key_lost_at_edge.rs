//! Internal key lost at the edge.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B4",
    title: "internal key lost at the edge",
    group: Group::Images,
    cause: "the FL server calls the public address, where a proxy removes the internal key header",
    symptom: "every report of the FL server is refused with 401, and the model never leaves its first status",
    fix: "give the FL server the address inside, not the public one",
    owner: Who::Admin,
    clauses: &["HUB-DEPLOY-02", "FL-LOSS-02"],
    caught_by: &[Catcher::Oracle("fl-loss")],
    play: Play::NotYet,
};
