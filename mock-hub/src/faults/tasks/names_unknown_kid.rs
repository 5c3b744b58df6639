//! Payloads name a key id nobody knows.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Seal;

pub(super) const FAULT: Fault = Fault {
    name: "names-unknown-kid",
    breaks: &["HUB-ENC-02"],
    sentence: "Payloads name a key id nobody knows.",
    routes: routes::POLL,
    deviation: Deviation::NONE,
    apply: |habits| habits.tasks.seal = Seal::ForeignKid,
};
