//! The online list is open to anybody.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "opens-trust-health",
    breaks: &["HUB-ERR-03"],
    sentence: "The online list is open to anybody.",
    routes: routes::TRUST_HEALTH,
    deviation: Deviation::of(&[EditionId::V2026_09]).ended_in(EditionId::V2026_11),
    apply: |habits| habits.errors.guard_trust_health = Duty::Broken,
};
