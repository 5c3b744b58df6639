//! Heartbeats and polls are counted by the trust named in the path, whoever calls.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Bucket;

pub(super) const FAULT: Fault = Fault {
    name: "counts-by-path-name",
    breaks: &["HUB-RATE-01"],
    sentence: "Heartbeats and polls are counted by the trust named in the path, whoever calls.",
    routes: routes::LIMITED_REPORTS,
    deviation: Deviation::of(&[EditionId::V2026_03]),
    apply: |habits| habits.rate.bucket = Bucket::PathName,
};
