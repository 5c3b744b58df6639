//! Tasks of a batch that could not be sealed count as handed out.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "loses-work-when-sealing-fails",
    breaks: &["HUB-TASK-11"],
    sentence: "Tasks of a batch that could not be sealed count as handed out.",
    routes: routes::POLL,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.undo_failed_sealing = Duty::Broken,
};
