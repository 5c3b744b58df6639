//! Payloads are still sealed with the payload key of before the last change.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Seal;

pub(super) const FAULT: Fault = Fault {
    name: "seals-with-former-key",
    breaks: &["HUB-ENC-01"],
    sentence: "Payloads are still sealed with the payload key of before the last change.",
    routes: routes::POLL,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.seal = Seal::FormerKey,
};
