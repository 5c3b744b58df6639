//! The hub-internal key header survives the edge.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "edge-passes-internal-key",
    breaks: &["HUB-DEPLOY-02"],
    sentence: "The hub-internal key header survives the edge.",
    routes: routes::INGEST,
    deviation: Deviation::NONE,
    apply: |habits| habits.edge.drop_internal_key = Duty::Broken,
};
