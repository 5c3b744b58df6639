//! Any trust key passes on FL ingest.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::KeyReach;

pub(super) const FAULT: Fault = Fault {
    name: "trust-key-opens-ingest",
    breaks: &["HUB-AUTH-06"],
    sentence: "Any trust key passes on FL ingest.",
    routes: routes::INGEST,
    deviation: Deviation::NONE,
    apply: |habits| habits.auth.reach = KeyReach::TrustKeyOnIngest,
};
