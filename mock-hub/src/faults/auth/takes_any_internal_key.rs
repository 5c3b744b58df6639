//! Any value in the header of the hub-internal key opens FL ingest.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "takes-any-internal-key",
    breaks: &["HUB-AUTH-06", "ROT-INTERNAL-01"],
    sentence: "Any value in the header of the hub-internal key opens FL ingest.",
    routes: routes::INGEST,
    deviation: Deviation::NONE,
    apply: |habits| habits.auth.check_internal_key = Duty::Broken,
};
