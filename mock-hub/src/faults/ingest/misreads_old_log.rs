//! A log in the old shape becomes a success of the hub itself.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::Duty;

pub(super) const FAULT: Fault = Fault {
    name: "misreads-old-log",
    breaks: &["FL-LOG-03"],
    sentence: "A log in the old shape becomes a success of the hub itself.",
    routes: routes::LOGS,
    deviation: Deviation::of(&[EditionId::V2026_07, EditionId::TrustKeys, EditionId::V2026_09]),
    apply: |habits| habits.fl.read_old_log = Duty::Broken,
};
