//! A trust's display name passes for its slot.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "resolves-display-names",
    breaks: &["FL-METRIC-03"],
    sentence: "A trust's display name passes for its slot.",
    routes: routes::CLIENTS,
    deviation: Deviation::NONE,
    apply: |habits| habits.fl.resolve_by_slot = Duty::Broken,
};
