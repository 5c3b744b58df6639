//! An event needs no round.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "takes-event-without-round",
    breaks: &["FL-LOG-02"],
    sentence: "An event needs no round.",
    routes: routes::LOGS,
    deviation: Deviation::NONE,
    apply: |habits| habits.fl.event_needs_round = Duty::Broken,
};
