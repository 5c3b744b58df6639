//! A poll returns the newest tasks first.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::TaskOrder;

pub(super) const FAULT: Fault = Fault {
    name: "hands-out-newest-first",
    breaks: &["HUB-TASK-02"],
    sentence: "A poll returns the newest tasks first.",
    routes: routes::POLL,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.order = TaskOrder::NewestFirst,
};
