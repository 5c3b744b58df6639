//! Counts for an unknown query are a 500.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "chokes-on-unknown-query",
    breaks: &["HUB-COHORT-03"],
    sentence: "Counts for an unknown query are a 500.",
    routes: routes::COHORT,
    deviation: Deviation::of(&EditionId::ALL),
    apply: |habits| habits.cohort.refuse_unknown = Duty::Broken,
};
