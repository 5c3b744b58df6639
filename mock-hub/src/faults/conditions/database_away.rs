//! The database does not answer.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Database;

pub(super) const FAULT: Fault = Fault {
    name: "database-away",
    breaks: &[],
    sentence: "The database does not answer.",
    routes: routes::API,
    deviation: Deviation::NONE,
    apply: |habits| habits.conditions.database = Database::Away,
};
