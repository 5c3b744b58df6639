//! Registrations of one name at once may all pass, because the name is checked before the transaction.

use contract::edition::EditionId;

use crate::faults::{Deviation, Fault, routes};
use crate::habits::NameCheck;

pub(super) const FAULT: Fault = Fault {
    name: "checks-name-without-lock",
    breaks: &["HUB-REG-05"],
    sentence: "Registrations of one name at once may all pass, because the name is checked before the transaction.",
    routes: routes::REGISTER,
    deviation: Deviation::of(&[EditionId::V2026_09]),
    apply: |habits| habits.registry.name_check = NameCheck::BeforeLock,
};
