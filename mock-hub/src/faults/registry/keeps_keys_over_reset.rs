//! Old kits still authenticate after the database was recreated.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "keeps-keys-over-reset",
    breaks: &["UPG-RECREATE-01"],
    sentence: "Old kits still authenticate after the database was recreated.",
    routes: routes::RESET,
    deviation: Deviation::NONE,
    apply: |habits| habits.registry.forget_on_reset = Duty::Broken,
};
