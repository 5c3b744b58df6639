//! The keys of a registration have 32 characters.

use crate::faults::{Deviation, Fault, routes};
use crate::habits::KeyMint;

pub(super) const FAULT: Fault = Fault {
    name: "mints-short-keys",
    breaks: &["HUB-REG-01"],
    sentence: "The keys of a registration have 32 characters.",
    routes: routes::REGISTER,
    deviation: Deviation::NONE,
    apply: |habits| habits.registry.mint = KeyMint::Short,
};
