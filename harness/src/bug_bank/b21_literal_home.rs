//! Literal $HOME in a path.

use contract::catalogue::Who;

use super::{Bug, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B21",
    title: "literal $HOME in a path",
    group: Group::Kits,
    cause: "a printed hint was taken over as it stands and nothing expands it",
    symptom: "the folder is said not to exist, or another one is mounted",
    fix: "write the path in full",
    owner: Who::Operator,
    clauses: &["KIT-FORM-02"],
    caught_by: &[],
    play: Play::NotYet,
};
