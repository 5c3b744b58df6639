//! A poll returns cancelled tasks.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "hands-out-cancelled-tasks",
    breaks: &["HUB-TASK-02"],
    sentence: "A poll returns cancelled tasks.",
    routes: routes::POLL,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.skip_cancelled = Duty::Broken,
};
