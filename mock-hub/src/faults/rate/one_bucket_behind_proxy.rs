//! Heartbeats and polls are counted by address: one bucket for all trusts behind a proxy.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Bucket;

pub(super) const FAULT: Fault = Fault {
    name: "one-bucket-behind-proxy",
    breaks: &["HUB-RATE-01"],
    sentence: "Heartbeats and polls are counted by address: one bucket for all trusts behind a proxy.",
    routes: routes::LIMITED,
    deviation: Deviation::of(&[EditionId::V2026_06]),
    apply: |habits| habits.rate.bucket = Bucket::Peer,
};
