//! Kit copied from nowhere, and green.

use contract::catalogue::Who;

use super::{Bug, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B7",
    title: "kit copied from nowhere, and green",
    group: Group::Kits,
    cause: "a doubled slash in the source prefix matches no file and nothing counts the files",
    symptom: "everything is green and the site has no FL kit",
    fix: "write the prefix with one slash and fail when no file was copied",
    owner: Who::Admin,
    clauses: &["KIT-PACKAGE-01"],
    caught_by: &[],
    play: Play::NotYet,
};
