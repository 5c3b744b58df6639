//! An expired, foreign or garbled token passes.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "accepts-any-token",
    breaks: &["HUB-REG-11"],
    sentence: "An expired, foreign or garbled token passes.",
    routes: routes::USER,
    deviation: Deviation::NONE,
    apply: |habits| habits.auth.check_token = Duty::Broken,
};
