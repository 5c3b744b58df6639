//! Hand-made FL kit never joins.

use contract::catalogue::Who;

use super::{Bug, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B34",
    title: "hand-made FL kit never joins",
    group: Group::Kits,
    cause: "its certificate lacks the alternative name, or its signature file has another form",
    symptom: "the FL client never joins",
    fix: "add the client with the official command",
    owner: Who::Admin,
    clauses: &["HOST-FLKIT-02"],
    caught_by: &[],
    play: Play::NotYet,
};
