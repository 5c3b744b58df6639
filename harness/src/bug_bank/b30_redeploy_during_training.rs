//! Hub redeployed during a training.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B30",
    title: "hub redeployed during a training",
    group: Group::Upgrade,
    cause: "the FL server keeps its state in memory and nothing asks whether a job is running",
    symptom: "the model stays in its running status for ever and the net is busy",
    fix: "let the deployment ask for running jobs first; reset the model by hand",
    owner: Who::HubDev,
    clauses: &["UPG-DRAIN-01"],
    caught_by: &[Catcher::Scenario(
        "upgrade/hub-new-beginnings/a-model-whose-fl-server-fell-silent-does-not-run-for-ever",
    )],
    play: Play::NotYet,
};
