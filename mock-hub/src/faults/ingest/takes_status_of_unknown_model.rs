//! A status for an unknown model is acknowledged.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "takes-status-of-unknown-model",
    breaks: &["FL-STATUS-01"],
    sentence: "A status for an unknown model is acknowledged.",
    routes: routes::STATUS,
    deviation: Deviation::NONE,
    apply: |habits| habits.fl.status_needs_model = Duty::Broken,
};
