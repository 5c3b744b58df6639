//! U+0000 in a result is met as a fault of the database.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "chokes-on-nul",
    breaks: &["HUB-TASK-10"],
    sentence: "U+0000 in a result is met as a fault of the database.",
    routes: routes::REPORT,
    deviation: Deviation::of(&EditionId::ALL),
    apply: |habits| habits.tasks.refuse_nul = Duty::Broken,
};
