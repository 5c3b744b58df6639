//! Remote command refused.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B6",
    title: "remote command refused",
    group: Group::Cloud,
    cause: "the role that should run commands in the hub's container lacks the grant",
    symptom: "no trust can be registered by running the script in the hub's container",
    fix: "grant that role the right to open a session in the container",
    owner: Who::Admin,
    clauses: &["HUB-REG-01"],
    caught_by: &[Catcher::Scenario(
        "registry/hub-registration/a-registration-hands-out-an-id-a-slot-with-its-number-and-two-different-keys",
    )],
    play: Play::Elsewhere {
        why_not: "it needs a cloud account whose role lacks a grant; no socket of ours stands for that",
    },
};
