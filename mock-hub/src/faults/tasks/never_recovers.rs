//! A task without report is never handed out again.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Redelivery;

pub(super) const FAULT: Fault = Fault {
    name: "never-recovers",
    breaks: &["HUB-TASK-03"],
    sentence: "A task without report is never handed out again.",
    routes: routes::RECOVERY,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.redelivery = Redelivery::Never,
};
