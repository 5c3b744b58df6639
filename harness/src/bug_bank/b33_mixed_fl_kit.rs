//! FL kit mixed from two provisionings.

use contract::catalogue::Who;

use super::{Bug, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B33",
    title: "FL kit mixed from two provisionings",
    group: Group::Kits,
    cause: "copying skips files of equal size and time, so that old certificates stay among new ones",
    symptom: "signatures are called invalid, or certificates fail to verify",
    fix: "empty the folder before copying",
    owner: Who::Operator,
    clauses: &["HOST-FLKIT-02", "ROT-FL-01"],
    caught_by: &[],
    play: Play::NotYet,
};
