//! A log may hold text and event, or neither.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "takes-log-with-event",
    breaks: &["FL-LOG-02"],
    sentence: "A log may hold text and event, or neither.",
    routes: routes::LOGS,
    deviation: Deviation::NONE,
    apply: |habits| habits.fl.exactly_one = Duty::Broken,
};
