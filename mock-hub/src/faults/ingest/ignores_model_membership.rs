//! Rows of a trust that is not on the model are taken.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "ignores-model-membership",
    breaks: &["FL-METRIC-03"],
    sentence: "Rows of a trust that is not on the model are taken.",
    routes: routes::CLIENTS,
    deviation: Deviation::NONE,
    apply: |habits| habits.fl.check_membership = Duty::Broken,
};
