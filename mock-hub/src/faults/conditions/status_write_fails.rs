//! Writing a model's status fails with an error nobody foresaw.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "status-write-fails",
    breaks: &[],
    sentence: "Writing a model's status fails with an error nobody foresaw.",
    routes: routes::STATUS,
    deviation: Deviation::NONE,
    apply: |habits| habits.conditions.status_write = Duty::Broken,
};
