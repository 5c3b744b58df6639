//! No slot left.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B35",
    title: "no slot left",
    group: Group::Registry,
    cause: "the list of slots is fixed and every slot is taken",
    symptom: "registering is refused with 409, and the script prints an empty list",
    fix: "read the list again when it is used up, and add FL kits to it",
    owner: Who::Admin,
    clauses: &["HUB-REG-08"],
    caught_by: &[Catcher::Scenario(
        "registry/hub-slots/slots-added-to-the-configuration-are-dealt-without-a-restart",
    )],
    play: Play::NotYet,
};
