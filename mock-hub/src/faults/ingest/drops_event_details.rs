//! An event is stored without its details.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "drops-event-details",
    breaks: &["FL-LOG-04"],
    sentence: "An event is stored without its details.",
    routes: routes::LOGS,
    deviation: Deviation::NONE,
    apply: |habits| habits.fl.keep_details = Duty::Broken,
};
