//! The hub starts on a database that lacks columns, and every route that reads it fails.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "serves-on-old-schema",
    breaks: &["UPG-SCHEMA-01"],
    sentence: "The hub starts on a database that lacks columns, and every route that reads it fails.",
    routes: routes::START,
    deviation: Deviation::of(&[EditionId::V2026_03, EditionId::V2026_06]),
    apply: |habits| habits.registry.fit_schema = Duty::Broken,
};
