//! A task that failed for a stale payload key stays failed.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "buries-work-of-stale-key",
    breaks: &["ROT-AES-02"],
    sentence: "A task that failed for a stale payload key stays failed.",
    routes: routes::RECOVERY,
    deviation: Deviation::of(&[EditionId::V2026_09]),
    apply: |habits| habits.tasks.requeue_unopened = Duty::Broken,
};
