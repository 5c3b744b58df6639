//! The trust key header does not survive the edge.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "edge-drops-trust-key",
    breaks: &["HUB-DEPLOY-02"],
    sentence: "The trust key header does not survive the edge.",
    routes: routes::TRUST,
    deviation: Deviation::NONE,
    apply: |habits| habits.edge.pass_trust_key = Duty::Broken,
};
