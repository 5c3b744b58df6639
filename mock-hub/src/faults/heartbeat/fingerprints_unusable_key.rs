//! A key of the wrong length is fingerprinted all the same.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Fingerprint;

pub(super) const FAULT: Fault = Fault {
    name: "fingerprints-unusable-key",
    breaks: &["HUB-HB-05"],
    sentence: "A key of the wrong length is fingerprinted all the same.",
    routes: routes::HEARTBEAT,
    deviation: Deviation::NONE,
    apply: |habits| habits.heartbeat.fingerprint = Fingerprint::EvenOfBadKey,
};
