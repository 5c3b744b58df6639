//! A taken name is registered again.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::NameCheck;

pub(super) const FAULT: Fault = Fault {
    name: "registers-one-name-twice",
    breaks: &["HUB-REG-05"],
    sentence: "A taken name is registered again.",
    routes: routes::REGISTER,
    deviation: Deviation::NONE,
    apply: |habits| habits.registry.name_check = NameCheck::Never,
};
