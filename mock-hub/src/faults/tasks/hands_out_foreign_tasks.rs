//! A poll also returns other trusts' tasks.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "hands-out-foreign-tasks",
    breaks: &["HUB-TASK-02"],
    sentence: "A poll also returns other trusts' tasks.",
    routes: routes::POLL,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.own_only = Duty::Broken,
};
