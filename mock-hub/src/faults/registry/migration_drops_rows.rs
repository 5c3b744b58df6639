//! A migration leaves the metrics behind.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "migration-drops-rows",
    breaks: &["UPG-SCHEMA-02"],
    sentence: "A migration to the schema of this release leaves every stored metric behind.",
    routes: routes::START,
    deviation: Deviation::NONE,
    apply: |habits| habits.registry.migrate_rows = Duty::Broken,
};
