//! FL client may not write its own folder.

use contract::catalogue::Who;

use super::{Bug, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B25",
    title: "FL client may not write its own folder",
    group: Group::Host,
    cause: "the image runs as an ordinary user now and files of root are left from before",
    symptom: "the FL client cannot write its resources file and starts over and over",
    fix: "give the folder to uid 1000",
    owner: Who::SiteIt,
    clauses: &["HOST-FLKIT-03"],
    caught_by: &[],
    play: Play::NotYet,
};
