//! A task counts as stale after six minutes.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Redelivery;

pub(super) const FAULT: Fault = Fault {
    name: "recovers-too-early",
    breaks: &["HUB-TASK-03"],
    sentence: "A task counts as stale after six minutes.",
    routes: routes::RECOVERY,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.redelivery = Redelivery::TooEarly,
};
