//! A hub in training says that it is quiet.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "says-quiet-while-training",
    breaks: &["UPG-DRAIN-02"],
    sentence: "A hub in training says that it is quiet.",
    routes: routes::QUIESCE,
    deviation: Deviation::NONE,
    apply: |habits| habits.fl.tell_busy = Duty::Broken,
};
