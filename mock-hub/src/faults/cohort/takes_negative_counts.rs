//! Counts below zero are taken.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "takes-negative-counts",
    breaks: &["HUB-COHORT-03"],
    sentence: "Counts below zero are taken.",
    routes: routes::COHORT,
    deviation: Deviation::of(&EditionId::ALL),
    apply: |habits| habits.cohort.refuse_negative = Duty::Broken,
};
