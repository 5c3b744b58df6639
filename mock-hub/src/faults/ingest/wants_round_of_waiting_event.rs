//! The waiting event is refused for want of a round.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "wants-round-of-waiting-event",
    breaks: &["FL-LOG-04"],
    sentence: "The waiting event is refused for want of a round.",
    routes: routes::LOGS,
    deviation: Deviation::NONE,
    apply: |habits| habits.fl.excuse_waiting_event = Duty::Broken,
};
