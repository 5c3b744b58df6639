//! Payloads are bound to another task type.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Seal;

pub(super) const FAULT: Fault = Fault {
    name: "seals-for-another-type",
    breaks: &["HUB-ENC-02"],
    sentence: "Payloads are bound to another task type.",
    routes: routes::POLL,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.seal = Seal::ForeignContext,
};
