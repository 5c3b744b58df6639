//! `/api/health` is 200 while the database is away.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "health-ignores-database",
    breaks: &["HUB-DEPLOY-06"],
    sentence: "`/api/health` is 200 while the database is away.",
    routes: routes::HEALTH,
    deviation: Deviation::of(&[EditionId::V2026_09]),
    apply: |habits| habits.errors.health_asks_database = Duty::Broken,
};
