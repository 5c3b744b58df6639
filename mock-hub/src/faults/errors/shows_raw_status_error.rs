//! The 500 of the status route holds the raw text of the exception.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "shows-raw-status-error",
    breaks: &["HUB-ERR-02"],
    sentence: "The 500 of the status route holds the raw text of the exception.",
    routes: routes::STATUS,
    deviation: Deviation::of(&[EditionId::V2026_09]),
    apply: |habits| habits.errors.fixed_status_text = Duty::Broken,
};
