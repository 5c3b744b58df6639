//! One image lacks the release.

use contract::catalogue::Who;

use super::{Bug, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B40",
    title: "one image lacks the release",
    group: Group::Upgrade,
    cause: "images are built only when their sources change, so that a tag need not exist for each",
    symptom: "the pull fails half-way through an upgrade",
    fix: "look for every image before the first is replaced",
    owner: Who::Admin,
    clauses: &["HOST-IMAGE-01", "UPG-VERB-01"],
    caught_by: &[],
    play: Play::NotYet,
};
