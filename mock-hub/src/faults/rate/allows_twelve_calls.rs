//! The thirteenth heartbeat and the thirteenth poll in a minute are refused.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "allows-twelve-calls",
    breaks: &["HUB-RATE-01"],
    sentence: "The thirteenth heartbeat and the thirteenth poll in a minute are refused.",
    routes: routes::LIMITED,
    deviation: Deviation::of(&[EditionId::V2026_03]),
    apply: |habits| habits.rate.full_allowance = Duty::Broken,
};
