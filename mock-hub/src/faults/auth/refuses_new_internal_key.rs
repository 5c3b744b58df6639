//! After a rotation of the hub-internal key FL ingest still compares with the former one.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "refuses-new-internal-key",
    breaks: &["ROT-INTERNAL-01"],
    sentence: "After a rotation of the hub-internal key FL ingest compares with the former one.",
    routes: routes::INGEST,
    deviation: Deviation::NONE,
    apply: |habits| habits.auth.admit_new_internal_key = Duty::Broken,
};
