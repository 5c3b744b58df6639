//! One site holds everybody's keys.

use contract::catalogue::Who;

use super::{Bug, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B10",
    title: "one site holds everybody's keys",
    group: Group::Kits,
    cause: "the key directory was copied whole, not just the site's own key",
    symptom: "one site can speak in the name of every other",
    fix: "copy the site's own key only; make the others anew",
    owner: Who::Admin,
    clauses: &["KIT-PACKAGE-02"],
    caught_by: &[],
    play: Play::NotYet,
};
