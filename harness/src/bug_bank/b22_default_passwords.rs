//! Default passwords pass the check.

use contract::catalogue::Who;

use super::{Bug, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B22",
    title: "default passwords pass the check",
    group: Group::Host,
    cause: "the check compares with a template that does not exist for this kit's name, and skips",
    symptom: "the checklist is content with the passwords of the template",
    fix: "compare with the template every kit is made from",
    owner: Who::Operator,
    clauses: &["HOST-PASS-01"],
    caught_by: &[],
    play: Play::NotYet,
};
