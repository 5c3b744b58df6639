//! The list of trusts shows the digest of each trust's key.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "lists-key-hashes",
    breaks: &["HUB-REG-02"],
    sentence: "The list of trusts shows the digest of each trust's key.",
    routes: routes::LISTS,
    deviation: Deviation::NONE,
    apply: |habits| habits.registry.hide_hashes = Duty::Broken,
};
