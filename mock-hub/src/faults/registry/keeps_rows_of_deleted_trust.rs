//! Tasks, metrics and logs of a deleted trust stay.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "keeps-rows-of-deleted-trust",
    breaks: &["ROT-APIKEY-01"],
    sentence: "Tasks, metrics and logs of a deleted trust stay.",
    routes: routes::DELETE,
    deviation: Deviation::NONE,
    apply: |habits| habits.registry.clear_rows = Duty::Broken,
};
