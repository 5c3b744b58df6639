//! Image folder belongs to root.

use contract::catalogue::Who;

use super::{Bug, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B24",
    title: "image folder belongs to root",
    group: Group::Host,
    cause: "the container engine made the missing folder itself, as root",
    symptom: "images cannot be downloaded and the training sees no sample",
    fix: "make the folder first, owned by uid 1000",
    owner: Who::SiteIt,
    clauses: &["HOST-FLKIT-03"],
    caught_by: &[],
    play: Play::NotYet,
};
