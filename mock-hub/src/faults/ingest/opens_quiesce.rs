//! Whether trainings run is told to anybody.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "opens-quiesce",
    breaks: &["UPG-DRAIN-02"],
    sentence: "Whether trainings run is told to anybody.",
    routes: routes::QUIESCE,
    deviation: Deviation::NONE,
    apply: |habits| habits.fl.guard_quiesce = Duty::Broken,
};
