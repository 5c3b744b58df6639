//! Counts for a query that was not put to the trust are taken.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "takes-unaddressed-counts",
    breaks: &["HUB-COHORT-03"],
    sentence: "Counts for a query that was not put to the trust are taken.",
    routes: routes::COHORT,
    deviation: Deviation::of(&EditionId::ALL),
    apply: |habits| habits.cohort.refuse_unaddressed = Duty::Broken,
};
