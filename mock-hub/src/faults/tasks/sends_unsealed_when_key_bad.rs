//! With an unusable payload key the payload leaves as it is.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Seal;

pub(super) const FAULT: Fault = Fault {
    name: "sends-unsealed-when-key-bad",
    breaks: &["HUB-TASK-11"],
    sentence: "With an unusable payload key the payload leaves as it is.",
    routes: routes::POLL,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.seal = Seal::NothingWhenKeyBad,
};
