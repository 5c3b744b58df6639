//! A missing or empty trust key is answered like an unknown one.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "reads-missing-key-as-unknown",
    breaks: &["HUB-AUTH-01"],
    sentence: "A missing or empty trust key is answered like an unknown one.",
    routes: routes::TRUST,
    deviation: Deviation::NONE,
    apply: |habits| habits.auth.missing_key_text = Duty::Broken,
};
