//! Unknown keys may be tried without end.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "never-limits-bad-keys",
    breaks: &["HUB-RATE-02"],
    sentence: "Unknown keys may be tried without end.",
    routes: routes::TRUST,
    deviation: Deviation::of(&EditionId::ALL),
    apply: |habits| habits.rate.limit_bad_keys = Duty::Broken,
};
