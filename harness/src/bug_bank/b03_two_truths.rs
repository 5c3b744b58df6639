//! Two admins, two truths.

use contract::catalogue::Who;

use super::{Bug, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B3",
    title: "two admins, two truths",
    group: Group::Kits,
    cause: "the env files on two machines disagree and the wrong one was used to hand out values",
    symptom: "every site is refused with 401 at once, or a sync hands out a stale value",
    fix: "keep one env file of record and sync from that one only",
    owner: Who::Admin,
    clauses: &["KIT-SYNC-02"],
    caught_by: &[],
    play: Play::NotYet,
};
