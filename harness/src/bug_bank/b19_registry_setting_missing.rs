//! Registry setting missing half-way.

use contract::catalogue::Who;

use super::{Bug, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B19",
    title: "registry setting missing half-way",
    group: Group::Kits,
    cause: "one verb treats DOCKER_FL_REGISTRY as optional and a later one refuses to go on without",
    symptom: "syncing works and packaging refuses a placeholder",
    fix: "set DOCKER_FL_REGISTRY before the first sync",
    owner: Who::Admin,
    clauses: &["KIT-SYNC-02"],
    caught_by: &[],
    play: Play::NotYet,
};
