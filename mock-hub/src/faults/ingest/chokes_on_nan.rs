//! NaN and Infinity in a refused body break the refusal.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "chokes-on-nan",
    breaks: &["FL-METRIC-04"],
    sentence: "NaN and Infinity in a refused body break the refusal.",
    routes: routes::BODIES,
    deviation: Deviation::of(&EditionId::ALL),
    apply: |habits| habits.errors.refuse_nan = Duty::Broken,
};
