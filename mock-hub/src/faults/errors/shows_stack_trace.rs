//! Refusals hold a stack trace with file paths.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "shows-stack-trace",
    breaks: &["HUB-ERR-02"],
    sentence: "Refusals hold a stack trace with file paths.",
    routes: routes::API,
    deviation: Deviation::NONE,
    apply: |habits| habits.errors.hide_inside = Duty::Broken,
};
