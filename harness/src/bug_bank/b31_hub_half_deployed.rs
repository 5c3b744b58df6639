//! Hub half deployed.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B31",
    title: "hub half deployed",
    group: Group::Upgrade,
    cause: "one service failed to move after others had, so that releases are mixed",
    symptom: "the hub API and the FL server are of different releases, and what one sends the other refuses",
    fix: "run the deployment again until all services are of one release",
    owner: Who::Admin,
    clauses: &["FL-COMPAT-01"],
    caught_by: &[Catcher::Cell("hub=2026.06,fl=fl-0.13.1")],
    play: Play::NotYet,
};
