//! Registration looks for a local hub.

use contract::catalogue::Who;

use super::{Bug, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B5",
    title: "registration looks for a local hub",
    group: Group::Registry,
    cause: "the verb waits for a hub container on the admin's own machine",
    symptom: "minutes of waiting, then the question whether the hub is up",
    fix: "use the form of the verb that registers at a hub elsewhere",
    owner: Who::Admin,
    clauses: &["KIT-REGISTER-04"],
    caught_by: &[],
    play: Play::NotYet,
};
