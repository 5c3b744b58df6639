//! A trust key counts under header names that are not configured.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "reads-key-under-any-header",
    breaks: &["HUB-AUTH-04"],
    sentence: "A trust key counts under header names that are not configured.",
    routes: routes::TRUST,
    deviation: Deviation::NONE,
    apply: |habits| habits.auth.configured_header_only = Duty::Broken,
};
