//! A key opens the paths of every trust, not of its own only.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "ignores-name-in-path",
    breaks: &["HUB-AUTH-07"],
    sentence: "A key opens the paths of every trust, not of its own only.",
    routes: routes::TRUST,
    deviation: Deviation::NONE,
    apply: |habits| habits.auth.match_path_name = Duty::Broken,
};
