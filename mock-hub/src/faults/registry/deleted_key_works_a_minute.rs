//! The key of a deleted trust is honoured for a minute.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "deleted-key-works-a-minute",
    breaks: &["HUB-REG-04", "ROT-APIKEY-01"],
    sentence: "The key of a deleted trust is honoured for a minute.",
    routes: routes::TRUST,
    deviation: Deviation::NONE,
    apply: |habits| habits.registry.refuse_deleted_key = Duty::Broken,
};
