//! A task is handed out at every poll until it is reported.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Redelivery;

pub(super) const FAULT: Fault = Fault {
    name: "redelivers-every-poll",
    breaks: &["HUB-TASK-03"],
    sentence: "A task is handed out at every poll until it is reported.",
    routes: routes::POLL,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.redelivery = Redelivery::EveryPoll,
};
