//! A 429 does not say when to come back.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "omits-retry-after",
    breaks: &["HUB-RATE-02"],
    sentence: "A 429 does not say when to come back.",
    routes: routes::LIMITED_REPORTS,
    deviation: Deviation::of(&EditionId::ALL),
    apply: |habits| habits.rate.retry_after = Duty::Broken,
};
