//! The key fingerprint is taken of the base64 text.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Fingerprint;

pub(super) const FAULT: Fault = Fault {
    name: "fingerprints-key-text",
    breaks: &["HUB-HB-05"],
    sentence: "The key fingerprint is taken of the base64 text.",
    routes: routes::HEARTBEAT,
    deviation: Deviation::NONE,
    apply: |habits| habits.heartbeat.fingerprint = Fingerprint::OfText,
};
