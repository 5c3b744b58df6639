//! The FL client joins a server whose certificate its kit does not vouch for.

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "fl-client-trusts-any-server",
    breaks: &["ROT-FL-01"],
    sentence: "The FL client joins a server whose certificate its kit does not vouch for.",
    deviation: Deviation::NONE,
    apply: |habits| habits.fl_client.checks_server = false,
};
