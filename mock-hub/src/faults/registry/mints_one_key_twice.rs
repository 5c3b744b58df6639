//! Both keys of a registration are the same.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::KeyMint;

pub(super) const FAULT: Fault = Fault {
    name: "mints-one-key-twice",
    breaks: &["HUB-REG-01"],
    sentence: "Both keys of a registration are the same.",
    routes: routes::REGISTER,
    deviation: Deviation::NONE,
    apply: |habits| habits.registry.mint = KeyMint::TwiceTheSame,
};
