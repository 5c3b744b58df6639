//! GPU asked of a machine without.

use contract::catalogue::Who;

use super::{Bug, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B23",
    title: "GPU asked of a machine without",
    group: Group::Host,
    cause: "the template reserves one GPU",
    symptom: "a warning, then a container that no device driver can serve",
    fix: "set the number of GPUs to 0",
    owner: Who::Operator,
    clauses: &["HOST-GPU-01"],
    caught_by: &[],
    play: Play::NotYet,
};
