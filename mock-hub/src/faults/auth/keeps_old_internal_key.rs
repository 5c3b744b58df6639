//! The hub-internal key of before a rotation still opens FL ingest.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "keeps-old-internal-key",
    breaks: &["ROT-INTERNAL-01"],
    sentence: "The hub-internal key of before a rotation still opens FL ingest.",
    routes: routes::INGEST,
    deviation: Deviation::NONE,
    apply: |habits| habits.auth.one_internal_key = Duty::Broken,
};
