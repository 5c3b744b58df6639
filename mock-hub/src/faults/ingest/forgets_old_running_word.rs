//! TRAINING_STARTED is an unknown word.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "forgets-old-running-word",
    breaks: &["FL-STATUS-01"],
    sentence: "TRAINING_STARTED is an unknown word.",
    routes: routes::STATUS,
    deviation: Deviation::NONE,
    apply: |habits| habits.fl.status_alias = Duty::Broken,
};
