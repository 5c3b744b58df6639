//! A poll returns everything at once.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "ignores-batch-limit",
    breaks: &["HUB-TASK-02"],
    sentence: "A poll returns everything at once.",
    routes: routes::POLL,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.limit_batch = Duty::Broken,
};
