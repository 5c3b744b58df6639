//! A production hub serves its API documents.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "serves-docs-in-production",
    breaks: &["HUB-DEPLOY-03"],
    sentence: "A production hub serves its API documents.",
    routes: routes::DOCS,
    deviation: Deviation::NONE,
    apply: |habits| habits.edge.hide_docs = Duty::Broken,
};
