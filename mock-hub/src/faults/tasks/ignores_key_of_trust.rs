//! Payloads are sealed with the platform's key although the hub holds the trust's own.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Seal;

pub(super) const FAULT: Fault = Fault {
    name: "ignores-key-of-trust",
    breaks: &["HUB-ENC-01"],
    sentence: "Payloads are sealed with the platform's key although the hub holds the trust's own.",
    routes: routes::POLL,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.seal = Seal::SharedKeyOnly,
};
